"""A world of two batches where all sides agree, to sow discord in."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.chain_kit import Chain
from tests.flow.conftest import WISH
from tests.flow.reconcile.kit import (
    World,
    world_of,
)
from treering.flow.parts import Parts


@pytest.fixture
def world(parts: Parts, forest: Chain, numbers, desk, sealer, mint) -> Iterator[World]:
    """Two batches; all sides agree."""
    desk.redeem("ANT_FOREST", "others", replace(WISH, count=3, holder="user-2"))
    sealer.seal_due()
    for _ in range(5):
        mint.step()
        forest.mine()
    with world_of(parts, forest) as made:
        made.exchange()
        yield made
