"""Accepted counts that somebody brings, against the chain."""

from io import BytesIO

import pytest

from tests.flow.reconcile.kit import (
    LOT,
    World,
)
from treering.domain.stage import Stage
from treering.intake.counts import read_counts

COUNTS = {
    "as on chain": ("ANT_FOREST-277,1000", []),
    "another": ("ANT_FOREST-277,900", ["LOT_COUNT lot 1/277"]),
    "less than was minted": ("ANT_FOREST-277,5", ["LOT_OVER_COUNT lot 1/277"]),
    "of a lot of no name": ("NOWHERE,5", ["COUNT_UNKNOWN_LOT lot NOWHERE"]),
    "of a lot that is not on chain": ("ANT_FOREST-464,5", ["COUNT_UNKNOWN_LOT lot 1/464"]),
}
UNACCEPTED = ["LOT_NOT_ACCEPTED lot 1/277"]  # of a count without an acceptance on chain


def counts(lines: str):
    return read_counts(BytesIO(f"lot,accepted\n{lines}\n".encode()))


@pytest.mark.parametrize("name", COUNTS)
def test_accepted_counts_that_are_brought_are_held_against_the_chain(world: World, name: str):
    lines, expected = COUNTS[name]
    world.chain.state(LOT, Stage.ACCEPTANCE, 1000)
    world.sql(f"UPDATE lots SET capacity = 1000 WHERE id = {LOT}")

    assert world.found(counts(lines)) == expected


def test_a_count_without_an_acceptance_on_chain_is_told(world: World):
    assert world.found(counts("ANT_FOREST-277,1000")) == UNACCEPTED


def test_a_run_without_counts_or_with_others_leaves_what_counts_have_shown(world: World):
    assert world.found(counts("ANT_FOREST-277,1000")) == UNACCEPTED
    assert world.found() == UNACCEPTED
    assert world.found(counts("NOWHERE,1")) == ["COUNT_UNKNOWN_LOT lot NOWHERE", *UNACCEPTED]
    world.chain.state(LOT, Stage.ACCEPTANCE, 150_000)
    assert world.found(counts("ANT_FOREST-277,150000")) == ["COUNT_UNKNOWN_LOT lot NOWHERE"]
