"""Exchange: three tree certificates of one holder and year, used up once, for one
fulfilment certificate of the national registry.

 1. The application is kept, with its salt, before the registry hears of it (`apply`).
 2. The registry is asked; the same application brings the same answer, however often.
 3. The records are claimed on chain for the certificate that the registry gave.
 4. Once the claim is in a final block, it is settled; one that a chain has lost is made again.
Whatever ends an exchange is undone on the other side (`undo`). Die between any two steps, on
either side: a worker goes on where it stood, or the same application made again does.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy import Engine

from treering.domain.exchange import Asked, EndedBy, Exchange, ExchangeState
from treering.domain.fulfilment import commitment
from treering.domain.record import TreeId
from treering.errors import (
    ClaimRefused,
    ExchangeRefused,
    GrantDiffers,
    RegistryDeclined,
    TransactionRefused,
)
from treering.failpoint import reached
from treering.flow.exchanging.apply import FORM, Applications
from treering.flow.verifying.checks import Status
from treering.registry.applicant import Application, Granted
from treering.store.exchanges import Exchanges
from treering.store.vault import Vault

_log = structlog.get_logger(__name__)
_LOOKS, _SECONDS_BETWEEN = 30, 0.1  # for the act of another process at the same time


class Registry(Protocol):
    """Where one applies. Raises RegistryDeclined and RegistryUnavailable."""

    def apply(self, application: Application) -> Granted: ...
    def withdraw(self, commitment: bytes) -> None: ...


class Claims(Protocol):
    """The ledger's register of records that are used up."""

    def status(self, tree: TreeId, block: str = "latest") -> Status: ...
    def claim(self, commitment: bytes, trees: Sequence[TreeId]) -> None: ...
    def release(self, trees: Sequence[TreeId]) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Where exchanges are carried out, by the key of the registry on the chain."""

    engine: Engine
    vault: Vault
    applications: Applications
    registry: Registry
    claims: Claims
    clock: Callable[[], datetime]

    def exchange(self, asked: Asked) -> Exchange:
        """Applied for and carried out at once; any refusal of `errors/exchange.py`."""
        return self.go_on(self.applications.apply(asked))

    def go_on(self, exchange: Exchange) -> Exchange:
        """As far as it comes; the refusal that ended it, if one did."""
        steps = {
            ExchangeState.APPLIED: self._submit,
            ExchangeState.ISSUED: self._claim,
            ExchangeState.WITHDRAWN: self._take_back,
        }
        while step := steps.get(exchange.state):
            step(exchange)
            exchange = self._now(exchange)
        return exchange

    def resume(self) -> bool:
        """One that is due is carried on; whether there was one."""
        with self.engine.begin() as connection:
            due = Exchanges(connection, self.vault).next_due(self.clock())
        if due is None:
            return False
        try:
            self._settle(self.go_on(due))
        except (ExchangeRefused, TransactionRefused) as refusal:
            told = {"exchange": str(due.id), "code": refusal.code, "why": str(refusal)}
            _log.warning("an exchange was refused", **told)
        return True

    def restore(self) -> bool:
        """Claim again what an embedded chain has lost, and name it; False: it is no work."""
        with self.engine.connect() as connection:
            held = Exchanges(connection, self.vault).claimed_ones()
        for exchange in held:
            if self._unclaimed(exchange):
                _log.warning("the embedded chain lost a claim", exchange=str(exchange.id))
                with suppress(TransactionRefused):  # its records are not minted again yet
                    self._claim_all(exchange)
        return False

    def _submit(self, applied: Exchange) -> None:
        try:
            granted = self.registry.apply(_application(applied))
        except RegistryDeclined as refusal:
            with self.engine.begin() as connection:
                Exchanges(connection, self.vault).declined(applied, self.clock(), refusal.code)
            raise
        expected = commitment(applied.salt, granted.number)
        if granted.certificate != expected.hex():
            raise GrantDiffers("its certificate is for another salt or number")
        reached("exchange.granted_not_noted")
        with self.engine.begin() as connection:
            Exchanges(connection, self.vault).issued(applied, granted.number, expected)
        reached("exchange.issued_not_claimed")

    def _claim(self, issued: Exchange) -> None:
        try:
            self._claim_all(issued)
        except TransactionRefused as refusal:
            if not self._is_lost(issued):
                raise  # a chain made anew has not minted its records again yet
            with self.engine.begin() as connection:
                books = Exchanges(connection, self.vault)
                books.withdrawn(issued, EndedBy.CHAIN, self.clock(), ClaimRefused.code)
            raise ClaimRefused(str(refusal)) from refusal
        reached("exchange.claimed_not_noted")
        with self.engine.begin() as connection:
            noted = Exchanges(connection, self.vault).claimed(issued)
        if not noted and (now := self._now(issued)).state is ExchangeState.RELEASED:
            self._release(now)  # we slept while others claimed it and took it back

    def _claim_all(self, issued: Exchange) -> None:
        assert issued.commitment, "the issued_is_known constraint"
        if unclaimed := self._unclaimed(issued):
            try:
                self.claims.claim(issued.commitment, unclaimed)
            except TransactionRefused:
                if not _comes_true(lambda: not self._unclaimed(issued)):
                    raise

    def _take_back(self, withdrawn: Exchange) -> None:
        """The registry first: a record is free only once no certificate lists it."""
        assert withdrawn.commitment, "the issued_is_known constraint"
        if withdrawn.ended_by is not EndedBy.REGISTRY:
            self.registry.withdraw(withdrawn.commitment)
            reached("exchange.withdrawn_not_released")
        self._release(withdrawn)
        reached("exchange.released_not_noted")
        with self.engine.begin() as connection:
            Exchanges(connection, self.vault).released(withdrawn)

    def _release(self, withdrawn: Exchange) -> None:
        if claimed := self._claimed(withdrawn):
            try:
                self.claims.release(claimed)
            except TransactionRefused:
                if not _comes_true(lambda: not self._claimed(withdrawn)):
                    raise

    def _settle(self, exchange: Exchange) -> None:
        """A claim in a final block stands; one that the newest block lacks is made again."""
        if exchange.state is not ExchangeState.CLAIMED:
            return
        is_final = not self._unclaimed(exchange, "finalized")
        if not is_final and not self._unclaimed(exchange):
            return
        with self.engine.begin() as connection:
            if is_final:
                Exchanges(connection, self.vault).settled(exchange)
            else:
                _log.warning("the chain lost a claim", exchange=str(exchange.id))
                Exchanges(connection, self.vault).unclaimed(exchange)

    def _is_lost(self, issued: Exchange) -> bool:
        """Whether a record of it can never be claimed for it: taken back, or another's."""
        now = [self.claims.status(tree) for tree in issued.trees]
        return any(one.revoked or one.claim not in (None, issued.commitment) for one in now)

    def _unclaimed(self, issued: Exchange, block: str = "latest") -> list[TreeId]:
        """Its records that the chain does not hold for its certificate."""
        claimed = self._claimed(issued, block)
        return [tree for tree in issued.trees if tree not in claimed]

    def _claimed(self, issued: Exchange, block: str = "latest") -> list[TreeId]:
        status, ours = self.claims.status, issued.commitment
        return [tree for tree in issued.trees if status(tree, block).claim == ours]

    def _now(self, exchange: Exchange) -> Exchange:
        with self.engine.connect() as connection:
            held = Exchanges(connection, self.vault).get(exchange.id)
        assert held, "an exchange is never deleted"
        return held


def _comes_true(holds: Callable[[], bool]) -> bool:
    """By another process at the same time, whose transaction may wait for its block."""
    for _ in range(_LOOKS):
        if holds():
            return True
        time.sleep(_SECONDS_BETWEEN)
    return False


def _application(applied: Exchange) -> Application:
    return Application(
        id=str(applied.id),
        year=applied.year,
        adcode=applied.adcode,
        form=FORM,
        trees=applied.trees,
        salt=applied.salt,
    )
