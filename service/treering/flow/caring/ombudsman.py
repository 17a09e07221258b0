"""Ombudsman: what a holder may ask of us, through the programme that knows who he is.

To see all that is held of him; his name corrected, or not shown; a guardian's word kept; to
leave. Each is an entry of the log in the same commit, under the number of his row, which leads to
nobody once he left. To leave takes two of the programme's keys and some days between them: one
stolen key erases nobody, and a holder who did not ask has time to say so.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine

from treering.domain import name as names
from treering.domain.deed import Act, Deed
from treering.domain.holder import HolderId
from treering.domain.plea import Plea
from treering.errors import ErasureTooSoon, GuardianRefuses, HolderNotFound
from treering.flow.admitting.chronicle import Chronicle
from treering.flow.caring.dossier import Dossier
from treering.flow.caring.withdraw import Farewell
from treering.store import care, programmes, tenancy
from treering.store.holders import Holders, lookups
from treering.store.tables.holders import erasures, guardians, hidden_names
from treering.store.vault import Vault

COOL_OFF = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class _Case:
    """A plea that found its holder, in the transaction that answers it."""

    connection: Connection
    plea: Plea
    holder: HolderId


@dataclass(frozen=True, slots=True)
class Ombudsman:
    """Every method raises HolderNotFound for one whom the programme does not have."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    cool_off: timedelta = field(default=COOL_OFF)

    @property
    def chronicle(self) -> Chronicle:
        return Chronicle(self.engine, self.clock)

    def held(self, plea: Plea, after: tuple[int, int] = (-1, -1)) -> dict[str, Any]:
        """All that is held of him, a page of his redemptions behind (lot, first serial)."""
        with self._case(plea, Act.LOOKED) as case:
            lookup = lookups(self.vault, plea.programme)(plea.reference)
            told = self.chronicle.about(case.connection, f"holder {case.holder}")
            number = self._number(case)
            tenancy.put_on(case.connection, plea.programme, number, lookup)
            dossier = Dossier(case.connection, case.holder, self.clock())
            return {"programme": plea.programme, **dossier.told(after), "log": told}

    def correct(self, plea: Plea, name: str) -> int:
        """How many records bear the new name, masked; NameRefused."""
        masked = names.masked(name)
        with self._case(plea, Act.NAME_CORRECTED) as case:
            changed = care.rename(case.connection, case.holder, masked, self.clock())
            care.forget(case.connection, changed, self.clock())
        return sum(count for _, _, count in changed)

    def show(self, plea: Plea, *, shown: bool) -> None:
        """Whether his masked name is shown from now on; GuardianRefuses."""
        with self._case(plea, Act.DISPLAY_SET) as case:
            if shown:
                self._insist_on_guardian(case)
                care.remove(case.connection, hidden_names, case.holder)
            else:
                self._hide(case)
            self._forget(case)

    def hear_guardian(self, plea: Plea, by: bytes, *, consents: bool) -> None:
        """Keeps the yes or no of one under 14's guardian; after a no, no name is shown."""
        with self._case(plea, Act.GUARDIAN_SET) as case:
            values = {"consents": consents, "by": by, "at": self.clock()}
            care.put(case.connection, guardians, case.holder, **values)
            if not consents:
                self._hide(case)
                self._forget(case)

    def ask_to_leave(self, plea: Plea) -> datetime:
        """From when on he may leave; asked again, it is the same moment."""
        with self._case(plea, Act.ERASURE_ASKED) as case:
            if asked := care.row_of(case.connection, erasures, case.holder):
                due: datetime = asked.due_at
                return due
            now = self.clock()
            values = {"asked_at": now, "due_at": now + self.cool_off, "asked_by": plea.by.label}
            care.put(case.connection, erasures, case.holder, **values)
            return now + self.cool_off

    def stay(self, plea: Plea) -> bool:
        """Whether he had asked to leave, which is taken back."""
        with self._case(plea, Act.ERASURE_STOPPED) as case:
            return care.remove(case.connection, erasures, case.holder)

    def leave(self, plea: Plea) -> int:
        """How many records are nobody's from now on; ErasureTooSoon, HolderWaits."""
        with self.engine.begin() as connection:
            asked = care.row_of(connection, erasures, self._found(connection, plea))
        if asked is None:
            raise ErasureTooSoon("nobody has asked for it")
        if self.clock() < asked.due_at:
            raise ErasureTooSoon(f"not before {asked.due_at:%Y-%m-%dT%H:%M:%SZ}")
        if asked.asked_by == plea.by.label:
            raise ErasureTooSoon("it takes another key of the programme than the one that asked")
        farewell = Farewell(self.engine, self.vault, self.clock)
        return farewell.withdraw(plea.programme, plea.reference, plea.by, plea.why, plea.request)

    @contextmanager
    def _case(self, plea: Plea, act: Act) -> Iterator[_Case]:
        with self.engine.begin() as connection:
            holder = self._found(connection, plea)
            deed = Deed.of(plea.by, act, f"holder {holder}", plea.why, plea.request)
            self.chronicle.add(connection, deed)
            yield _Case(connection, plea, holder)

    def _found(self, connection: Connection, plea: Plea) -> HolderId:
        holder = Holders(connection, self.vault).find(plea.programme, plea.reference)
        if holder is None:
            raise HolderNotFound(f"{plea.programme} has no holder of this reference")
        return holder

    def _number(self, case: _Case) -> int:
        return programmes.numbers(case.connection)[case.plea.programme]

    def _hide(self, case: _Case) -> None:
        values = {"programme": self._number(case), "at": self.clock()}
        care.put(case.connection, hidden_names, case.holder, **values)

    def _forget(self, case: _Case) -> None:
        gone = care.ranges(case.connection, case.holder)
        care.forget(case.connection, gone, self.clock())

    def _insist_on_guardian(self, case: _Case) -> None:
        word = care.row_of(case.connection, guardians, case.holder)
        if word is not None and not word.consents:
            raise GuardianRefuses("his guardian said no")
