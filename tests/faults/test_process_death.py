"""F01 to F09: processes that die or are ended in the middle of their work."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.test_requests import WISH, sent
from tests.faults.test_workers import POINTS_OF_WORK
from tests.faults.town import Town
from treering.chain.keys import minter_name
from treering.chain.node import quantity
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


def pending(town: Town) -> int:
    """How many transactions of the minter's the node has taken, mined or not."""
    minter = town.stage.keys.account(minter_name("ANT_FOREST")).address
    return quantity(town.node.node.call("eth_getTransactionCount", minter, "pending"))


@pytest.mark.parametrize(
    ("row", "point", "sent"),
    [
        pytest.param("F04", "tx.signed_not_stored", 0, id="F04"),
        pytest.param("F05", "tx.stored_not_sent", 0, id="F05"),
        pytest.param("F06", "tx.sent_not_noted", 1, id="F06"),
        pytest.param("F07", "tx.mined_not_noted", 1, id="F07-mined"),
        pytest.param("F07", "final.before_commit", 1, id="F07-before"),
        pytest.param("F07", "final.after_commit", 1, id="F07-after"),
    ],
)
def test_f04_to_f07_a_worker_that_dies_between_two_steps_mints_once(town: Town, row, point, sent):
    web = town.serve()
    worker = town.worker(FAILPOINT=f"{point}:1")
    assert web.redeem("one").status == 201
    assert worker.ended() == KILLED
    assert pending(town) == sent
    assert town.examine().wrong == {}, "nor is anything wrong while nobody works"
    assert town.settle().records == 1
    assert pending(town) == 1, "one transaction in all"
    assert web.state(town.journal.numbers[0]) == "FINAL"


def test_f09_a_service_that_is_told_to_end_answers_what_it_has_begun(town: Town):
    web = town.serve(FAILPOINT="redeem.before_commit:1", FPACT="stop")
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(web.redeem, "one")
        web.frozen()
        web.forked.signal(signal.SIGTERM)
        web.thaw()
        assert asked.result().status == 201
    assert web.ended() in (0, -signal.SIGTERM)
    assert town.settle().records == 1


@pytest.mark.parametrize("point", POINTS_OF_WORK)
def test_f09_a_worker_that_is_told_to_end_anywhere_finishes_its_step(town: Town, point):
    web = town.serve()
    worker = town.worker(FAILPOINT=f"{point}:1", FPACT="stop")
    assert web.redeem("one").status == 201
    worker.frozen()
    worker.forked.signal(signal.SIGTERM)
    worker.thaw()
    assert worker.ended() == 0
    assert "Traceback" not in worker.said
    assert len(town.sql("SELECT 1 FROM batches")) == 1, "the batch was kept"
    assert town.settle().records == 1
    assert pending(town) == 1, "one transaction in all"


def test_f09_a_service_that_is_told_to_end_does_not_wait_for_bodies_that_never_come(town: Town):
    web = town.serve()
    halves = [sent(web, WISH[:20], announced=len(WISH)) for _ in range(3)]
    assert web.redeem("one").status == 201
    web.forked.signal(signal.SIGTERM)
    assert web.ended() == 0
    for half in halves:
        half.close()
    assert "Traceback" not in web.said
    assert town.settle().records == 1
