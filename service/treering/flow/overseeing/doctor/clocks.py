"""Three clocks: this machine's, the database's, the chain's. None is mended, all are told.

A wrong clock forges no record: order is the database's, and finality the chain's. But dates
on certificates are this machine's, and a chain's head that is old is a node that lags.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Engine

from treering.chain.ledger import Ledger
from treering.domain.checkup import Sign
from treering.errors import ChainUnavailable, NodeRefused
from treering.store.condition import condition

APART = timedelta(seconds=2)  # machines that keep time by NTP are within a tenth
HEAD_AGE = timedelta(seconds=60)  # five blocks of a public network
HEAD_AHEAD = timedelta(seconds=15)  # what nodes themselves accept of a block
_NTP = "let both machines keep time by NTP"


def signs(engine: Engine, ledger: Ledger | None, clock: Callable[[], datetime]) -> Iterator[Sign]:
    """`ledger` is None where the node does not answer."""
    yield _database(engine, clock)
    if ledger:
        yield _chain(ledger, clock)


def _database(engine: Engine, clock: Callable[[], datetime]) -> Sign:
    with engine.connect() as connection:
        before, theirs, after = clock(), condition(connection).now, clock()
    apart = max(before - theirs, theirs - after, timedelta())
    said = f"machine and database are {apart.total_seconds():.1f} s apart"
    if apart > APART:
        return Sign.warn("clock", f"{said}; {APART.total_seconds():.0f} s are tolerated", _NTP)
    return Sign.ok("clock", said)


def _chain(ledger: Ledger, clock: Callable[[], datetime]) -> Sign:
    about = "block time"
    try:
        age = clock() - ledger.at("latest").as_of
    except (ChainUnavailable, NodeRefused) as error:
        return Sign.warn(about, str(error), "start the node, or mend TREERING_RPC_URL")
    said = f"the head is {age.total_seconds():.0f} s old"
    if age > HEAD_AGE:
        return Sign.warn(about, said, "see whether the node still follows its network")
    if age < -HEAD_AHEAD:
        return Sign.warn(about, f"the head is {-age.total_seconds():.0f} s ahead", _NTP)
    return Sign.ok(about, said)
