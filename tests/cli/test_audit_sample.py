"""The sample for the field: announced, drawn, drawn again by anybody."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.chain_kit import Chain
from tests.cli.audit_kit import audit, run, without_one_batch
from tests.fakes.lying_node import Answer, lying_node
from tests.ledger_life import TREES, lived_ledger
from treering.chain import abi
from treering.chain.node import Node
from treering.domain.merkle import root_from
from treering.flow.auditing.auditor import sealed


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


def sampled(lived: Chain, tmp_path: Path, *more: object, size: int = 5) -> tuple[int, str, str]:
    """Announced for the next block but one."""
    block = lived.node.block("latest").number + 2
    words = ("--contract", lived.contract, "--size", size, "--block", block)
    return run(
        *("sample", "--announce", "--rpc", lived.node.url, *words),
        *("--out", tmp_path / "announced.json", *more),
    )


def drawn(lived: Chain, tmp_path: Path, url: str | None = None) -> tuple[int, str, str]:
    return run(
        *("sample", "--draw", tmp_path / "announced.json", "--rpc", url or lived.node.url),
        *("--out", tmp_path / "drawn.json"),
    )


@pytest.fixture
def grown(lived: Chain) -> Iterator[Chain]:
    before = lived.node.call("evm_snapshot")
    yield lived
    lived.node.call("evm_revert", before)


def test_a_sample_is_announced_drawn_and_drawn_again_by_anybody(grown, tmp_path):
    assert sampled(grown, tmp_path)[0] == 0
    early = drawn(grown, tmp_path)
    grown.mine(5)

    status, out, _ = drawn(grown, tmp_path)

    assert early[0] == 2
    assert "is not final" in early[2]
    assert status == 0
    assert "5 of 408 records" in out
    again = run("verify-report", tmp_path / "drawn.json", "--rpc", grown.node.url)
    assert again[0] == 0


def test_each_record_of_a_sample_has_its_proof_and_the_reports_to_hold_it_against(grown, tmp_path):
    sampled(grown, tmp_path, size=40)
    grown.mine(5)
    drawn(grown, tmp_path)

    sample = json.loads((tmp_path / "drawn.json").read_text())
    assert len({(r["lot"], r["serial"]) for r in sample["records"]}) == 40
    for record in sample["records"]:
        word, root = (bytes.fromhex(record[name][2:]) for name in ("record", "root"))
        proof = [bytes.fromhex(step[2:]) for step in record["proof"]]
        assert root_from(word, proof) == root
        lot = TREES if record["lot"] == "ANT_FOREST/277" else TREES - 277 + 9
        first = record["first_serial"]
        held = abi.call_data("rootOf", lot << 32 | first)
        at = grown.node.block("latest")
        assert grown.node.read(grown.contract, held, at) == root
        assert record["reports"][0]["stage"] == 1


def test_a_sample_that_is_altered_does_not_come_out_again(grown, tmp_path):
    sampled(grown, tmp_path)
    grown.mine(5)
    drawn(grown, tmp_path)
    with lying_node(grown.node.url, without_one_batch) as url:
        assert "TR408" in drawn(grown, tmp_path, url)[2]

    sample = json.loads((tmp_path / "drawn.json").read_text())
    sample.pop("signature")
    sample["records"].pop()
    forged = sealed(sample, tmp_path / "auditor.key")
    (tmp_path / "drawn.json").write_text(json.dumps(forged))
    status, out, _ = run("verify-report", tmp_path / "drawn.json", "--rpc", grown.node.url)
    assert (status, "differs in: records" in out) == (1, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--block", 1), "is there already"),
        (("--size", 0), "1 to 10000"),
        (("--size", 10_001), "1 to 10000"),
    ],
)
def test_a_sample_that_could_be_chosen_is_refused(lived, tmp_path, words, why):
    status, _, err = sampled(lived, tmp_path, *words)

    assert status == 2
    assert why in err


def test_a_sample_is_announced_of_a_contract_for_a_block_well_ahead(lived, tmp_path):
    base = ("sample", "--announce", "--rpc", lived.node.url, "--out", tmp_path / "a.json")

    assert run(*base)[0] == 2
    assert run(*base, "--contract", lived.contract)[0] == 0
    head = lived.node.block("latest").number
    assert json.loads((tmp_path / "a.json").read_text())["block"] == head + 64


def test_a_sample_of_more_than_there_is_is_refused(grown, tmp_path):
    sampled(grown, tmp_path, size=409)
    grown.mine(5)

    assert "there are 408 records" in drawn(grown, tmp_path)[2]


def test_a_sample_announced_on_another_chain_is_refused(grown, tmp_path):
    sampled(grown, tmp_path)
    grown.mine(5)

    def elsewhere(method: str, params: list[Any], answer: Answer) -> Answer:
        announced = json.loads((tmp_path / "announced.json").read_text())["announced"]["block"]
        if method == "eth_getBlockByNumber" and params[0] == hex(announced):
            answer["result"]["hash"] = "0x" + "12" * 32
        return answer

    with lying_node(grown.node.url, elsewhere) as url:
        assert "not announced on this chain" in drawn(grown, tmp_path, url)[2]


@pytest.fixture
def file(lived: Chain, tmp_path: Path) -> Path:
    """A signed report of this ledger."""
    path = tmp_path / "report.json"
    assert audit(lived, "--report", path)[0] == 0
    return path


def test_a_report_is_no_announcement(lived, file, tmp_path):
    status, _, err = run(
        *("sample", "--draw", file, "--rpc", lived.node.url, "--out", tmp_path / "d.json")
    )

    assert status == 2
    assert "no announcement" in err
