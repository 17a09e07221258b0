"""Exchange: three tree certificates of one holder and year, used up once, for one
fulfilment certificate of the national registry.

 1. The three are trees, final, of one holder and year, and in no other exchange.
 2. The application is kept, with its salt, before the registry hears of it.
 3. The registry is asked; the same application brings the same answer, however often.
 4. The records are claimed on chain for the certificate that the registry gave.
Die between any two steps and ask again: the exchange goes on where it stood.
"""

import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
import uuid_utils.compat as uuid
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from treering.domain.batch import BatchState
from treering.domain.fulfilment import commitment
from treering.domain.instant import national_year
from treering.domain.lot import Unit
from treering.domain.record import TreeId
from treering.errors import ExchangeRefused, TransactionRefused
from treering.flow.certify import Found
from treering.registry.applicant import Application, Granted
from treering.store.exchanges import Exchange, Exchanges
from treering.store.vault import Vault

_log = structlog.get_logger(__name__)
TREES = 3  # the interconnection's price of one fulfilment certificate
_LOOKS, _SECONDS_BETWEEN = 30, 0.1  # for the claim of another application at the same time
FORM = "F6"  # given through a programme: a donation in the registry's terms


class Registry(Protocol):
    """Where one applies. Raises ExchangeRefused, RegistryUnavailable."""

    def apply(self, application: Application) -> Granted: ...


class Claims(Protocol):
    """The ledger's register of records that are used up."""

    def claimed_for(self, tree: TreeId) -> bytes | None: ...
    def claim(self, commitment: bytes, trees: Sequence[TreeId]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where holders apply. `find` raises what Office.find does."""

    engine: Engine
    vault: Vault
    find: Callable[[str], Found]
    registry: Registry
    claims: Claims
    clock: Callable[[], datetime]

    def exchange(self, numbers: Sequence[str], adcode: str) -> Exchange:
        """The exchange, claimed. `adcode` is the province where the holder lives."""
        found = [self.find(number) for number in numbers]
        year = _agreed(found)  # (1)
        kept = self._kept(found, year)  # (2)
        if kept.state == "applied":
            granted = self.registry.apply(_application(kept, adcode))  # (3)
            kept = self._issued(kept, granted)
        self._claim(kept)  # (4)
        return self._of(kept)

    def restore(self) -> bool:
        """Claim again what an embedded chain has lost, and name it; False: it is no work."""
        with self.engine.connect() as connection:
            held = Exchanges(connection, self.vault).claimed_ones()
        for exchange in held:
            if self._unclaimed(exchange):
                _log.warning("the embedded chain lost a claim", exchange=str(exchange.id))
                with suppress(TransactionRefused):  # its records are not minted again yet
                    self._claim(exchange)
        return False

    def _kept(self, found: Sequence[Found], year: int) -> Exchange:
        holder = found[0].holder
        fresh = Exchange(
            id=uuid.uuid7(),
            holder=holder,
            year=year,
            state="applied",
            trees=tuple(sorted(one.number.tree for one in found)),
            salt=os.urandom(32),
        )
        try:
            with self.engine.begin() as connection:
                return self._earlier(connection, fresh) or self._add(connection, fresh)
        except IntegrityError as error:
            raise ExchangeRefused("another exchange of these came at the same time") from error

    def _earlier(self, connection: Connection, fresh: Exchange) -> Exchange | None:
        exchanges = Exchanges(connection, self.vault)
        earlier = exchanges.of(fresh.holder, fresh.year)
        if earlier is None:
            if exchanges.used(fresh.trees):
                raise ExchangeRefused("a record was exchanged before")
            return None
        if earlier.trees != fresh.trees:
            raise ExchangeRefused(f"this holder has a fulfilment certificate of {fresh.year}")
        return earlier

    def _add(self, connection: Connection, fresh: Exchange) -> Exchange:
        Exchanges(connection, self.vault).add(fresh, self.clock())
        return fresh

    def _issued(self, kept: Exchange, granted: Granted) -> Exchange:
        expected = commitment(kept.salt, granted.number)
        if granted.certificate != expected.hex():
            raise ExchangeRefused("the registry's certificate is for another salt or number")
        with self.engine.begin() as connection:
            Exchanges(connection, self.vault).issued(kept, granted.number, expected)
        return self._of(kept)

    def _claim(self, issued: Exchange) -> None:
        assert issued.commitment, "the issued_is_known constraint"
        if unclaimed := self._unclaimed(issued):
            try:
                self.claims.claim(issued.commitment, unclaimed)
            except TransactionRefused:
                if not self._claimed_meanwhile(issued):
                    raise
        with self.engine.begin() as connection:
            Exchanges(connection, self.vault).claimed(issued)

    def _claimed_meanwhile(self, issued: Exchange) -> bool:
        """By the same application at the same time, whose transaction may wait for its block."""
        for _ in range(_LOOKS):
            if not self._unclaimed(issued):
                return True
            time.sleep(_SECONDS_BETWEEN)
        return False

    def _unclaimed(self, issued: Exchange) -> list[TreeId]:
        """Its records that the chain does not hold for its certificate."""
        return [t for t in issued.trees if self.claims.claimed_for(t) != issued.commitment]

    def _of(self, exchange: Exchange) -> Exchange:
        with self.engine.connect() as connection:
            held = Exchanges(connection, self.vault).of(exchange.holder, exchange.year)
        assert held, "an exchange is never deleted"
        return held


def _agreed(found: Sequence[Found]) -> int:
    """The year that the three are of; ExchangeRefused with the reason why they do not do."""
    if len({one.number.tree for one in found}) != TREES:
        raise ExchangeRefused(f"{TREES} different certificates are needed, not {len(found)}")
    for one in found:
        if one.lot.unit is not Unit.TREE:
            raise ExchangeRefused(f"{one.number} is no tree but {one.lot.unit.name}")
        if one.batch is None or one.batch.state is not BatchState.FINAL:
            raise ExchangeRefused(f"{one.number} is not final yet")
    if not all(one.redemption.masked_name for one in found):
        raise ExchangeRefused("the holder has withdrawn")
    if len({one.holder for one in found}) != 1:
        raise ExchangeRefused("the certificates are of different holders")
    years = {national_year(one.redemption.redeemed_at) for one in found}
    if len(years) != 1:
        raise ExchangeRefused(f"the certificates are of different years: {sorted(years)}")
    return years.pop()


def _application(kept: Exchange, adcode: str) -> Application:
    return Application(
        id=str(kept.id),
        year=kept.year,
        adcode=adcode,
        form=FORM,
        trees=kept.trees,
        salt=kept.salt,
    )
