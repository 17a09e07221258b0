"""The audit with its transactions: who acted, by which call, signed by whom."""

from collections.abc import Iterator
from typing import Any

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address

from tests.chain_kit import NO_DEADLINE, Chain
from tests.fakes.lying_node import Answer, Lie, lying_node, with_id
from tests.ledger_life import TREES, lived_ledger
from treering.chain import abi, roles, sender
from treering.chain.node import Node, data
from treering.chain.sender import Call
from treering.chain.transactions import sent
from treering.domain.recount.difference import Code
from treering.domain.stage import Stage
from treering.errors import LogsIncomplete
from treering.flow.auditing.audit import Manner, audit
from treering.flow.auditing.report import AuditReport

WITH_ACTS = Manner(transactions=True)
MAGIC = bytes.fromhex("1626ba7e")  # EIP-1271's yes


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


def audited(chain: Chain, lie: Lie) -> AuditReport:
    with lying_node(chain.node.url, lie) as url:
        node = Node(url)
        try:
            return audit(node, chain.contract, manner=WITH_ACTS)
        finally:
            node.close()


def test_every_act_of_a_ledgers_life_was_by_its_role_and_as_its_call_says(lived):
    report = audit(lived.node, lived.contract, manner=WITH_ACTS)

    assert report.differences == ()
    assert report.acts
    assert report.acts.indirect == 1  # the one that created the contract
    assert report.acts.direct > 25
    assert report.document()["transactions"] == {"direct": report.acts.direct, "indirect": 1}


def test_without_transactions_the_report_says_that_none_was_read(lived):
    assert audit(lived.node, lived.contract).document()["transactions"] is None


def without_a_claim(method: str, params: list[Any], answer: Answer) -> Answer:
    """A node that conceals the last of three claims of one transaction."""
    if method == "eth_getLogs":
        topics = ["0x" + abi.event_topic("RecordClaimed").hex(), f"0x{TREES << 32 | 9:064x}"]
        kept = [log for log in answer["result"] if log["topics"][:2] != topics]
        return with_id(answer, result=kept)
    return answer


def test_a_claim_that_no_counter_covers_is_missed_by_its_transaction(lived):
    report = audited(lived, without_a_claim)

    assert [d.code for d in report.differences] == [Code.CALL_DIFFERS]
    assert report.differences[0].place


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("input", "0x" + abi.call_data("pause").hex()),
        ("from", "0x" + "12" * 20),
        ("nonce", "0x99"),
    ],
)
def test_a_transaction_that_a_node_alters_is_not_its_hashs(lived, field, value):
    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getTransactionByHash":
            answer["result"][field] = value
        return answer

    with pytest.raises(LogsIncomplete, match=r"0x[0-9a-f]{64}"):
        audited(lived, lie)


def test_a_transaction_that_a_node_lacks_leaves_no_verdict(lived):
    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        return with_id(answer, result=None) if method == "eth_getTransactionByHash" else answer

    with pytest.raises(LogsIncomplete, match="has it not"):
        audited(lived, lie)


def forwarder(chain: Chain) -> str:
    """A contract that passes every call on to the ledger: a wallet of several owners, say."""
    runtime = bytes.fromhex(
        "365f5f375f5f365f5f73" + chain.contract[2:] + "5af1602657" + "5f5ffd5b00"
    )
    return created(chain, runtime)


def created(chain: Chain, runtime: bytes) -> str:
    creation = bytes([0x60, len(runtime), 0x80, 0x60, 9, 0x5F, 0x39, 0x5F, 0xF3]) + runtime
    return str(chain.send("somebody", Call(None, creation))["contractAddress"])


def test_an_act_through_another_contract_is_counted_as_one_that_cannot_be_held_to_its_call(chain):
    lot = chain.open_lot(277)
    wallet = forwarder(chain)
    chain.send("admin", roles.grant(chain.contract, roles.minter_of(1), wallet))
    mint = abi.call_data("mint", lot, 0, bytes(40))
    chain.send("somebody", Call(wallet, mint))
    chain.finalise()

    report = audit(chain.node, chain.contract, manner=WITH_ACTS)

    assert report.counts.records == 2
    assert report.agrees
    assert report.acts
    assert report.acts.indirect == 2


def test_a_statement_that_an_inspecting_contract_vouched_for_itself_is_no_difference(chain):
    lot = chain.open_lot(277, endorsed=None)
    wallet = created(chain, b"\x63" + MAGIC + bytes.fromhex("60e01b5f5260205ff3"))
    chain.send("admin", roles.grant(chain.contract, roles.INSPECTOR, wallet))
    said = (lot, int(Stage.ENDORSEMENT), 9, 1_559_347_200, b"\2" * 32, bytes(32), 0, NO_DEADLINE)
    chain.act("relayer", "state", said, wallet, b"signed by its owners")
    chain.finalise()

    report = audit(chain.node, chain.contract, manner=WITH_ACTS)

    assert report.agrees
    assert report.lots[0].endorsed == 9


@pytest.mark.parametrize("kind", ["legacy", "with an access list"])
def test_a_transaction_of_an_older_form_is_proven_too(chain, kind):
    lot = chain.open_lot(277)
    form: dict[str, Any] = {
        "to": to_checksum_address(chain.contract),
        "data": abi.call_data("mint", lot, 0, bytes(20)),
        "gas": 300_000,
        "gasPrice": 10**11,
        "value": 0,
        "chainId": 31337,
    }
    if kind != "legacy":
        form |= {
            "type": 1,
            "accessList": [
                {"address": to_checksum_address(chain.contract), "storageKeys": ["0x" + "00" * 32]}
            ],
        }
    minter = chain.account("minter")
    form["nonce"] = int(chain.node.call("eth_getTransactionCount", minter.address, "latest"), 16)
    raw = Account.sign_transaction(form, minter.key).raw_transaction
    digest = data(chain.node.call("eth_sendRawTransaction", "0x" + bytes(raw).hex()))
    chain.mine()
    sender.wait_for(chain.node, digest)

    found = sent(chain.node, chain.contract, [digest])[digest]

    assert found.sender == minter.address.lower()
    assert found.call
    assert found.call.function == "mint"


def test_a_transaction_of_a_form_unknown_here_is_taken_at_the_nodes_word(lived):
    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getTransactionByHash":
            answer["result"]["type"] = "0x7"
        return answer

    assert audited(lived, lie).agrees


def test_a_call_that_is_none_of_the_ledgers_cannot_have_written_its_logs(chain):
    strange = chain.account("somebody")
    chain.node.call("anvil_setBalance", strange.address, hex(10**21))
    nonce = int(chain.node.call("eth_getTransactionCount", strange.address, "latest"), 16)
    form = {
        "to": to_checksum_address(chain.contract),
        "data": b"\1\2\3\4",
        "gas": 300_000,
        "gasPrice": 10**11,
        "value": 0,
        "chainId": 31337,
        "nonce": nonce,
    }
    raw = Account.sign_transaction(form, strange.key).raw_transaction
    digest = data(chain.node.call("eth_sendRawTransaction", "0x" + bytes(raw).hex()))
    chain.mine()

    with pytest.raises(LogsIncomplete, match="no call of TreeLedger"):
        sent(chain.node, chain.contract, [digest])
