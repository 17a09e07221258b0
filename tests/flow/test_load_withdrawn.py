"""A load that is sent again after one of its people withdrew: no line redeems twice."""

from dataclasses import replace

import pytest

from tests.flow.conftest import WISH
from tests.flow.test_load import count, meanwhile, run, serials
from treering.domain.load import WIPED, Cell
from treering.errors import KeyReused
from treering.flow.caring.withdraw import Farewell
from treering.flow.redeeming.load import Loader
from treering.store.loads import Loads

__all__ = ["meanwhile"]  # a fixture
OTHER_LOT = "ANT_FOREST-464"


@pytest.fixture
def loader(desk) -> Loader:
    return Loader(desk.engine, desk.vault, desk.clock)


@pytest.fixture
def withdrawn(loader, sealer):
    """Of two holders with serial 0, each of his own lot, the first has left."""
    lines = [
        replace(WISH, holder="user-1"),
        replace(WISH, holder="user-2", lot=OTHER_LOT),
        replace(WISH, holder="user-3"),
    ]
    assert serials(run(loader, lines)) == [0, 0, 1]
    while sealer.seal_due():
        pass
    Farewell(loader.engine, loader.vault, loader.clock).withdraw("ANT_FOREST", "user-1")
    return lines


def test_what_leads_to_him_is_taken_out_of_the_load(loader, withdrawn):
    with loader.engine.begin() as connection:
        loads = Loads(connection)
        cell = loads.cell(loads.locked("ANT_FOREST", "history"), 0)
    assert isinstance(cell, Cell)
    assert [cell.earlier(line)[0] == WIPED for line in (1, 2, 3)] == [True, True, False]


def test_his_line_is_refused_and_the_others_are_told_again(loader, withdrawn):
    assert serials(run(loader, withdrawn)) == [KeyReused, 0, 1]


def test_another_line_in_the_place_of_one_that_lost_its_imprint_is_refused(loader, withdrawn):
    for other in (
        replace(WISH, holder="user-9", lot=OTHER_LOT),
        replace(WISH, holder="user-2", lot=OTHER_LOT, count=2),
        replace(WISH, holder="user-2"),
        replace(WISH, holder="user-2", lot="NOWHERE-1"),
    ):
        assert serials(run(loader, [withdrawn[0], other]))[1] is KeyReused


def test_one_who_withdraws_between_reading_and_writing_is_a_new_holder(loader, sealer, meanwhile):
    assert serials(run(loader, [WISH], "before")) == [0]
    while sealer.seal_due():
        pass
    farewell = Farewell(loader.engine, loader.vault, loader.clock)
    attempts = meanwhile(lambda: farewell.withdraw("ANT_FOREST", WISH.holder))
    assert serials(run(loader, [WISH])) == [1]
    assert (len(attempts), count(loader, "holders")) == (2, 2)  # he, and the one that is nobody
