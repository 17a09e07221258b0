"""Examine: every check in its order. What cannot be looked at is said, not skipped.

1. The database answers, with safe settings and this version's tables.
2. The keys are there, private, and open.
3. The node answers for our chain and contract.
4. Each programme's minter may mint and can pay; its issuer's key is listed.
5. The clocks agree.
6. The registry's mirror is young enough.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.domain.checkup import Health, Sign, held, refusal, worst
from treering.errors import Diverged
from treering.flow.overseeing.doctor import clocks, database, keystore, minters, node, registry
from treering.store import identity, programmes

_log = structlog.get_logger(__name__)
_LATER = "mend what failed above, then ask again"


@dataclass(frozen=True, slots=True)
class Doctor:
    """`feed` is the origin of the registry's log, None where none is followed."""

    engine: Engine
    keys: KeyFolder
    ledger: Ledger
    clock: Callable[[], datetime]
    embedded: bool
    feed: str | None = None

    def examine(self) -> list[Sign]:
        """Writes nothing, anywhere."""
        try:
            return list(self._signs())
        except SQLAlchemyError as error:  # it went away in between
            return [Sign.fail("database", database.unavailable(error), "start it again")]

    def insist(self) -> None:
        """Raise what keeps this process from all work, if anything does; log every warning."""
        signs = self.examine()
        for sign in signs:
            if sign.health is Health.WARN:
                _log.warning("doctor", about=sign.about, why=sign.said, advice=sign.advice)
        if found := refusal(signs):
            raise found

    def unfit(self, programme: str) -> Sign | None:
        """What keeps this programme's batches from being minted; None if nothing does.

        Raises ChainUnavailable or NodeRefused where the node cannot be asked.
        """
        with self.engine.connect() as connection:
            number = programmes.numbers(connection)[programme]
        signs = list(keystore.of_programme(self.keys, programme))
        if not signs:
            signs = list(minters.signs(self.ledger, self.keys, {programme: number}))
        if found := refusal([sign for sign in signs if sign.programme is None]):
            raise found
        return held(signs).get(programme)

    def _signs(self) -> Iterator[Sign]:
        first = list(database.signs(self.engine))  # (1)
        yield from first
        if _fails(first):
            yield Sign.warn("all else", "not looked at", _LATER)
            return
        with self.engine.connect() as connection:
            pinned, tenants = identity.pinned(connection), programmes.numbers(connection)
            halted = identity.halted(connection)
        keys = list(keystore.signs(self.keys, self.engine, list(tenants)))  # (2)
        chain = list(node.signs(self.ledger, pinned, embedded=self.embedded))  # (3)
        yield from keys
        yield from chain
        if halted:
            yield _halt(*halted)
        if _fails(keys) or _fails(chain):
            yield Sign.warn("minters", "not looked at", _LATER)
        else:
            fit = {code: number for code, number in tenants.items() if code not in held(keys)}
            yield from minters.signs(self.ledger, self.keys, fit)  # (4)
        ledger = None if _fails(chain) else self.ledger
        yield from clocks.signs(self.engine, ledger, self.clock)  # (5)
        if self.feed:
            yield from registry.signs(self.engine, self.feed, self.clock)  # (6)


def _halt(since: datetime, why: str) -> Sign:
    refusal = Diverged(f"halted since {since:%Y-%m-%d %H:%M} UTC: {why}")
    return Sign.fail("halt", refusal, "look at the chain, then treering worker --accept-chain")


def _fails(signs: list[Sign]) -> bool:
    """Whether something fails that concerns all programmes."""
    return worst(sign for sign in signs if sign.programme is None) is Health.FAIL
