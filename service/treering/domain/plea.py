"""A plea: what a programme asks on behalf of one of its holders."""

from dataclasses import dataclass

from treering.domain.role import Person


@dataclass(frozen=True, slots=True)
class Plea:
    """Who asks, for whom, and why: `reference` is the programme's own to the person."""

    by: Person
    reference: str
    why: str = ""
    request: str = ""

    @property
    def programme(self) -> str:
        assert self.by.programme, "a programme asks"
        return self.by.programme
