"""What an operator sees: the queue on its way, what is stopped, minters, chain and mirror."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.chain_kit import Chain
from tests.fakes.lying_node import lying_node, with_id
from tests.fakes.registry import KEY, PUBLIC, SUBMIT_KEY, serving
from tests.faults.proxy import Proxy
from tests.flow.conftest import WISH
from tests.ports import free_port
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.chain.nodes import Nodes
from treering.domain.overview import Alarm, Overview, Waiting
from treering.flow.minting.mint import Mint
from treering.flow.minting.seal import Sealer
from treering.flow.parts import Parts
from treering.flow.redeeming.redeem import Desk
from treering.registry.feed import Feed
from treering.registry.twin import twin_app


def waiting(overview: Overview, state: str) -> Waiting | None:
    return next((line for line in overview.queue if line.state == state), None)


def seen(parts: Parts) -> Overview:
    return parts.service.overview()


def test_what_waits_is_told_by_state_with_the_age_of_the_oldest(
    parts: Parts, desk: Desk, sealer: Sealer, mint: Mint, forest: Chain
):
    assert waiting(seen(parts), "redeemed").records == 0
    desk.redeem("ANT_FOREST", "a", replace(WISH, count=2))
    parts.clock.pass_by(timedelta(minutes=3))
    found = seen(parts)
    line = waiting(found, "redeemed")
    assert (line.records, found.age_of(line)) == (2, timedelta(minutes=3))
    sealer.seal_due()
    found = seen(parts)
    assert waiting(found, "redeemed").oldest is None
    assert (waiting(found, "sealed").batches, waiting(found, "sealed").records) == (1, 2)
    mint.step()
    assert [m.in_flight for m in seen(parts).minters if m.programme == "ANT_FOREST"] == [1]
    for _ in range(5):
        mint.step()
        forest.mine()
    line = waiting(seen(parts), "final")
    assert (line.records, line.oldest) == (2, None)
    assert [count.final for count in seen(parts).counts] == [2, 0, 0]


def test_a_batch_that_was_refused_is_listed_with_its_reason(
    parts: Parts, desk: Desk, sealer: Sealer, mint: Mint, forest: Chain
):
    forest.act("pauser", "pause")
    desk.redeem("ANT_FOREST", "a", WISH)
    sealer.seal_due()
    mint.step()
    (batch,) = seen(parts).stopped
    assert (batch.lot, batch.first_serial, batch.count) == ("ANT_FOREST-277", 0, 1)
    assert "EnforcedPause" in batch.reason


def test_minters_are_shown_with_what_the_chain_says_of_them(published: Parts):
    minters = {minter.programme: minter for minter in seen(published).minters}
    assert set(minters) == {"ANT_FOREST", "GFOREST", "OCEAN_BUDDY"}
    assert minters["GFOREST"].address == published.keys.account("minter-GFOREST").address
    assert minters["GFOREST"].balance == 10**21
    assert minters["GFOREST"].nonce == 0


def test_what_keeps_a_minter_from_minting_is_told_beside_it(published: Parts):
    assert {minter.fault for minter in seen(published).minters} == {None}
    poor = published.keys.account("minter-GFOREST").address
    before = published.ledger.node.call("evm_snapshot")
    published.ledger.node.call("anvil_setBalance", poor, "0x0")
    published.ledger.node.call("evm_mine")
    faults = {minter.programme: minter.fault for minter in seen(published).minters}
    published.ledger.node.call("evm_revert", before)
    assert faults.pop("GFOREST") == f"TR916 {poor} holds 0.000000 ether, enough for 0 batches"
    assert set(faults.values()) == {None}


def test_a_silent_node_leaves_gaps_and_says_why(parts: Parts):
    nobody = Node(f"http://key@127.0.0.1:{free_port()}/v3/secret")
    silent = replace(parts, ledger=Ledger(nobody, parts.ledger.contract))
    found = silent.service.overview()
    (node,) = found.nodes
    assert (node.head, found.counts[0].counted) == (None, None)
    assert "ConnectError" in node.fault
    assert "key" not in str(node)
    assert "secret" not in str(node)
    assert {minter.balance for minter in found.minters} == {None}


@pytest.mark.parametrize(
    ("asked", "gap"), [("finalized", "final"), ("eth_getTransactionCount", "minters")]
)
def test_what_a_node_does_not_tell_is_left_out_and_the_rest_is_shown(published, asked, gap):
    no = {"code": -32000, "message": "busy"}

    def lie(method, params, answer):
        return with_id(answer, error=no) if asked in (method, *params[:1]) else answer

    with lying_node(published.ledger.node.url, lie) as url:
        lied = replace(published, ledger=Ledger(Node(url), published.ledger.contract))
        found = lied.service.overview()
    assert found.nodes[0].head is not None
    assert (found.nodes[0].final is None) is (gap == "final")
    assert ({minter.balance for minter in found.minters} == {None}) is (gap == "minters")


def test_a_minter_without_a_keystore_here_has_no_address(parts: Parts):
    assert {minter.address for minter in seen(parts).minters} == {None}


def test_the_mirror_is_shown_with_its_age_once_there_is_one(parts: Parts, tmp_path: Path):
    assert seen(parts).mirror is None
    with serving(twin_app(tmp_path, KEY, parts.clock, SUBMIT_KEY)) as registry:
        following = replace(parts, feed=Feed(registry, PUBLIC))
        assert seen(following).mirror.entries is None
        following.sync_mirror()
        parts.clock.pass_by(timedelta(hours=1))
        assert seen(following).mirror.entries == 0
        assert seen(following).mirror.age >= timedelta(hours=1)


def test_alarms_that_a_worker_kept_are_shown_to_every_operator(parts: Parts):
    now = parts.clock.now
    alarm = Alarm(
        event="block vanished",
        code="",
        batch=7,
        level="warning",
        why="",
        times=2,
        first_at=now,
        last_at=now,
    )
    parts.overseer.keep([alarm])
    assert seen(parts).alarms == (alarm,)


def test_nodes_of_another_chain_are_told_and_their_numbers_are_not_shown(parts: Parts):
    with Proxy(parts.ledger.node.url) as proxy:
        proxy.rule("eth_chainId", "set", ("result", "0x3e7"))
        both = Nodes([Node(proxy.url), Node(proxy.url)])
        parts.check_identity()
        both.belong_to((31337, parts.ledger.node.block(0).hash))
        found = seen(replace(parts, ledger=Ledger(both, parts.ledger.contract)))
    assert all("is a node of chain 999" in (node.fault or "") for node in found.nodes)
    assert [node.head for node in found.nodes] == [None, None]
    assert [count.counted for count in found.counts] == [None] * 3
    assert {minter.balance for minter in found.minters} == {None}
