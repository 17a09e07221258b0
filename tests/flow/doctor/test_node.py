"""What the doctor says of nodes, the contract, clocks and the mirror."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.chain_kit import Chain
from tests.fakes.lying_node import lying_node, with_id
from tests.fakes.registry import KEY, PUBLIC, SUBMIT_KEY, serving
from tests.faults.proxy import Proxy
from tests.flow.doctor.kit import on_database, refuses, sign
from tests.ports import free_port
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.chain.nodes import Nodes
from treering.domain.checkup import Health
from treering.errors import (
    ChainUnavailable,
    Diverged,
    NodeRefused,
    NotALedger,
    WrongChain,
)
from treering.flow.overseeing.doctor import clocks
from treering.flow.overseeing.doctor.examine import Doctor
from treering.flow.parts import Parts
from treering.registry.feed import Feed
from treering.registry.twin import twin_app
from treering.store import identity


def test_a_node_that_is_away_is_told_once(doctor: Doctor):
    node = Node(f"http://127.0.0.1:{free_port()}")
    away = replace(doctor, ledger=Ledger(node, doctor.ledger.contract))
    refuses(away, "node", ChainUnavailable, "ConnectError")
    assert [s.about for s in away.examine() if s.health is Health.FAIL] == ["node"]


def test_an_address_without_a_contract_is_refused(doctor: Doctor, chain: Chain):
    empty = replace(doctor, ledger=Ledger(chain.node, chain.account("x").address))
    refuses(empty, "contract", WrongChain, "no contract at")


def test_a_contract_that_is_no_ledger_is_refused(doctor: Doctor, chain: Chain):
    stranger = chain.account("stranger").address
    chain.node.call("anvil_setCode", stranger, "0x60006000fd")
    refuses(replace(doctor, ledger=Ledger(chain.node, stranger)), "contract", NotALedger, stranger)


def altered(chain: Chain, contract: str) -> None:
    """The ledger's code with another last byte, as another release would have."""
    code = chain.node.call("eth_getCode", contract, "latest")
    last = f"{(int(code[-2:], 16) + 1) % 256:02x}"
    chain.node.call("anvil_setCode", contract, code[:-2] + last)


def test_a_ledger_of_another_release_is_refused_unless_our_books_began_with_it(
    published: Parts, chain: Chain
):
    altered(chain, published.ledger.contract)
    refuses(published.doctor, "contract", NotALedger, "byte")
    published.check_identity()
    assert sign(published.doctor, "contract").health is Health.WARN


def test_books_without_a_pin_are_told_that_it_is_yet_to_come(published: Parts):
    assert "pinned when work begins" in sign(published.doctor, "chain identity").said


def test_another_chain_than_the_pinned_one_is_refused_unless_it_is_our_own(doctor: Doctor):
    on_database(doctor.engine, "UPDATE chain_identity SET chain_id = 1")
    refuses(doctor, "chain identity", WrongChain, "chain id 31337, not 1")
    assert sign(replace(doctor, embedded=True), "chain identity").health is Health.WARN


def test_a_node_that_knows_of_nothing_final_is_a_warning(doctor: Doctor):
    def lie(method, params, answer):
        return with_id(answer, result=None) if "finalized" in params else answer

    with lying_node(doctor.ledger.node.url, lie) as url:
        lied = replace(doctor, ledger=Ledger(Node(url), doctor.ledger.contract))
        assert sign(lied, "finality").health is Health.WARN


def test_a_node_that_falls_silent_over_the_minters_is_told(doctor: Doctor):
    def lie(method, params, answer):
        error = {"code": -32000, "message": "busy"}
        return with_id(answer, error=error) if method == "eth_gasPrice" else answer

    with lying_node(doctor.ledger.node.url, lie) as url:
        lied = replace(doctor, ledger=Ledger(Node(url), doctor.ledger.contract))
        assert sign(lied, "minters").said == "eth_gasPrice: busy"
        with pytest.raises(NodeRefused):
            lied.unfit("ANT_FOREST")


@pytest.mark.parametrize(
    ("apart", "about", "health"),
    [
        (timedelta(seconds=-61), "block time", "WARN"),
        (timedelta(seconds=16), "block time", "WARN"),
        (timedelta(), "block time", "OK"),
    ],
)
def test_a_head_that_is_old_or_ahead_is_a_warning(doctor: Doctor, apart, about, health):
    head = doctor.ledger.at("latest").as_of
    at = replace(doctor, clock=lambda: head - apart)
    assert sign(at, about).health is Health(health)


def test_clocks_that_agree_are_said_to(doctor: Doctor, published: Parts):

    assert sign(replace(doctor, clock=lambda: datetime.now(UTC)), "clock").health is Health.OK


def test_a_node_that_goes_away_before_its_clock_is_read_is_a_warning(doctor: Doctor):

    node = Node(f"http://127.0.0.1:{free_port()}")
    away = Ledger(node, doctor.ledger.contract)
    assert clocks._chain(away, doctor.clock).health is Health.WARN


def test_a_mirror_is_told_with_its_age_and_warned_of_when_old(published: Parts, tmp_path: Path):
    clock = published.clock
    with serving(twin_app(tmp_path, KEY, clock, SUBMIT_KEY)) as registry:
        following = replace(published, feed=Feed(registry, PUBLIC))
        following.check_identity()
        assert sign(following.doctor, "mirror").said.startswith("nothing of")
        following.sync_mirror()
        assert sign(following.doctor, "mirror").health is Health.OK
        clock.pass_by(timedelta(days=3))
        assert sign(following.doctor, "mirror").health is Health.WARN


def test_one_of_several_nodes_that_is_silent_is_a_warning(doctor: Doctor):
    silent = Node(f"http://127.0.0.1:{free_port()}")
    several = Nodes([doctor.ledger.node, silent])
    both = replace(doctor, ledger=Ledger(several, doctor.ledger.contract))
    assert sign(both, f"node {silent.name}").health is Health.WARN
    assert sign(both, f"node {doctor.ledger.node.name}").health is Health.OK


def test_one_of_several_nodes_that_is_of_another_chain_is_a_warning(doctor: Doctor):
    with Proxy(doctor.ledger.node.url) as proxy:
        proxy.rule("eth_chainId", "set", ("result", "0x3e7"))
        strange = Node(proxy.url)
        both = Nodes([strange, Node(doctor.ledger.node.url)])
        found = replace(doctor, ledger=Ledger(both, doctor.ledger.contract))
        told = sign(found, f"node {strange.name}")
        assert told.health is Health.WARN
        assert "is a node of chain 999" in told.said
        assert sign(found, "chain identity").health is Health.OK
        alone = Nodes([strange, Node(proxy.url)])
        none = replace(doctor, ledger=Ledger(alone, doctor.ledger.contract))
        refuses(none, "contract", WrongChain, "chain 999")


def test_a_halt_is_told_with_the_way_out_of_it(doctor: Doctor):
    with doctor.engine.begin() as connection:
        identity.halt(connection, "block 7 was final", doctor.clock())
    refuses(doctor, "halt", Diverged, "block 7 was final")
