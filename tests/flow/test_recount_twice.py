"""The second recount, in TypeScript with viem alone: the same numbers on every ledger."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, Lie, answering, lying_node, with_id
from tests.ledger_life import GRASS, TREES, lived_ledger
from treering.chain import abi
from treering.chain.node import Node
from treering.flow.auditing.audit import audit

ROOT = Path(__file__).parents[2]
HERE = ROOT / "tests/recount"
ESBUILD = ROOT / "service/assets/node_modules/.bin/esbuild"


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


@pytest.fixture(scope="session")
def program() -> Path:
    """Plain JavaScript beside viem, which is not ours and stays as npm brought it."""
    built = HERE / "node_modules/.recount/recount.mjs"
    words = ["--bundle", "--format=esm", "--platform=node", "--packages=external"]
    subprocess.run(
        [ESBUILD, HERE / "recount.ts", *words, f"--outfile={built}", "--log-level=error"],
        check=True,
        timeout=60,
    )
    return built


def second(program: Path, url: str, contract: str, block: int) -> dict[str, Any]:
    done = subprocess.run(
        ["node", program, url, contract, str(block)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def both(program: Path, lived: Chain, lie: Lie) -> tuple[dict[str, Any], dict[str, Any]]:
    """Ours and the other one's, of a node that tells what `lie` makes of the truth."""
    with lying_node(lived.node.url, lie) as url:
        node = Node(url)
        ours = audit(node, lived.contract).document()
        node.close()
        theirs = second(program, url, lived.contract, ours["block"]["number"])
    return ours, theirs


def by_name(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(lines, key=lambda line: [str(line.get(n)) for n in ("by", "key", "unit", "lot")])


def truth(method: str, params: list[Any], answer: Answer) -> Answer:
    return answer


def without(name: str, number: int) -> Lie:
    """A node that conceals the event of this name and number."""
    topic = "0x" + abi.event_topic(name).hex()
    seen: dict[str, bool] = {}

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method != "eth_getLogs":
            return answer
        kept = []
        for log in answer["result"]:
            place = log["blockNumber"] + log["logIndex"]
            if log["topics"][0] == topic and place not in seen:
                seen[place] = len(seen) == number
            if not seen.get(place):
                kept.append(log)
        return with_id(answer, result=kept)

    return lie


def altered(name: str, word: int, digit: int = 63) -> Lie:
    """A node that changes a bit in a word of each such event's data."""
    topic = "0x" + abi.event_topic(name).hex()
    at = 2 + 64 * word + digit

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            for log in answer["result"]:
                if log["topics"][0] == topic:
                    data = log["data"]
                    log["data"] = data[:at] + f"{int(data[at], 16) ^ 1:x}" + data[at + 1 :]
        return answer

    return lie


SEEDED = {
    "the honest chain": truth,
    "a batch withheld": without("BatchMinted", 1),
    "the first batch withheld": without("BatchMinted", 0),
    "a lot withheld": without("LotOpened", 0),
    "an acceptance withheld": without("Stated", 2),
    "a revocation withheld": without("RecordRevoked", 0),
    "a replacement withheld": without("RecordReplaced", 0),
    "a release withheld": without("ClaimReleased", 0),
    "a head of a feed withheld": without("FeedAnchored", 0),
    "a key withheld": without("IssuerKeySet", 0),
    "the admin withheld": without("RoleGranted", 0),
    "an inspector's role withheld": without("RoleGranted", 1),
    "a pause withheld": without("Paused", 0),
    "a handover's plan withheld": without("DefaultAdminTransferScheduled", 0),
    "holders altered": altered("BatchMinted", 2, 0),
    "counts altered": altered("Stated", 2),
    "nonces altered": altered("Stated", 6),
    "reasons altered": altered("RecordRevoked", 0),
    "a lot's counter": answering("capOf", TREES),
    "a total": answering("totals", 1),
    "a statement": answering("statementOf", GRASS, 1),
    "a root": answering("rootOf", TREES << 32),
    "the switch": answering("paused"),
}


@pytest.mark.parametrize("lie", SEEDED.values(), ids=SEEDED.keys())
def test_two_recounts_by_two_hands_give_the_same_numbers(program, lived, lie):
    ours, theirs = both(program, lived, lie)

    assert theirs["block"] == {name: ours["block"][name] for name in ("number", "hash")}
    assert theirs["code_hash"] == ours["code_hash"]
    assert theirs["logs_hash"] == ours["logs_hash"]
    assert sorted(theirs["differences"]) == sorted(d["code"] for d in ours["differences"])
    assert theirs["counts"] == ours["counts"]
    assert by_name(theirs["sums"]) == by_name(ours["sums"])
    assert by_name(theirs["lots"]) == by_name(ours["lots"])
    assert (ours["counts"]["differences"] == 0) is (lie is truth)
