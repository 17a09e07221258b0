"""treering audit, as an auditor types it, against a real Anvil."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, answering, lying_node
from tests.ledger_life import lived_ledger
from tests.ports import free_port
from treering.chain import abi
from treering.chain.node import Node
from treering.cli import audit_tables
from treering.cli.audit import main


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def run(url: str, contract: str, *more: str, err: StringIO | None = None) -> tuple[int, str, str]:
    """Status, output and complaints."""
    out, err = StringIO(), err or StringIO()
    status = main(["--rpc", url, "--contract", contract, *more], out, err)
    return status, out.getvalue(), err.getvalue()


def row(text: str, start: str) -> list[str]:
    """The cells of the first line that starts so."""
    return next(line for line in text.splitlines() if line.startswith(start)).split()


def without_one_batch(method: str, params: list[Any], answer: Answer) -> Answer:
    """A node that conceals the batch of one record."""
    if method == "eth_getLogs":
        topic, first = "0x" + abi.event_topic("BatchMinted").hex(), "0x" + f"{100:064x}"
        logs = answer["result"]
        answer["result"] = [log for log in logs if log["topics"][0::2] != [topic, first]]
    return answer


def test_an_audit_that_agrees_says_so_with_the_block_and_its_hash(lived):
    status, out, err = run(lived.node.url, lived.contract)

    block = lived.node.block("finalized")
    assert (status, err) == (0, "")
    assert f"The recount agrees with the contract at block {block.number}" in out
    assert f"0x{block.hash.hex()}" in out
    assert "the roots of 4 batches rebuilt from 408 records" in out
    assert "it runs this release's code" in out


def test_each_programme_is_shown_unit_by_unit_and_each_lot_in_a_line(lived):
    _, out, _ = run(lived.node.url, lived.contract)

    columns = "endorsed accepted minted revoked live deficit".split()
    assert row(out, "programme ") == ["programme", "unit", "lots", *columns]
    assert row(out, "ANT_FOREST  TREE") == "ANT_FOREST TREE 2 1,000 300 358 3 355 58".split()
    assert row(out, "ANT_FOREST  PLANT") == "ANT_FOREST PLANT 1 1,000 0 50 0 50 0".split()
    assert row(out, "ANT_FOREST/9") == (
        "ANT_FOREST/9 150000/9 ZOSTERA_MARINA 2020 PLANT 1,000 – 50 0 50 0".split()
    )


def test_an_audit_that_differs_names_each_difference(lived):
    with lying_node(lived.node.url, without_one_batch) as url:
        status, out, err = run(url, lived.contract)

    assert (status, err) == (1, "")
    assert "SERIAL_UNEXPECTED lot 1/277 (block" in out
    assert "expected 100, found 101. Rule: a batch begins where its lot ended." in out
    assert "CONTRACT_DIFFERS lot 1/277: lotOf.minted: expected 357, found 358." in out
    assert "The recount differs from the contract at block" in out


def test_one_difference_is_one(lived):
    with lying_node(lived.node.url, answering("paused")) as url:
        status, out, _ = run(url, lived.contract)

    assert status == 1
    assert out.rstrip().endswith(": 1 difference.")


def test_an_audit_is_of_the_block_that_was_asked_for(lived):
    status, out, said = run(lived.node.url, lived.contract, "--block", "12", "--json")

    assert status == 0, said
    assert json.loads(out)["block"]["number"] == 12


@pytest.mark.parametrize("name", ["latest", "safe", "finalized"])
def test_a_block_may_be_asked_for_by_its_name(lived, name):
    status, out, _ = run(lived.node.url, lived.contract, "--block", name, "--json")

    assert status == 0
    assert json.loads(out)["block"]["hash"] == f"0x{lived.node.block(name).hash.hex()}"


def test_the_report_is_written_whole_and_equals_what_is_printed(lived, tmp_path):
    path = tmp_path / "report.json"

    status, out, _ = run(lived.node.url, lived.contract, "--report", str(path), "--json")

    assert status == 0
    report = json.loads(path.read_text())
    assert report.pop("signature")["key"].startswith("z6Mk")
    assert report == json.loads(out)
    assert {child.name for child in tmp_path.iterdir()} == {"auditor.key", "report.json"}


def test_a_report_that_differs_is_written_too(lived, tmp_path):
    path = tmp_path / "report.json"

    with lying_node(lived.node.url, without_one_batch) as url:
        status, _, _ = run(url, lived.contract, "--report", str(path))

    assert status == 1
    assert not json.loads(path.read_text())["agrees"]


def test_a_report_in_a_folder_that_is_not_there_is_refused_before_any_work(tmp_path):
    path = tmp_path / "nowhere" / "report.json"

    status, out, err = run("http://127.0.0.1:1", "0x" + "12" * 20, "--report", str(path))

    assert (status, out) == (2, "")
    assert err.startswith("treering audit: TR403")


def test_a_report_that_cannot_be_written_is_no_audit(lived, tmp_path):
    status, out, err = run(lived.node.url, lived.contract, "--report", str(tmp_path))

    assert (status, out) == (2, "")
    assert err.startswith("treering audit: TR403")


def test_a_dead_node_is_said_in_one_sentence(lived):
    status, out, err = run(f"http://127.0.0.1:{free_port()}", lived.contract)

    assert (status, out) == (2, "")
    assert err.startswith("treering audit: TR101 The Ethereum node did not answer.")
    assert len(err.splitlines()) == 1


def test_an_address_without_code_is_said_in_one_sentence(lived):
    status, out, err = run(lived.node.url, "0x" + "12" * 20)

    assert (status, out) == (2, "")
    assert err.startswith("treering audit: TR401 There is no TreeLedger at this address.")
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--contract", "12" * 20),
        ("--contract", "0x12"),
        ("--contract", "0x5AAEB6053F3E94C9b9A09f33669435E7Ef1BeAed"),  # one letter's case is wrong
        ("--block", "-1"),
        ("--block", "٣"),
        ("--block", "pending"),
    ],
)
def test_what_is_mistyped_is_refused(option, value, capsys):
    typed = {"--rpc": "http://127.0.0.1:1", "--contract": "0x" + "12" * 20, option: value}

    with pytest.raises(SystemExit) as ended:
        main([part for pair in typed.items() for part in pair])

    assert ended.value.code == 2
    assert option in capsys.readouterr().err


def test_an_address_with_its_check_is_the_same_address(lived):
    status, out, _ = run(lived.node.url, to_checksum_address(lived.contract), "--json")

    assert status == 0
    assert json.loads(out)["contract"] == lived.contract


def test_a_terminal_sees_how_far_the_count_has_come(lived):
    status, _, err = run(lived.node.url, lived.contract, err=Terminal())

    assert status == 0
    assert "408 records" in err


def test_more_than_fits_is_counted_and_left_to_the_report(lived, monkeypatch):
    monkeypatch.setattr(audit_tables, "ROWS", 1)

    _, out, _ = run(lived.node.url, lived.contract)

    assert "… and 2 more lots" in out
    assert "ANT_FOREST/277" not in out
