"""Reading a contract's history from a real Anvil, and from nodes that limit, lie and die."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, HttpStatus, Lie, Silence, lying_node, with_id
from tests.ledger_life import BATCHES, RECORDS, lived_ledger
from treering.chain import history as reading
from treering.chain.history import first_block, history
from treering.chain.node import Node
from treering.domain.recount import events as told
from treering.errors import ChainUnavailable, LogsIncomplete, NodeRefused


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


def entries(node: Node, contract: str) -> list[told.Entry]:
    pinned = node.block("finalized")
    first = first_block(node, contract, pinned)
    return [entry for span in history(node, contract, first, pinned) for entry in span.entries]


def read_through(lived: Chain, lie: Lie, timeout_seconds: float = 5.0) -> list[told.Entry]:
    with lying_node(lived.node.url, lie) as url:
        node = Node(url, timeout_seconds=timeout_seconds)
        try:
            return entries(node, lived.contract)
        finally:
            node.close()


def blocks_of(params: list[Any]) -> int:
    return int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) + 1


def test_every_event_comes_once_and_in_order(lived):
    found = entries(lived.node, lived.contract)

    places = [(entry.place.block, entry.place.index) for entry in found]
    batches = [entry.event for entry in found if isinstance(entry.event, told.BatchMinted)]
    assert places == sorted(set(places))
    assert isinstance(found[0].event, told.RoleGranted)
    assert len(batches) == BATCHES
    assert sum(len(batch.holders) // 20 for batch in batches) == RECORDS
    read = set(told.Event.__args__) - {told.Stranger, told.BatchRebuilt}
    assert {type(entry.event) for entry in found} == read


def test_reading_begins_at_the_block_of_the_contracts_creation(lived):
    pinned = lived.node.block("finalized")

    first = first_block(lived.node, lived.contract, pinned)

    assert entries(lived.node, lived.contract)[0].place.block == first
    assert first > 0


def test_a_node_without_old_state_is_read_from_its_first_block(lived):
    def forgetful(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getCode" and isinstance(params[1], str):
            return with_id(answer, error={"code": -32000, "message": "missing trie node"})
        return answer

    assert read_through(lived, forgetful) == entries(lived.node, lived.contract)


def too_many(answer: Answer) -> Answer:
    error = {"code": -32005, "message": "query returned more than 10000 results"}
    return with_id(answer, error=error)


def too_large(answer: Answer) -> Answer:
    raise HttpStatus(413)


def cut_off(answer: Answer) -> Answer:
    raise Silence


@pytest.mark.parametrize("refuse", [too_many, too_large, cut_off])
def test_a_provider_that_allows_three_blocks_at_a_time_is_read_to_the_end(lived, refuse):
    asked: list[int] = []

    def limited(method: str, params: list[Any], answer: Answer) -> Answer:
        if method != "eth_getLogs":
            return answer
        asked.append(blocks_of(params))
        return refuse(answer) if asked[-1] > 3 else answer

    assert read_through(lived, limited) == entries(lived.node, lived.contract)
    assert sum(blocks > 3 for blocks in asked) == 1  # a limit is learnt once


def read_with_little_memory(lived: Chain, max_bytes: int) -> list[told.Entry]:
    pinned = lived.node.block("finalized")
    node = Node(lived.node.url, max_bytes=max_bytes)
    try:
        spans = list(history(node, lived.contract, 0, pinned))
    finally:
        node.close()
    return [entry for span in spans for entry in span.entries]


def test_an_answer_beyond_what_memory_is_for_is_asked_for_in_parts(lived):
    assert read_with_little_memory(lived, 15_000) == entries(lived.node, lived.contract)


def test_a_single_block_beyond_what_memory_is_for_is_refused(lived):
    with pytest.raises(ChainUnavailable, match=r"eth_getLogs: .* more than 9000"):
        read_with_little_memory(lived, 9_000)


def test_answers_that_are_large_make_the_next_question_smaller(lived, monkeypatch):
    monkeypatch.setattr(reading, "SMALL", 100)
    monkeypatch.setattr(reading, "LARGE", 1500)
    asked: list[int] = []

    def listening(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            asked.append(blocks_of(params))
        return answer

    assert read_through(lived, listening) == entries(lived.node, lived.contract)
    assert any(after < before for before, after in pairwise(asked[:-1]))


def test_a_provider_that_refuses_a_single_block_is_named(lived):
    def refusing(method: str, params: list[Any], answer: Answer) -> Answer:
        return too_many(answer) if method == "eth_getLogs" else answer

    with pytest.raises(NodeRefused, match="more than 10000"):
        read_through(lived, refusing)


def test_a_node_that_dies_half_way_is_unavailable_at_once(lived):
    answered: list[str] = []

    def dying(method: str, params: list[Any], answer: Answer) -> Answer:
        answered.append(method)
        if answered.count("eth_getLogs") > 3:
            raise Silence
        return answer

    with pytest.raises(ChainUnavailable):
        read_through(lived, dying)


def doubled(logs: list[Answer]) -> None:
    logs.insert(1, logs[0])


def swapped(logs: list[Answer]) -> None:
    logs.append(logs.pop(0))


def of_another(logs: list[Answer]) -> None:
    logs[0]["address"] = "0x" + "12" * 20


def taken_back(logs: list[Answer]) -> None:
    logs[0]["removed"] = True


def of_another_block(logs: list[Answer]) -> None:
    logs[0]["blockNumber"] = "0x0"


def of_two_hashes(logs: list[Answer]) -> None:
    for before, after in pairwise(logs):
        if before["blockNumber"] == after["blockNumber"]:
            after["blockHash"] = "0x" + "12" * 32


def without_topics(logs: list[Answer]) -> None:
    del logs[0]["topics"]


def with_a_topic_too_few(logs: list[Answer]) -> None:
    logs[0]["topics"].pop()


def not_hex(logs: list[Answer]) -> None:
    logs[0]["data"] = "0xzz"


def no_log(logs: list[Answer]) -> None:
    logs[0] = "a log"


@pytest.mark.parametrize(
    "spoil",
    [
        doubled,
        swapped,
        of_another,
        taken_back,
        of_another_block,
        of_two_hashes,
        without_topics,
        with_a_topic_too_few,
        not_hex,
        no_log,
    ],
)
def test_logs_that_contradict_themselves_are_refused(lived, spoil: Callable[[list[Answer]], None]):
    def lying(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs" and len(answer["result"]) > 1:
            spoil(answer["result"])
        return answer

    with pytest.raises(LogsIncomplete):
        read_through(lived, lying)


def test_what_is_no_list_of_logs_is_refused(lived):
    def lying(method: str, params: list[Any], answer: Answer) -> Answer:
        return with_id(answer, result={}) if method == "eth_getLogs" else answer

    with pytest.raises(LogsIncomplete, match="not a list"):
        read_through(lived, lying)


def test_a_log_of_the_pinned_block_must_bear_its_hash(lived):
    def lying(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            for log in answer["result"]:
                log["blockHash"] = "0x" + "12" * 32
        return answer

    with lying_node(lived.node.url, lying) as url:
        node = Node(url)
        last = entries(lived.node, lived.contract)[-1].place.block
        pinned = node.block(last)
        with pytest.raises(LogsIncomplete, match="two hashes"):
            list(history(node, lived.contract, last, pinned))
        node.close()


@pytest.mark.parametrize(
    ("topics", "name"),
    [(["0x" + "12" * 32], "0x" + "12" * 32), ([], "without a topic")],
)
def test_an_event_that_is_none_of_the_ledgers_is_a_stranger(lived, topics, name):
    def lying(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs" and answer["result"]:
            answer["result"][0]["topics"] = topics
        return answer

    assert told.Stranger(name) in {entry.event for entry in read_through(lived, lying)}


def test_an_event_of_a_part_that_the_ledger_never_uses_is_a_stranger_by_name(lived):
    def lying(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs" and answer["result"]:
            log = answer["result"][0]
            topic = reading.abi.event_topic("RoleAdminChanged").hex()
            log["topics"], log["data"] = ["0x" + topic, *["0x" + "00" * 32] * 3], "0x"
        return answer

    found = {entry.event for entry in read_through(lived, lying)}
    assert told.Stranger("RoleAdminChanged") in found
