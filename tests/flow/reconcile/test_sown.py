"""Reconciliation over real parts: each kind of difference is sown, and found, and no other."""

import io

import pytest

from tests.flow.reconcile.kit import (
    World,
)
from tests.flow.reconcile.seeds import SEEDS
from tests.flow.reconcile.test_counts import COUNTS, UNACCEPTED
from tests.flow.reconcile.test_registry import SOWN
from treering.cli import reconcile
from treering.domain.comparison.cases import CASES
from treering.domain.difference import Kind

TOGETHER = [
    "another holder",
    "a lot that the chain does not know",
    "a lot that our database does not know",
    "another planting year",
    "another site",
    "another root",
    "a claim for a certificate that was never issued",
    "a claim that was released on chain alone",
    "a record revoked on chain alone",
    "a certificate that lists a record no more",
]


def test_where_all_sides_agree_nothing_is_found(world: World):
    run = world.run()

    assert (run.found, run.opened, run.resolved) == (0, 0, 0)
    assert (run.scale.lots, run.scale.batches, run.scale.records) == (1, 2, 6)
    assert (run.scale.claims, run.scale.certificates) == (3, 1)
    block = world.chain.node.block(run.world.block)
    assert run.world.block_hash == block.hash
    assert (run.world.feed, run.world.head_size) == (world.parts.feed.name, 1)
    assert world.open() == []


@pytest.mark.parametrize("name", SEEDS)
def test_what_is_sown_is_found_and_nothing_else(world: World, name: str):
    seed, expected = SEEDS[name]
    seed(world)

    assert world.found() == expected


def test_all_that_is_sown_at_once_is_listed_by_the_command_and_nothing_else(world: World):
    """One line of each difference begins with its kind and its subject."""
    for name in TOGETHER:
        SEEDS[name][0](world)
    world.chain.finalise()
    world.parts.sync_mirror()
    desk, out = world.parts.registrar, io.StringIO()
    run = world.reconciler().run
    assert reconcile.main([], run, desk.open_now, desk.export_open, out) == 1

    sown = [line.split(" ", 1) for name in TOGETHER for line in SEEDS[name][1]]
    expected = sorted(f"{CASES[case].kind} {subject}" for case, subject in sown)
    *lines, _, _, last = out.getvalue().splitlines()
    assert sorted(line.split(":")[0] for line in lines if line[0] != " ") == expected
    assert last == f"{len(expected)} differences: {len(expected)} new, 0 resolved"


def test_every_case_there_is_was_sown():
    """By what each test sows and has to find: those of counts and of the registry too."""
    lines = [*UNACCEPTED, *(line for _, found in (SEEDS | COUNTS).values() for line in found)]
    told = {line.split()[0] for line in lines} | {case for _, case in SOWN.values()}
    assert told == set(CASES)
    assert {case.kind for case in CASES.values()} == set(Kind)
