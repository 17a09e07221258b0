"""Every benchmark can be begun: one that no longer finds its parts stops all that follow it."""

from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

from bench.__main__ import ALL

BENCH = Path(__file__).parents[2] / "bench"


@pytest.mark.parametrize("name", ALL)
def test_each_benchmark_finds_what_it_stands_on(name: str):
    signature(import_module(f"bench.{name}").run).bind()


def test_a_benchmark_that_is_not_in_the_list_is_missed():
    begun = {path.stem for path in BENCH.glob("*.py") if "\ndef run(" in path.read_text()}
    assert begun == set(ALL)
