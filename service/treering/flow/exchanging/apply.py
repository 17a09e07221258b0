"""Apply: three certificates are looked at, and the application kept before anybody hears of it.

1. Three different certificates, of trees, final, of one holder who has not withdrawn, and of
   one calendar year in Beijing.
2. The same application again is the same exchange, by its Idempotency-Key or its records.
3. The holder is eligible in that year, by what was said, and the needed consent is there.
4. A rule in force where he lives gives a fulfilment certificate for the three.
5. The chain holds none of them as revoked, replaced or used up, and nothing forbids to lean on
   what the registry says of them.
6. In one commit: the exchange with its salt, its records, and what it was decided by.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import uuid_utils.compat as uuid
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from treering.domain.batch import BatchState
from treering.domain.exchange import Asked, Eligibility, Exchange, ExchangeState
from treering.domain.instant import SHANGHAI, national_year
from treering.domain.lot import Unit
from treering.domain.reading import Act
from treering.domain.record import TreeId
from treering.domain.rules import Award
from treering.errors import (
    CertificateNotFound,
    ConsentMissing,
    EligibilityUnknown,
    ExchangeNotFound,
    ExchangeRaced,
    HolderGone,
    HoldersDiffer,
    KeyReused,
    KindNotExchanged,
    NoRule,
    NotEligible,
    PlaceUnknown,
    RecordFallen,
    RecordUsed,
    RecordWaits,
    ThreeNeeded,
    YearFulfilled,
    YearsDiffer,
)
from treering.failpoint import reached
from treering.flow.certifying.certify import Found
from treering.flow.exchanging.rulebook import reading
from treering.flow.verifying.checks import World
from treering.store.exchange_papers import Papers
from treering.store.exchanges import Exchanges
from treering.store.vault import Vault

TREES = 3  # certificates of one exchange
FORM = "F6"  # given through a programme: a donation in the registry's terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Applications:
    """Where applications are taken in; it holds no key of the chain or of the registry.

    `find` raises what Office.find does, `world` pins the chain and raises ChainUnavailable;
    `lean` raises MirrorStale or MirrorContradicted, None where no registry is followed.
    """

    engine: Engine
    vault: Vault
    find: Callable[[str], Found]
    world: Callable[[str], World]
    clock: Callable[[], datetime]
    lean: Callable[[Sequence[TreeId]], None] | None = None

    def apply_once(self, programme: str, key: str, asked: Asked) -> tuple[Exchange, bool]:
        """The exchange, and whether this key had brought it before; KeyReused, or any of
        `errors/exchange.py`. CertificateNotFound for another programme's certificates."""
        with self.engine.connect() as connection:
            brought = Papers(connection).brought(programme, key)
            if brought:
                if brought[1] != asked.fingerprint():
                    raise KeyReused(key)
                held = Exchanges(connection, self.vault).get(brought[0])
                assert held, "an exchange is never deleted"
                return held, True
        return self._apply(asked, programme, key), False

    def apply(self, asked: Asked) -> Exchange:
        """For whoever holds the books: without a key, of any programme."""
        return self._apply(asked, None, "")

    def find_of(self, programme: str, exchange: uuid.UUID) -> Exchange:
        """ExchangeNotFound, also for another programme's."""
        with self.engine.connect() as connection:
            held = Exchanges(connection, self.vault).get(exchange)
        if held is None or not self._is_of(programme, held):
            raise ExchangeNotFound(str(exchange))
        return held

    def _apply(self, asked: Asked, programme: str | None, key: str) -> Exchange:
        found = [self.find(number) for number in dict.fromkeys(asked.numbers)]
        for one in found:
            if programme not in (None, one.tenant.code):
                raise CertificateNotFound(str(one.number))
        fresh = self._fresh(found, _agreed(found), asked.adcode)  # (1)
        if held := self._earlier(fresh):  # (2)
            return held
        self._state(fresh, asked.eligibility)
        self._check_chain(found)  # (5)
        if self.lean:
            self.lean([one.number.tree for one in found])
        try:
            with self.engine.begin() as connection:
                self._decide(connection, fresh, found[0].lot.unit)
                if programme is not None:
                    Papers(connection).bring(programme, key, fresh.id, asked.fingerprint())
                reached("exchange.before_commit")
        except IntegrityError as error:
            raise ExchangeRaced("another application for these came first") from error
        reached("exchange.after_commit")
        return fresh

    def _fresh(self, found: Sequence[Found], year: int, adcode: str) -> Exchange:
        return Exchange(
            id=uuid.uuid7(),
            holder=found[0].holder,
            year=year,
            adcode=adcode,
            state=ExchangeState.APPLIED,
            trees=tuple(sorted(one.number.tree for one in found)),
            salt=os.urandom(32),
            applied_at=self.clock(),
        )

    def _earlier(self, fresh: Exchange) -> Exchange | None:
        with self.engine.begin() as connection:
            if not Papers(connection).is_place(fresh.adcode):
                raise PlaceUnknown(fresh.adcode[:20])
            exchanges = Exchanges(connection, self.vault)
            earlier = exchanges.of(fresh.holder, fresh.year)
            if earlier is None:
                if exchanges.used(fresh.trees):
                    raise RecordUsed("by our books")
                return None
            if earlier.trees != fresh.trees or earlier.adcode not in ("", fresh.adcode):
                raise YearFulfilled(f"{fresh.year}: {earlier.state}")
            if not earlier.adcode:
                exchanges.place(earlier, fresh.adcode)
            return exchanges.get(earlier.id)

    def _state(self, fresh: Exchange, said: Eligibility | None) -> None:
        """What was said is kept, whatever becomes of the application."""
        if said:
            with suppress(IntegrityError), self.engine.begin() as connection:  # he has just gone
                Papers(connection).state(fresh.holder, fresh.year, said, fresh.applied_at)

    def _decide(self, connection: Connection, fresh: Exchange, unit: Unit) -> None:
        papers = Papers(connection)
        said = papers.eligibility(fresh.holder, fresh.year)  # (3)
        if said is None:
            raise EligibilityUnknown(str(fresh.year))
        if not said.eligible:
            raise NotEligible(f"{fresh.year}, says the {said.source}")
        if not said.consented:
            raise ConsentMissing(f"says the {said.source}")
        act = _act(fresh, unit, eligible=said.eligible)
        read = reading(connection, act)  # (4)
        if unit is not Unit.TREE:
            raise KindNotExchanged(_why_not(unit, read.trees))
        if read.award is not Award.FULFILMENT or not read.settled:
            raise NoRule(f"{act.unit} in {act.adcode} on {act.day}")
        Exchanges(connection, self.vault).add(fresh)  # (6)
        papers.decide(fresh.id, act, read)

    def _check_chain(self, found: Sequence[Found]) -> None:
        at = self.world("latest")
        for one in found:
            status = at.status(one.number.tree)
            if status.revoked or status.replaced_by is not None:
                raise RecordFallen(str(one.number))
            if status.claim is not None:
                raise RecordUsed(f"{one.number}, says the chain")

    def _is_of(self, programme: str, held: Exchange) -> bool:
        with self.engine.connect() as connection:
            return Papers(connection).programme_of(held.trees[0]) == programme


def _agreed(found: Sequence[Found]) -> int:
    """The year that the three are of; the refusal that says why they do not do."""
    if len({one.number.tree for one in found}) != TREES:
        raise ThreeNeeded(f"{len(found)} different ones were brought")
    if len({one.lot.unit for one in found}) != 1:
        raise KindNotExchanged("they are of different kinds")
    for one in found:
        if one.batch is None or one.batch.state is not BatchState.FINAL:
            raise RecordWaits(str(one.number))
    if not all(one.redemption.masked_name for one in found):
        raise HolderGone("a record is nobody's")
    if len({one.holder for one in found}) != 1:
        raise HoldersDiffer("by our books")
    years = {national_year(one.redemption.redeemed_at) for one in found}
    if len(years) != 1:
        raise YearsDiffer(", ".join(map(str, sorted(years))))
    return years.pop()


def _act(fresh: Exchange, unit: Unit, *, eligible: bool) -> Act:
    """The exchange itself, on the day in Beijing on which it was applied for."""
    return Act(
        form=FORM,
        unit=f"{unit.name}_CERTIFICATE",
        quantity=Decimal(TREES),
        adcode=fresh.adcode,
        day=fresh.applied_at.astimezone(SHANGHAI).date(),
        eligible=eligible,
    )


def _why_not(unit: Unit, trees: int) -> str:
    if trees:
        return f"a rule counts {unit.name}, but the contract uses up trees alone"
    return f"{unit.name}: the rules have it switched off"
