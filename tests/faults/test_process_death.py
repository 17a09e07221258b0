"""F01 to F09: processes that die or are ended in the middle of their work."""

import signal

import pytest

from tests.faults.town import Town
from treering.domain.record import tree_id
from treering.domain.redemption import redemption_id

KILLED = -signal.SIGKILL


def test_f01_a_service_that_dies_before_the_commit_has_done_nothing(town: Town):
    web = town.serve(FAILPOINT="redeem.before_commit:1")
    assert web.redeem("one").status == 0
    assert web.ended() == KILLED
    assert town.sql("SELECT count(*) FROM redemptions")[0][0] == 0
    assert town.serve().redeem("one").status == 201
    assert town.settle().records == 1


def test_f02_a_service_that_dies_before_its_answer_gives_the_same_answer_again(town: Town):
    web = town.serve(FAILPOINT="redeem.after_commit_before_reply:1")
    assert web.redeem("one").status == 0
    assert web.ended() == KILLED
    (kept,) = town.sql("SELECT lot, first_serial FROM redemptions")
    again = town.serve().redeem("one")
    assert (again.status, again.body["id"]) == (200, str(redemption_id(tree_id(*kept))))
    assert town.settle().records == 1


@pytest.mark.parametrize("point", ["batch.before_commit", "batch.after_commit"])
def test_f03_no_redemption_is_in_two_batches_when_a_worker_dies_forming_one(town: Town, point):
    web = town.serve()
    worker = town.worker(FAILPOINT=f"{point}:1")
    for key in ("one", "two", "three"):
        assert web.redeem(key).status == 201
    assert worker.ended() == KILLED
    assert town.settle().records == 3
