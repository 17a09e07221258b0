"""What the web asks about how many fulfilled. `main` puts the real thing behind it."""

from datetime import date
from typing import Protocol

from treering.domain.census import Census
from treering.domain.role import Person


class CensusServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def fulfilled(self, person: Person | None, day: date | None = None) -> Census:
        """CensusUnknown."""

    def names(self) -> dict[str, tuple[str, str]]:
        """Provinces in English and Chinese, by adcode; CensusUnknown."""
