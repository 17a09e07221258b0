"""A census in memory: two provinces, one of them small."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from treering.domain.census import Cell, Census, exact, public
from treering.domain.role import Person, Role
from treering.errors import CensusUnknown

CELLS = (
    Cell(2024, "150000", "F1", 40),
    Cell(2024, "620000", "F6", 3),
    Cell(2024, "440000", "F6", 20),
)


@dataclass
class FakeCensus:
    def fulfilled(self, person: Person | None, day: date | None = None) -> Census:
        if day and day < date(2024, 1, 1):
            raise CensusUnknown("nothing is mirrored of that time")
        seeing = person is not None and person.role not in (Role.PROGRAMME, Role.INSPECTOR)
        lines = exact(CELLS, person.provinces) if person and seeing else public(CELLS)
        return Census(
            feed="treering.example/fake",
            size=63,
            root=b"\7" * 32,
            as_of=datetime(2025, 3, 12, tzinfo=UTC),
            lines=tuple(lines),
            exact=seeing,
        )

    def names(self) -> dict[str, tuple[str, str]]:
        return {"150000": ("Inner Mongolia", "内蒙古")}
