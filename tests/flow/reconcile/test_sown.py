"""Reconciliation over real parts: each kind of difference is sown, and found, and no other."""

import pytest

from tests.flow.reconcile.kit import (
    World,
)
from tests.flow.reconcile.seeds import SEEDS
from treering.domain.comparison.cases import CASES
from treering.domain.difference import Kind


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


def test_every_case_there_is_was_sown():
    told = {line.split()[0] for _, found in SEEDS.values() for line in found}
    elsewhere = {"CERTIFICATE_YEAR", "CERTIFICATE_HOLDERS"}
    elsewhere |= {"REGISTRY_CONTRADICTS", "REGISTRY_DISPUTED"}
    counted = {"LOT_COUNT", "LOT_OVER_COUNT", "LOT_NOT_ACCEPTED", "COUNT_UNKNOWN_LOT"}
    assert told | elsewhere | counted == set(CASES)
    assert {case.kind for case in CASES.values()} == set(Kind)
