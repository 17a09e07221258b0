"""The whole pipeline in a storm of faults, drawn by a seed, and careless minters in the same one.

The contract is the weakened one, so that its guard hides nothing.
"""

import os

import pytest

from tests.chain_kit import account
from tests.faults.node import weak
from tests.faults.node.acts import storm
from tests.faults.node.conftest import NewWorld
from tests.faults.node.naive import Flaw, NaiveWorld
from tests.faults.node.oracle import NOTHING_WRONG, Reckoning, minted, reckon
from tests.faults.node.world import World

ACTS = 60
TELLING = 5  # a storm that finds every flaw of a careless minter
SEEDS = [TELLING, *range(int(os.environ.get("STORM_SEEDS", "2")))]


def after_the_storm(world: World, seed: int) -> Reckoning:
    """What the oracle says when the storm is over and all had time to settle."""
    storm(world, seed, ACTS)
    world.proxy.behave()
    for _ in range(40):
        if world.states() <= {"final"}:
            break
        world.turn()
    return reckon(world.chain, world.books(), world.acknowledged)


@pytest.fixture(scope="module")
def creation() -> bytes:
    return weak.creation(account("admin").address)


@pytest.mark.parametrize("seed", SEEDS)
def test_f20_f37_in_a_storm_nothing_is_lost_and_nothing_doubled(
    new_world: NewWorld, creation: bytes, seed
):
    with new_world(creation=creation) as world:
        assert after_the_storm(world, seed) == NOTHING_WRONG
        assert world.states() == {"final"}
        assert minted(world.chain), "a dead pipeline makes no mistakes"


def test_f20_f37_a_plain_minter_without_a_flaw_comes_through_the_same_storm(
    new_world: NewWorld, creation: bytes
):
    with new_world(creation=creation, kind=NaiveWorld) as world:
        assert after_the_storm(world, TELLING) == NOTHING_WRONG
        assert minted(world.chain)


@pytest.mark.parametrize("flaw", Flaw)
def test_f20_f37_the_storm_finds_every_flaw_out(new_world: NewWorld, creation: bytes, flaw: Flaw):
    with new_world(creation=creation, kind=NaiveWorld) as world:
        assert isinstance(world, NaiveWorld)
        world.flaw = flaw
        assert after_the_storm(world, TELLING) != NOTHING_WRONG
