"""What the web asks about differences between the sides. `main` puts the real thing behind it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from treering.domain.reconciliation import Reconciled, Standing, Wanted
from treering.domain.role import Person
from treering.export.written import Form

Place = tuple[datetime, UUID]  # where a page ended


class DifferencesServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def reconciled(self, person: Person) -> Reconciled:
        """How things stand by the last runs, as far as he may see."""

    def page(
        self, person: Person, wanted: Wanted, after: Place | None = None, most: int = 100
    ) -> Sequence[Standing]:
        """The oldest first; OutsideProvinces."""

    def count(self, person: Person, wanted: Wanted) -> int:
        """OutsideProvinces."""

    def one(self, person: Person, difference: UUID) -> Standing:
        """With its history; DifferenceNotFound."""

    def export(self, person: Person, wanted: Wanted, form: Form) -> Iterator[bytes]:
        """The file in pieces; OutsideProvinces."""
