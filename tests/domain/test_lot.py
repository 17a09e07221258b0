"""A lot: the units it may be counted in, and what is left of it."""

from dataclasses import replace

import pytest

from tests.domain.example import LOT
from tests.domain.test_console import PROGRAMME
from tests.domain.test_inspection import FACTS
from treering.domain.lot import Standing, Unit
from treering.domain.view import LotView


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


@pytest.mark.parametrize(
    ("endorsed", "accepted", "left"),
    [(200, None, 90), (80, None, 70), (200, 50, 40), (200, 10, 0), (200, 4, 0), (200, 150, 90)],
)
def test_no_more_is_left_than_inspectors_leave(endorsed, accepted, left):
    lot = replace(LOT, capacity=100, asked=10)
    facts = replace(FACTS, endorsed=endorsed, accepted=accepted)
    view = LotView(lot=lot, programme=PROGRAMME, facts=facts, statements=())
    assert view.left == left
    assert replace(view, facts=None).left == 90
