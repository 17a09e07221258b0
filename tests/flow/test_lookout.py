"""What is told while there is still time: a promise half spent, a chain whose time is odd."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from tests.chain_kit import Chain
from tests.flow.conftest import WISH
from tests.flow.minting import mint_to_the_end
from treering.flow.minting.mint import Mint
from treering.flow.overseeing.lookout import Lookout
from treering.flow.parts import Parts

HALF = timedelta(minutes=30)


@dataclass
class Chains:
    """A chain whose newest block is told; by default of now."""

    number: int = 1
    timestamp: int = 0

    def newest_block(self) -> "Chains":
        return replace(self)


@pytest.fixture
def chains(clock) -> Chains:
    return Chains(timestamp=int(clock().timestamp()))


@pytest.fixture
def lookout(engine, clock, chains: Chains) -> Lookout:
    return Lookout(engine, chains.newest_block, clock, 2 * HALF)


def said(lookout: Lookout) -> list[str]:
    with capture_logs() as lines:
        lookout.look()
    return [f"{line['event']}: {line.get('why') or line['topic']}" for line in lines]


def test_where_nothing_waits_nothing_is_late(lookout: Lookout, clock):
    clock.pass_by(timedelta(days=400))
    assert said(lookout) == []


def test_half_of_the_promise_is_told_once_whether_sealed_or_not_and_its_end_too(
    lookout: Lookout, clock, desk, sealer, mint: Mint, forest: Chain
):
    desk.redeem("ANT_FOREST", "a", replace(WISH, count=3))
    clock.pass_by(HALF - timedelta(seconds=1))
    assert said(lookout) == []
    clock.pass_by(timedelta(seconds=1))
    told = ["promise half spent: a record has waited for 0:30:00 of the 1:00:00 promised"]
    assert said(lookout) == told
    assert said(lookout) == []
    assert sealer.seal_due() == 1
    desk.redeem("ANT_FOREST", "b", WISH)
    assert said(lookout) == [], "it still waits"
    mint_to_the_end(mint, forest)
    assert said(lookout) == ["goes on: promise"], "what came later has its own time"
    clock.pass_by(HALF)
    assert said(lookout) == told


def test_a_block_that_is_ahead_of_the_clock_is_told(lookout: Lookout, chains: Chains):
    chains.timestamp += 15
    assert said(lookout) == []
    chains.timestamp += 1
    assert said(lookout) == ["block time odd: block 1 is 16 s ahead of the database's clock"]
    chains.timestamp -= 16
    assert said(lookout) == ["goes on: block time"]


def test_a_block_that_is_older_than_the_one_before_it_is_told(lookout: Lookout, chains: Chains):
    assert said(lookout) == []
    chains.timestamp -= 5
    assert said(lookout) == [], "another node's head may be older, under the same number"
    chains.number, chains.timestamp = 2, chains.timestamp - 5
    assert said(lookout) == ["block time odd: block 2 is 5 s older than block 1"]


def test_the_parts_promise_what_the_terms_say(parts: Parts):
    assert parts.lookout.promise == timedelta(hours=1)
    parts.lookout.look()
