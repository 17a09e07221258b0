"""F15 to F17: two workers with one key, one that was frozen, and a stranger with the key."""

import pytest
from eth_account import Account

from tests.faults.processes import until
from tests.faults.town import Town
from treering.chain import sender
from treering.chain.keys import minter_name
from treering.chain.node import quantity
from treering.chain.sender import Call
from treering.failpoint import POINTS

POINTS_OF_WORK = sorted(p for p in POINTS if p.startswith(("batch.", "tx.", "final.")))


def test_f15_two_workers_with_one_key_mint_everything_once(town: Town):
    web = town.serve()
    workers = [town.worker(), town.worker()]
    for i in range(12):
        assert web.redeem(f"{i}").status == 201
    until(town.settled, *[worker.check for worker in workers])
    assert [worker.end() for worker in workers] == [0, 0]
    assert town.agree().records == 12


@pytest.mark.parametrize("point", POINTS_OF_WORK)
def test_f16_a_worker_that_was_frozen_while_another_worked_does_no_harm_when_it_wakes(
    town: Town, point
):
    web = town.serve()
    frozen = town.worker(
        FAILPOINT=f"{point}:1",
        FPACT="stop",
        TREERING_DATABASE_URL=f"{town.database_url}&options="
        "-c%20lock_timeout%3D1s%20-c%20idle_in_transaction_session_timeout%3D1s",
    )
    assert web.redeem("one").status == 201
    frozen.frozen()
    assert web.redeem("two").status == 201
    worker = town.worker()
    until(town.settled, worker.check)
    frozen.thaw()
    assert web.redeem("three").status == 201
    until(town.settled, worker.check)
    assert [frozen.end(), worker.end()] == [0, 0]
    assert town.agree().records == 3


def test_f17_a_stranger_who_uses_the_minters_key_is_an_alarm_and_costs_no_record(town: Town):
    web = town.serve()
    assert web.redeem("one").status == 201
    town.settle()
    town.mines.clear()
    worker = town.worker()
    assert web.redeem("two").status == 201
    until(lambda: town.sql("SELECT 1 FROM batches WHERE state = 'signed'"), worker.check)
    stolen(town)
    town.mines.set()
    until(town.settled, worker.check)
    assert "foreign transaction" in worker.said
    worker.end()
    assert town.agree().records == 2


def stolen(town: Town) -> None:
    """A transaction to nobody with the nonce that ours waits under, and ours out of the pool."""
    node = town.node.node
    minter = town.stage.keys.account(minter_name("ANT_FOREST"))
    node.call("anvil_dropAllTransactions")
    nonce = quantity(node.call("eth_getTransactionCount", minter.address, "latest"))
    nobody = Account.from_key(b"\7" * 32).address
    raw = sender.sign(node, minter, Call(nobody, b""), nonce=nonce)
    sender.send(node, raw)
    node.call("evm_mine")
