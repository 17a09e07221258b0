"""The signed report, its repetition, and an audit that was killed."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.chain_kit import Chain
from tests.cli.audit_kit import audit, run, second_node, without_one_batch
from tests.fakes.lying_node import Answer, lying_node
from tests.ledger_life import lived_ledger
from tests.ports import free_port
from treering.chain.node import Node


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


@pytest.fixture
def file(lived: Chain, tmp_path: Path) -> Path:
    """A signed report of this ledger."""
    path = tmp_path / "report.json"
    assert audit(lived, "--report", path)[0] == 0
    return path


def test_a_report_verifies_and_comes_out_again(lived, file):
    alone = run("verify-report", file)
    again = run("verify-report", file, "--rpc", lived.node.url)

    key = json.loads(file.read_text())["signature"]["key"]
    assert alone[0] == 0
    assert f"signed by {key}; nothing was changed since" in alone[1]
    assert "give --rpc" in alone[1]
    assert again[0] == 0
    assert again[1].endswith("made again, it is the same\n")


def test_a_report_with_transactions_by_two_nodes_comes_out_again_by_one(lived, tmp_path):
    path = tmp_path / "r.json"
    with second_node(lived) as url:
        status, out, _ = audit(lived, "--rpc", url, "--transactions", "--report", path)

    assert status == 0
    assert "Not seen" not in out
    report = json.loads(path.read_text())
    assert (report["nodes"], report["unseen"]) == (2, [])
    assert run("verify-report", path, "--rpc", lived.node.url)[0] == 0


def test_what_an_audit_could_not_see_is_said_by_its_report_and_on_the_screen(lived, tmp_path):
    path = tmp_path / "r.json"
    _, out, _ = audit(lived, "--report", path)
    unseen = ["UNUSED_ROLES", "NEWEST_CLAIMS", "EMPTY_LOTS"]
    assert json.loads(path.read_text())["unseen"] == [*unseen, "WHO_ACTED"]
    assert "granted and never used" in out
    assert "by whose key" in out
    audit(lived, "--transactions", "--report", path)
    assert json.loads(path.read_text())["unseen"] == unseen


@pytest.mark.parametrize("again", ["{0}", "{0}/", "http://me@{1}"])
def test_one_provider_named_twice_does_not_agree_with_himself(lived, again):
    url = lived.node.url
    status, _, err = audit(lived, "--rpc", again.format(url, url.partition("://")[2]))
    assert status == 2
    assert "the first one again" in err


def test_a_report_names_its_block_code_tool_and_logs(file, lived):
    report = json.loads(file.read_text())

    assert report["block"]["hash"] == "0x" + lived.node.block(report["block"]["number"]).hash.hex()
    assert report["tool"].startswith("treering 0.")
    assert len(report["code_hash"]) == len(report["logs_hash"]) == 66


def test_a_report_in_which_a_number_was_changed_is_none(file):
    report = json.loads(file.read_text())
    report["sums"][0]["minted"] += 1
    file.write_text(json.dumps(report))

    status, out, err = run("verify-report", file)

    assert (status, out) == (1, "")
    assert err.startswith("treering audit verify-report: TR406")


def test_a_report_by_another_than_the_auditor_is_not_his(file):
    status, out, _ = run("verify-report", file, "--key", "z6MkSomebodyElse")

    assert status == 1
    assert "another key than z6MkSomebodyElse" in out


def test_a_signed_report_that_the_chain_contradicts_is_named_part_by_part(lived, tmp_path):
    path = tmp_path / "r.json"
    with lying_node(lived.node.url, without_one_batch) as url:
        assert audit(lived, "--report", path, url=url)[0] == 1

    status, out, _ = run("verify-report", path, "--rpc", lived.node.url)

    assert status == 1
    assert "it differs in: agrees, counts, differences, logs_hash, lots, sums" in out


def test_a_report_that_cannot_be_made_again_is_neither_right_nor_wrong(file):
    status, _, err = run("verify-report", file, "--rpc", f"http://127.0.0.1:{free_port()}")

    assert status == 2
    assert "TR101" in err


@pytest.mark.parametrize("content", ["", "[]", "{}", "[" * 100_000, '{"signature": {}}'])
def test_what_is_no_report_is_said_in_one_sentence(tmp_path, content):
    path = tmp_path / "r.json"
    path.write_text(content)

    status, out, err = run("verify-report", path)

    assert (status, out) == (1, "")
    assert "TR406" in err


def test_a_report_that_is_not_there_is_said(tmp_path):
    assert run("verify-report", tmp_path / "none.json")[0] == 1


def test_the_auditors_key_is_made_once_for_him_alone_and_then_kept(lived, tmp_path):
    path, key = tmp_path / "r.json", tmp_path / "mine.pem"
    audit(lived, "--report", path, "--key", key)
    first = json.loads(path.read_text())
    audit(lived, "--report", path, "--key", key)

    assert json.loads(path.read_text()) == first
    assert key.stat().st_mode & 0o777 == 0o600
    assert "PRIVATE KEY" in key.read_text()


def test_a_key_of_another_kind_is_refused(lived, tmp_path):
    key = tmp_path / "key.pem"
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for content in (b"no key", Ed448PrivateKey.generate().private_bytes(*form)):
        key.write_bytes(content)
        status, _, err = audit(lived, "--report", tmp_path / "r.json", "--key", key)
        assert (status, "key.pem" in err) == (2, True)


def test_an_audit_that_is_killed_goes_on_where_it_was(lived, tmp_path):
    checkpoint, report = tmp_path / "c", tmp_path / "r.json"
    asked: list[int] = []

    def slow(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_getLogs":
            asked.append(int(params[0]["fromBlock"], 16))
            if len(asked) == 4:
                os.kill(process.pid, signal.SIGKILL)
        return answer

    with lying_node(lived.node.url, slow) as url:
        words = ["--rpc", url, "--contract", lived.contract, "--checkpoint", str(checkpoint)]
        program = (
            "import sys\n"
            "from treering.flow.auditing.checkpoint import Checkpoint\n"
            "from treering.cli import audit\n"
            "audit.Checkpoint = lambda path: Checkpoint(path, every_seconds=0)\n"
            f"sys.exit(audit.main({words!r}))\n"
        )
        process = subprocess.Popen([sys.executable, "-c", program])
        assert process.wait(60) == -signal.SIGKILL
        assert checkpoint.exists()
        seen = asked[3]

        status, _, _ = audit(lived, "--checkpoint", checkpoint, "--report", report, url=url)

    assert status == 0
    assert asked[4] >= seen
    assert json.loads(report.read_text())["counts"]["records"] == 408
    assert not checkpoint.exists()
