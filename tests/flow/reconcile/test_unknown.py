"""Where a side cannot be known, nothing is opened and nothing resolved."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.lying_node import lying_node
from tests.flow.reconcile.kit import (
    World,
)
from tests.ports import free_port
from treering.chain import abi
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.domain.contradiction import State
from treering.errors import (
    ChainDisagrees,
    ChainUnavailable,
    MirrorStale,
    PinMoved,
    WrongChain,
)
from treering.flow.mirroring.state import on_ledger
from treering.store import contradictions
from treering.store.runs import Runs


def failure(world: World) -> str | None:
    with world.parts.engine.connect() as connection:
        run = Runs(connection).last(made=False)
    return run.failure if run else None


def test_a_silent_node_leaves_it_unknown_and_resolves_nothing(world: World):
    world.sql("UPDATE batches SET root = sha256('x') WHERE first_serial = 3")
    world.run()
    silent = Ledger(Node(f"http://127.0.0.1:{free_port()}"), world.chain.contract)
    with pytest.raises(ChainUnavailable):
        replace(world.reconciler(), ledger=silent).run()

    assert failure(world).startswith("TR101 ")
    assert len(world.open()) == 1
    reconciled = world.parts.registrar.reconciled()
    assert (reconciled.tried.is_made, reconciled.made.found) == (False, 1)
    assert reconciled.open == {"root_differs": 1}


def test_a_mirror_that_is_empty_or_too_old_leaves_it_unknown(world: World):
    world.chain.finalise()
    with pytest.raises(MirrorStale, match="nothing"):
        world.reconciler().run()
    world.parts.sync_mirror()
    late = replace(world.reconciler(), clock=lambda: world.parts.clock() + timedelta(days=3))
    with pytest.raises(MirrorStale, match="old"):
        late.run()
    assert failure(world).startswith("TR216 ")


def test_a_mirror_that_is_shorter_than_what_was_anchored_leaves_it_unknown(world: World):
    world.run()
    told = {"code": "TR244", "why": "we hold 0", "now": world.parts.clock()}
    with world.parts.engine.begin() as connection:
        source = on_ledger(world.parts.feed.name)
        contradictions.tell(connection, source, State.BEHIND, **told)
    with pytest.raises(MirrorStale, match="we hold 0"):
        world.reconciler().run()


def test_a_node_of_another_chain_is_refused(world: World):
    world.sql("UPDATE chain_identity SET chain_id = 1")
    with pytest.raises(WrongChain):
        world.run()


def lied_to(world: World, lie) -> None:
    with lying_node(world.chain.node.url, lie) as url:
        lying = Ledger(Node(url), world.chain.contract)
        replace(world.reconciler(), ledger=lying).run()


def test_a_node_that_conceals_a_batch_is_not_believed(world: World):
    def lie(method, params, answer):
        if method == "eth_getLogs":
            topic = "0x" + abi.event_topic("BatchMinted").hex()
            logs = answer["result"]
            answer["result"] = [log for log in logs if log["topics"][0] != topic]
        return answer

    world.run()
    with pytest.raises(ChainDisagrees, match="lot 1/277"):
        lied_to(world, lie)


def test_a_node_that_invents_a_root_is_not_believed(world: World):
    def lie(method, params, answer):
        if method == "eth_getLogs":
            topic = "0x" + abi.event_topic("BatchMinted").hex()
            for log in answer["result"]:
                if log["topics"][0] == topic:
                    log["topics"][3] = "0x" + "11" * 32
        return answer

    world.run()
    with pytest.raises(ChainDisagrees, match="another root"):
        lied_to(world, lie)


@pytest.mark.parametrize("concealed", ["LotOpened", "greatest"])
def test_a_node_that_tells_of_lots_that_cannot_be_is_not_believed(world: World, concealed: str):
    def lie(method, params, answer):
        if method == "eth_getLogs" and concealed == "LotOpened":
            topic = "0x" + abi.event_topic("LotOpened").hex()
            logs = answer["result"]
            answer["result"] = [log for log in logs if log["topics"][0] != topic]
        elif method == "eth_getLogs":
            names = ("LotOpened", "Stated", "BatchMinted")
            topics = {"0x" + abi.event_topic(name).hex() for name in names}
            for log in answer["result"]:
                if log["topics"][0] in topics:
                    log["topics"][1] = "0x" + f"{2**64 - 1:064x}"
        return answer

    world.run()
    with pytest.raises(ChainDisagrees):
        lied_to(world, lie)


def test_a_block_that_vanishes_meanwhile_leaves_it_unknown(world: World):
    asked = []

    def lie(method, params, answer):
        if method == "eth_getBlockByNumber" and params[0].startswith("0x"):
            asked.append(params[0])
            if params[0] != "0x0":
                answer["result"]["hash"] = "0x" + "11" * 32
        return answer

    world.run()
    with pytest.raises(PinMoved):
        lied_to(world, lie)
    assert asked


def test_a_worker_keeps_it_up_once_in_a_while(world: World):
    every = timedelta(hours=1)
    world.chain.finalise()
    assert world.reconciler().keep_up(every) is False  # nothing is mirrored yet: it says so
    assert failure(world).startswith("TR216 ")
    world.parts.sync_mirror()
    world.reconciler().keep_up(every)  # too soon after a failure
    assert failure(world)

    soon = replace(world.reconciler(), clock=lambda: world.parts.clock() + timedelta(minutes=6))
    soon.keep_up(every)
    assert failure(world) is None
    made = world.parts.registrar.reconciled().made
    soon.keep_up(every)
    assert world.parts.registrar.reconciled().made == made
    replace(soon, clock=lambda: world.parts.clock() + timedelta(hours=2)).keep_up(every)
    assert world.parts.registrar.reconciled().made.id > made.id
