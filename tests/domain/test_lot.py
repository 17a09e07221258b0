"""A lot: the units it may be counted in, and what is left of it."""

from dataclasses import replace

import pytest

from tests.domain.example import LOT
from treering.domain.lot import Standing, Unit


def test_units_are_numbered_as_on_chain():
    assert {unit.name: unit.value for unit in Unit} == {"TREE": 1, "PLANT": 2, "M2": 3}


@pytest.mark.parametrize("number", [0, 4])
def test_there_is_no_other_unit(number):
    with pytest.raises(ValueError):
        Unit(number)


@pytest.mark.parametrize(
    ("capacity", "asked", "left"), [(150_000, 0, 150_000), (3, 2, 1), (3, 3, 0)]
)
def test_what_is_left_is_what_nobody_asked_for_yet(capacity, asked, left):
    assert replace(LOT, capacity=capacity, asked=asked).left == left


def test_a_standing_is_written_in_words():
    assert [str(standing) for standing in Standing] == [
        "reported",
        "weakly reported",
        "derived",
        "placeholder",
    ]
