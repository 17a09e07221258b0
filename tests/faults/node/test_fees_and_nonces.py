"""F25 to F30: fees, nonces, a chain that stands still, a purse that is empty."""

from itertools import pairwise

import pytest
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from hexbytes import HexBytes

from tests.faults.node.conftest import ends_well
from tests.faults.node.oracle import minted, nothing_final_that_is_not
from tests.faults.node.world import World

GWEI = 10**9


def fields(raw: bytes) -> dict[str, int]:
    return TypedTransaction.from_bytes(HexBytes(raw)).as_dict()


def offers(world: World, nonce: int = 0) -> list[tuple[int, int]]:
    """The fees (tip, cap) that were offered under a nonce, each once, in order."""
    found = [fields(raw) for raw in world.proxy.sent]
    ours = [f for f in found if f["nonce"] == nonce]
    return list(dict.fromkeys((f["maxPriorityFeePerGas"], f["maxFeePerGas"]) for f in ours))


def test_f25_a_spike_of_the_base_fee_is_followed_under_the_same_nonce(world: World):
    world.sealed(3)
    world.step()
    world.call("anvil_setNextBlockBaseFeePerGas", hex(20 * GWEI))
    world.chain.mine()
    assert world.waiting() == 0, "Anvil drops what no longer pays"
    ends_well(world)
    assert world.nonce() == 1
    assert len(offers(world)) > 1


def test_f25_above_the_ceiling_we_wait_say_so_and_go_on_when_fees_fall(world: World, capfd):
    world.sealed(3)
    world.step()
    for _ in range(12):
        world.call("anvil_setNextBlockBaseFeePerGas", hex(900 * GWEI))
        world.turn()
    assert minted(world.chain, "latest") == []
    assert max(cap for _, cap in offers(world)) <= world.fee_ceiling
    assert "fee ceiling" in capfd.readouterr().out
    bids = len(offers(world))
    for _ in range(5):
        world.call("anvil_setNextBlockBaseFeePerGas", hex(900 * GWEI))
        world.turn()
    assert len(offers(world)) == bids, "no new bid that could not win either"
    world.call("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    ends_well(world)
    assert world.nonce() == 1


def test_f26_every_replacement_raises_both_fees_by_an_eighth_at_least(world: World):
    """Anvil takes 9 % more, geth refuses less than 10 %, others less than 12.5 %."""
    world.sealed(3)
    world.proxy.rule("eth_sendRawTransaction", "blackhole")
    for _ in range(12):
        world.turn()  # it is stuck: blocks come, and none takes it
    bids = offers(world)
    assert len(bids) >= 2
    for (tip, cap), (next_tip, next_cap) in pairwise(bids):
        assert next_tip >= tip * 9 / 8
        assert next_cap >= cap * 9 / 8
    ends_well(world)
    assert world.nonce() == 1


def test_f26_a_replacement_that_the_node_finds_underpriced_does_no_harm(world: World):
    world.sealed(3, 2)
    world.step()
    world.proxy.rule("eth_sendRawTransaction", "error", "replacement transaction underpriced")
    for _ in range(10):
        world.turn(0)
    assert world.states() <= {"signed", "sealed"}
    ends_well(world)
    assert world.nonce() == 2


def test_f27_a_gap_before_our_own_transactions_is_filled_with_the_lost_bytes(world: World):
    world.sealed(3, 2, 1)
    world.step()
    world.step()
    first = next(raw for raw in world.proxy.sent if fields(raw)["nonce"] == 0)
    world.call("anvil_dropAllTransactions")
    for raw in dict.fromkeys(world.proxy.sent):
        if raw != first:
            world.hand_over(raw)
    ends_well(world)
    assert world.nonce() == 3
    assert sorted({fields(raw)["nonce"] for raw in world.proxy.sent}) == [0, 1, 2]


def test_f27_a_gap_that_an_outsider_left_behind_us_is_not_skipped_into(world: World):
    world.hand_over(world.foreign(nonce=5))
    world.sealed(3, 2)
    world.step()
    assert min(fields(raw)["nonce"] for raw in world.proxy.sent) == 0
    ends_well(world)
    assert [size for *_, size in minted(world.chain)] == [3, 2]


def test_f29_while_no_block_comes_we_wait_without_burning_fees_and_drain_alone(
    world: World, capfd
):
    world.sealed(3)
    for _ in range(17):  # half an hour and a little
        world.turn(0)
        world.pass_by(90)
        world.redeem()
    (alarm,) = [line for line in capfd.readouterr().out.splitlines() if "half spent" in line]
    assert "has waited for 0:30:00 of the 1:00:00 promised" in alarm, "at half of the time"
    nothing_final_that_is_not(world)
    world.seal()
    assert {fields(raw)["nonce"] for raw in world.proxy.sent} == {0}
    assert len(offers(world)) <= 20
    assert world.parts.service.counts(), "reading goes on"
    ends_well(world)
    assert world.nonce() == 2


def test_f30_an_empty_purse_is_one_alarm_and_no_busy_loop(world: World, capfd):
    world.sealed(3)
    balance = world.call("eth_getBalance", world.minter.address, "latest")
    world.call("anvil_setBalance", world.minter.address, "0x0")
    asked = world.proxy.asked.total()
    for _ in range(10):
        world.turn()
    assert world.proxy.asked.total() - asked < 10 * 40
    assert minted(world.chain, "latest") == []
    alarms = [line for line in capfd.readouterr().out.splitlines() if "[error" in line]
    assert len(alarms) == 1
    assert "insufficient funds" in alarms[0]
    assert len(offers(world)) == 1, "a better offer needs more money still"
    world.call("anvil_setBalance", world.minter.address, balance)
    ends_well(world)
    assert world.nonce() == 1


@pytest.mark.parametrize("minutes", [1, 90])
def test_f29_a_pause_of_the_worker_changes_nothing(world: World, minutes):
    world.sealed(3, 1)
    world.step()
    world.pass_by(60 * minutes)
    world.start()
    ends_well(world)
    assert world.nonce() == 2
