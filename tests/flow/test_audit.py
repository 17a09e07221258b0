"""The audit of a real TreeLedger on a real Anvil, through nodes that tell the truth or do not."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, Lie, Silence, answering, lying_node, with_id
from tests.ledger_life import BATCHES, GRASS, RECORDS, TREES, lived_ledger
from treering.chain import abi
from treering.chain.node import Node
from treering.domain.recount.difference import Code
from treering.errors import ChainUnavailable, LogsIncomplete, NotALedger, PinMoved
from treering.flow.auditing.audit import Progress, audit
from treering.flow.auditing.report import AuditReport


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


def audited(lived: Chain, lie: Lie) -> AuditReport:
    """The audit through a node that tells what `lie` makes of the truth."""
    with lying_node(lived.node.url, lie) as url:
        node = Node(url)
        try:
            return audit(node, lived.contract)
        finally:
            node.close()


def test_an_audit_of_all_that_can_happen_agrees_with_the_contract(lived):
    report = audit(lived.node, lived.contract)

    assert report.differences == ()
    assert report.agrees
    assert report.is_release
    assert (report.counts.batches, report.counts.records) == (BATCHES, RECORDS)
    assert report.block == lived.node.block(report.block.number)


def test_trees_plants_and_square_metres_are_counted_apart(lived):
    report = audit(lived.node, lived.contract)

    everything = {line.unit: line for line in report.sums if line.by == "all"}
    trees, plants = everything["TREE"], everything["PLANT"]
    assert (trees.endorsed, trees.accepted, trees.minted) == (1000, 300, 358)
    assert (trees.revoked, trees.live, trees.deficit) == (3, 355, 58)
    assert (plants.endorsed, plants.minted, plants.live) == (1000, 50, 50)


def test_each_lot_tells_what_was_stated_and_what_was_not(lived):
    report = audit(lived.node, lived.contract)

    grass, empty, trees = report.lots
    assert (trees.lot, trees.site, trees.species) == ("ANT_FOREST/277", "150000/277", "SAXAUL")
    assert (trees.accepted, trees.surveyed, trees.closed) == (300, 250, False)
    assert (grass.accepted, grass.closed) == (None, True)
    assert (empty.endorsed, empty.minted) == (0, 0)


def test_an_audit_at_an_earlier_block_counts_what_was_there_then(lived):
    final = audit(lived.node, lived.contract)

    earlier = audit(lived.node, lived.contract, final.block.number - 20)

    assert earlier.agrees
    assert 0 < earlier.counts.events < final.counts.events


def test_two_audits_of_one_block_give_the_same_document(lived):
    block = lived.node.block("finalized").number

    documents = [audit(lived.node, lived.contract, block).document() for _ in range(2)]

    assert documents[0] == documents[1]


def test_somebody_may_watch_how_far_the_audit_has_come(lived):
    seen: list[Progress] = []

    audit(lived.node, lived.contract, watch=seen.append)

    assert seen[-1].block == seen[-1].last
    assert seen[-1].records == RECORDS


def test_an_address_without_code_is_refused(lived):
    with pytest.raises(NotALedger):
        audit(lived.node, "0x" + "12" * 20)


def test_a_block_that_is_yet_to_come_is_refused(lived):
    with pytest.raises(ChainUnavailable, match="no block"):
        audit(lived.node, lived.contract, 10**9)


# ------------------------------------------------------------------ nodes that do not tell all


def withholding(number: int, names: list[str]) -> Lie:
    """A node that leaves out the log of this number, and notes which event each log is."""

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method != "eth_getLogs":
            return answer
        kept = []
        for log in answer["result"]:
            if len(names) != number:
                kept.append(log)
            names.append(name_of(log))
        return with_id(answer, result=kept)

    return lie


def name_of(log: Answer) -> str:
    topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
    event = abi.event(topics, bytes.fromhex(log["data"][2:]))
    assert event is not None
    return event.name


def test_a_log_that_a_node_withholds_is_found_if_the_contract_keeps_a_count_of_it(lived):
    names: list[str] = []
    audited(lived, withholding(-1, names))
    total = len(names)

    unseen: Counter[str] = Counter()
    for number in range(total):
        seen: list[str] = []
        if audited(lived, withholding(number, seen)).agrees:
            unseen[seen[number]] += 1

    # The contract cannot be asked who holds a role or what was claimed, only whether this one
    # does or was; nor which lots there are.
    assert unseen == {
        "RoleGranted": 5,  # registry, mirror, registrar, minter, revoker
        "RecordClaimed": 2,  # the third was released: that tells of it
        "LotOpened": 1,  # nothing happened to it
    }


def test_holders_that_a_node_alters_do_not_lead_to_the_batchs_root(lived):
    topic = "0x" + abi.event_topic("BatchMinted").hex()

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            for log in answer["result"]:
                if log["topics"][0] == topic:
                    data = log["data"]
                    log["data"] = data[:140] + ("0" if data[140] != "0" else "1") + data[141:]
        return answer

    report = audited(lived, lie)

    assert not report.agrees
    assert {d.code for d in report.differences} == {Code.ROOT_DIFFERS, Code.CONTRACT_DIFFERS}
    first = report.differences[0]
    assert (first.code, first.lot, first.serial) == (Code.ROOT_DIFFERS, TREES, 0)
    assert first.place is not None
    written = json.loads(json.dumps(report.document()))
    assert not written["agrees"]
    assert written["differences"][0]["lot"] == str(TREES)
    assert written["differences"][0]["transaction"] == "0x" + first.place.transaction.hex()
    assert written["differences"][-1]["block"] is None


@pytest.mark.parametrize(
    ("view", "arguments", "word", "subject"),
    [
        ("lotOf", (TREES,), 8, "lot 1/277: lotOf.minted"),
        ("lotOf", (GRASS,), 9, "lot 1/9: lotOf.revoked"),
        ("capOf", (TREES,), 0, "lot 1/277: capOf.cap"),
        ("deficitOf", (TREES,), 0, "lot 1/277: deficitOf.deficit"),
        ("totals", (1,), 0, "all TREE: totals.minted"),
        ("totals", (3,), 0, "all M2: totals.minted"),
        ("totalsOfProgramme", (1, 2), 0, "programme 1, unit 2: totalsOfProgramme.minted"),
        ("totalsOfYear", (2019, 1), 1, "year 2019, unit 1: totalsOfYear.revoked"),
        (
            "totalsOfSite",
            (b"150000/277".ljust(32, b"\0"), 2019, 1),
            1,
            "site 150000/277 2019, unit 1: totalsOfSite.revoked",
        ),
        (
            "totalsOfSpecies",
            (b"SAXAUL".ljust(16, b"\0"), 1),
            0,
            "species SAXAUL, unit 1: totalsOfSpecies.minted",
        ),
        ("rootOf", (TREES << 32,), 0, "record 1/277/0: rootOf.root"),
        ("status", (TREES << 32 | 7,), 4, "record 1/277/7: status.claim"),
        ("paused", (), 0, "contract: paused.paused"),
    ],
)
def test_a_counter_that_differs_is_named(lived, view, arguments, word, subject):
    report = audited(lived, answering(view, *arguments, word=word))

    assert [(d.code, d.subject) for d in report.differences] == [(Code.CONTRACT_DIFFERS, subject)]


def test_logs_that_come_twice_cannot_be_counted(lived):
    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            answer["result"] *= 2
        return answer

    with pytest.raises(LogsIncomplete):
        audited(lived, lie)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 0.6, 0.99])
def test_a_node_that_dies_on_the_way_leaves_no_verdict(lived, share):
    asked: list[str] = []

    def listening(method: str, params: list[Any], answer: Answer) -> Answer:
        asked.append(method)
        return answer

    audited(lived, listening)
    alive = int(len(asked) * share)
    asked.clear()

    def dying(method: str, params: list[Any], answer: Answer) -> Answer:
        asked.append(method)
        if len(asked) > alive:
            raise Silence
        return answer

    with pytest.raises(ChainUnavailable):
        audited(lived, dying)


def test_a_pinned_block_that_leaves_the_chain_leaves_no_verdict(lived):
    pinned = hex(lived.node.block("finalized").number)

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getBlockByNumber" and params[0] == pinned:
            answer["result"]["hash"] = "0x" + "12" * 32
        return answer

    with pytest.raises(PinMoved):
        audited(lived, lie)
