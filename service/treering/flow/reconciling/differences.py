"""Differences for whoever may see them: of all provinces, or of his own alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine

from treering.domain.reconciliation import Reconciled, Standing, Wanted
from treering.domain.role import Person
from treering.errors import DifferenceNotFound
from treering.export.written import Form
from treering.flow.reconciling.export import export
from treering.store.differences import Differences, Place
from treering.store.runs import Runs


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who asks is a Person; a regulator of some provinces sees what lies in them."""

    engine: Engine
    clock: Callable[[], datetime]

    def reconciled(self, person: Person | None = None) -> Reconciled:
        """How things stand by the last runs: over all provinces for whoever holds the books, else
        over those that he may see. What was compared is public, and is told whole."""
        provinces = person.provinces if person else None
        with self.engine.connect() as connection:
            runs = Runs(connection)
            made, tried = (runs.last(made=made) for made in (True, False))
            open_ = runs.open_by_kind(provinces)
        if made and provinces is not None:
            made = replace(made, found=sum(open_.values()), opened=0, resolved=0)
        return Reconciled(made=made, tried=tried, open=open_)

    def page(
        self, person: Person, wanted: Wanted, after: Place | None = None, most: int = 100
    ) -> Sequence[Standing]:
        """The oldest first; OutsideProvinces for one that he may not see."""
        with self.engine.connect() as connection:
            return Differences(connection).page(_his(person, wanted), self.clock(), after, most)

    def count(self, person: Person, wanted: Wanted) -> int:
        with self.engine.connect() as connection:
            return Differences(connection).count(_his(person, wanted), self.clock())

    def one(self, person: Person, difference: UUID) -> Standing:
        """With its history; DifferenceNotFound, also for another province's."""
        with self.engine.connect() as connection:
            found = Differences(connection).get(difference)
        if found is None or not _may_see(person, found.province):
            raise DifferenceNotFound(str(difference))
        return found

    def export(self, person: Person, wanted: Wanted, form: Form) -> Iterator[bytes]:
        """The file in pieces, all of one moment."""
        return self._exported(_his(person, wanted), form)

    def open_now(self, most: int) -> Sequence[Standing]:
        """For whoever holds the books."""
        with self.engine.connect() as connection:
            return Differences(connection).page(Wanted(), self.clock(), None, most)

    def export_open(self, form: Form) -> Iterator[bytes]:
        """Likewise."""
        return self._exported(Wanted(), form)

    def _exported(self, wanted: Wanted, form: Form) -> Iterator[bytes]:
        now = self.clock()
        with self.engine.connect() as connection:
            yield from export(form, Differences(connection).all(wanted, now), now)


def _his(person: Person, wanted: Wanted) -> Wanted:
    if wanted.province is not None:
        person.insist_on(wanted.province)
    return replace(wanted, provinces=person.provinces)


def _may_see(person: Person, province: str | None) -> bool:
    return person.provinces is None or (province is not None and province in person.provinces)
