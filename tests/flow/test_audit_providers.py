"""Two providers that must agree, and the hash of all that they tell."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, lying_node, with_id
from tests.flow.audit_kit import audited, truth
from tests.ledger_life import lived_ledger
from treering.chain import abi
from treering.chain.node import Node
from treering.errors import (
    ProvidersDisagree,
)
from treering.flow.auditing.audit import Manner, audit


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


def without_a_grant(method: str, params: list[Any], answer: Answer) -> Answer:
    """A node that conceals a role which was never used: no counter tells of it."""
    if method == "eth_getLogs":
        topic = "0x" + abi.event_topic("RoleGranted").hex()
        grants = [log for log in answer["result"] if log["topics"][0] == topic]
        kept = [log for log in answer["result"] if log not in grants[-1:]]
        return with_id(answer, result=kept)
    return answer


def other_hash(method: str, params: list[Any], answer: Answer) -> Answer:
    if method == "eth_getBlockByNumber":
        answer["result"]["hash"] = "0x" + "12" * 32
    return answer


def other_code(method: str, params: list[Any], answer: Answer) -> Answer:
    return with_id(answer, result="0x6001") if method == "eth_getCode" else answer


def test_two_providers_that_agree_give_one_report_that_says_so(lived):
    alone = audit(lived.node, lived.contract)

    both = audited(lived, truth, others=[lived.node])

    assert both.nodes == 2
    told = {name: alone.document()[name] for name in ("nodes", "unseen")}
    assert both.document() | told == alone.document()
    assert both.unseen == ("WHO_ACTED",)


@pytest.mark.parametrize(
    ("lie", "what"),
    [
        pytest.param(without_a_grant, "no more logs|log 0x", id="a log is withheld"),
        pytest.param(other_hash, "block", id="another block"),
        pytest.param(other_code, "code is", id="another contract"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_two_providers_that_disagree_leave_no_verdict_but_what_differed(lived, lie, what, first):
    with lying_node(lived.node.url, lie) as url:
        liar = Node(url)
        pair = [liar, lived.node] if first else [lived.node, liar]
        with pytest.raises(ProvidersDisagree, match=what):
            audit(pair[0], lived.contract, manner=Manner(others=pair[1:]))
        liar.close()


def test_the_block_is_the_newest_that_both_providers_have(lived):
    final = lived.node.block("finalized").number

    def behind(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getBlockByNumber" and params[0] == "finalized":
            return with_id(answer, result=lived.node.call(method, hex(final - 7), False))
        return answer

    report = audited(lived, behind, others=[lived.node])

    assert report.block.number == final - 7


def test_the_hash_of_the_logs_is_of_every_word_of_them(lived):
    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            for log in answer["result"]:
                log["transactionHash"] = "0x" + "12" * 32
        return answer

    report = audited(lived, lie)

    assert report.agrees  # no counter knows of it
    assert report.logs_hash != audit(lived.node, lived.contract).logs_hash
