"""The real twin, and a counter that exchanges there."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chain_kit import Chain
from tests.fakes.registry import SUBMIT_KEY
from tests.flow.exchanging import (
    KitClaims,
    RunningTwin,
    running_twin,
)
from treering.flow.exchanging.exchange import Counter
from treering.flow.parts import Parts


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[RunningTwin]:
    with running_twin(tmp_path / "twin") as running:
        yield running


@pytest.fixture
def counter(parts: Parts, forest: Chain, twin: RunningTwin) -> Counter:
    return replace(parts.counter(twin.url, SUBMIT_KEY), claims=KitClaims(forest))
