"""F31 to F36: the contract refuses, the chain changes its rules, its time or its identity."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.faults.node.conftest import ends_well
from tests.faults.node.oracle import minted, nothing_final_that_is_not
from tests.faults.node.world import LOT, World
from treering.chain import abi, roles
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.domain.record import tree_id
from treering.domain.stage import Stage
from treering.errors import NotALedger, TreeringError, WrongChain
from treering.flow.auditing.audit import audit


def _pause(world: World) -> None:
    world.chain.act("pauser", "pause")


def _unpause(world: World) -> None:
    world.chain.act("pauser", "unpause")


def _revoke(world: World) -> None:
    role = roles.minter_of(1)
    world.chain.act("admin", "revokeRole", role, world.minter.address)


def _grant(world: World) -> None:
    world.chain.send(
        "admin", roles.grant(world.chain.contract, roles.minter_of(1), world.minter.address)
    )


def _lower(world: World) -> None:
    world.chain.state(LOT, Stage.ACCEPTANCE, 2)


def _raise(world: World) -> None:
    world.chain.state(LOT, Stage.ACCEPTANCE, 1000)


REFUSALS = [
    pytest.param(_pause, _unpause, "EnforcedPause()", id="paused"),
    pytest.param(_revoke, _grant, "AccessControlUnauthorizedAccount", id="role revoked"),
    pytest.param(_lower, _raise, "CapExceeded", id="capacity lowered"),
]
Act = Callable[[World], None]


@pytest.mark.parametrize("mid_flight", [False, True], ids=["before signing", "in flight"])
@pytest.mark.parametrize(("worsen", "mend", "words"), REFUSALS)
def test_f31_what_the_contract_refuses_waits_with_its_words_and_goes_on_by_itself(
    world: World, worsen: Act, mend: Act, words: str, mid_flight: bool
):
    world.sealed(3, 2)
    if mid_flight:
        world.step()
        world.call("anvil_dropAllTransactions")  # the contract changes first
    worsen(world)
    for _ in range(7):
        world.turn()
    blocked = [entry for entry in world.books() if entry.state == "blocked"]
    assert blocked
    assert words in (blocked[0].reason or "")
    spent = world.nonce()
    for _ in range(7):
        world.turn()
    assert world.nonce() == spent, "no fee is burnt while it refuses"
    assert spent <= 2
    mend(world)
    ends_well(world)


def test_f32_a_batch_that_no_longer_fits_a_block_is_split_in_the_same_order(world: World):
    world.sealed(600)
    world.call("evm_setBlockGasLimit", hex(400_000))
    world.chain.mine()
    ends_well(world)
    found = minted(world.chain)
    assert len(found) >= 2
    assert [first for _, first, *_ in found] == sorted(first for _, first, *_ in found)


def test_f32_a_limit_that_falls_while_a_batch_is_in_flight_loses_nothing(world: World):
    world.sealed(600, 3)
    world.step()
    world.call("evm_setBlockGasLimit", hex(400_000))
    for _ in range(6):
        world.turn()
    nothing_final_that_is_not(world)
    world.call("evm_setBlockGasLimit", hex(1_000_000_000))
    ends_well(world)


def _backwards(world: World) -> None:
    world.call("evm_setTime", 1000)


def _in_days(world: World) -> None:
    world.call("anvil_setBlockTimestampInterval", 86_400)


@pytest.mark.parametrize("odd", [_backwards, _in_days])
def test_f33_no_verdict_hangs_on_the_time_of_a_block_and_an_odd_one_is_told(
    world: World, odd: Act, capfd
):
    world.now = datetime.now(UTC)
    world.sealed(3)
    world.turn()
    assert "block time odd" not in capfd.readouterr().out
    odd(world)
    world.sealed(2)
    ends_well(world)
    assert "block time odd" in capfd.readouterr().out


def test_f34_another_code_at_our_address_stops_service_worker_and_auditor(world: World):
    world.sealed(3)
    world.settle()
    world.call("anvil_setCode", world.chain.contract, "0x00")
    world.chain.mine(3)
    world.sealed(2)
    with pytest.raises(WrongChain):
        world.parts.check_identity()
    with pytest.raises(TreeringError):
        audit(world.chain.node, world.chain.contract)
    sent = len(world.proxy.sent)
    with pytest.raises(WrongChain):
        world.work(6)
    assert len(world.proxy.sent) == sent


def test_f34_a_root_changed_in_the_contracts_storage_is_found_by_the_audit(world: World):
    world.sealed(3)
    world.settle()
    asked = {"to": world.chain.contract}
    asked["data"] = "0x" + abi.call_data("rootOf", tree_id(LOT, 0)).hex()
    (touched,) = world.call("eth_createAccessList", asked, "latest")["accessList"]
    (slot,) = touched["storageKeys"]
    world.call("anvil_setStorageAt", world.chain.contract, slot, "0x" + "07" * 32)
    world.chain.mine(3)
    assert audit(world.chain.node, world.chain.contract).differences != ()


@pytest.mark.parametrize("how", ["node", "proxy"])
def test_f35_a_node_of_another_chain_is_refused_before_anything_is_signed(world: World, how):
    world.sealed(3)
    if how == "node":
        world.call("anvil_setChainId", 999)
    else:
        world.proxy.rule("eth_chainId", "set", ("result", "0x3e7"))
    for work in (world.start, lambda: world.work(3)):
        with pytest.raises((WrongChain, NotALedger)):
            work()
    assert world.proxy.sent == []
    world.call("anvil_setChainId", 31337)
    world.proxy.behave()
    world.start()
    ends_well(world)


def _without_finality(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
    if params and params[0] == "finalized":
        error = {"code": -39001, "message": "Unknown block"}
        return {"jsonrpc": "2.0", "id": answer["id"], "error": error}
    return answer


def test_f36_without_a_final_block_nothing_becomes_final_and_minting_goes_on(world: World, capfd):
    world.sealed(3)
    world.proxy.rule("eth_getBlockByNumber", "lie", _without_finality)
    for _ in range(6):
        world.turn()
    assert world.states() == {"mined"}
    assert "Unknown block" in capfd.readouterr().out
    ends_well(world)


def test_f36_where_confirmations_are_set_they_stand_in_for_a_missing_final_block(world: World):
    world.confirmations = 4
    world.start()
    world.sealed(3)
    world.proxy.rule("eth_getBlockByNumber", "lie", _without_finality)
    world.step()
    world.chain.mine(3)
    world.step()
    assert world.states() == {"mined"}
    for _ in range(4):
        world.turn()
    assert world.states() == {"final"}
    ends_well(world)


def test_f36_a_final_block_that_does_not_move_makes_nothing_final(world: World):
    stuck = world.call("eth_getBlockByNumber", "finalized", False)

    def frozen(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"result": stuck} if params and params[0] == "finalized" else answer

    world.proxy.rule("eth_getBlockByNumber", "lie", frozen)
    world.sealed(3)
    for _ in range(6):
        world.turn()
    assert world.states() == {"mined"}
    ends_well(world)


def test_f34_the_auditor_refuses_an_address_without_our_contract(world: World):
    with pytest.raises(NotALedger):
        audit(world.chain.node, world.minter.address)
    with pytest.raises(WrongChain):
        Ledger(Node(world.proxy.url), world.minter.address).identity()
