"""The signed report, its pages and tables, its repetition, and the sample for the field."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pyarrow.parquet as pq
import pypdfium2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.chain_kit import Chain, free_port
from tests.fakes.lying_node import Answer, lying_node, with_id
from tests.ledger_life import TREES, lived_ledger
from treering.chain import abi
from treering.chain.node import Node
from treering.cli.audit import main
from treering.domain.merkle import root_from
from treering.flow.auditor import sealed
from treering.settings import Settings

FONTS = Settings.from_environ({}).fonts
ACCEPTED = "lot,accepted\nANT_FOREST/277,300\n"


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


def run(*words: object) -> tuple[int, str, str]:
    """Status, output and complaints."""
    out, err = StringIO(), StringIO()
    status = main([str(word) for word in words], out, err, fonts=FONTS)
    return status, out.getvalue(), err.getvalue()


def audit(lived: Chain, *more: object, url: str | None = None) -> tuple[int, str, str]:
    return run("--rpc", url or lived.node.url, "--contract", lived.contract, *more)


def without_one_batch(method: str, params: list[Any], answer: Answer) -> Answer:
    if method == "eth_getLogs":
        topic = "0x" + abi.event_topic("BatchMinted").hex()
        kept = [log for log in answer["result"] if log["topics"][0] != topic]
        return with_id(answer, result=kept)
    return answer


# -------------------------------------------------------------------------- report and repeat


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
    path, url = tmp_path / "r.json", lived.node.url
    assert audit(lived, "--rpc", url, "--transactions", "--report", path)[0] == 0

    assert json.loads(path.read_text())["nodes"] == 2
    assert run("verify-report", path, "--rpc", url)[0] == 0


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


def test_the_pages_show_the_verdict_in_both_languages_and_hold_the_signed_report(lived, tmp_path):
    path, pdf = tmp_path / "r.json", tmp_path / "r.pdf"
    assert audit(lived, "--report", path, "--pdf", pdf)[0] == 0

    with pikepdf.open(pdf) as opened:
        (attached,) = opened.attachments.values()
        assert json.loads(attached.get_file().read_bytes()) == json.loads(path.read_text())
    document = pypdfium2.PdfDocument(BytesIO(pdf.read_bytes()))
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "重新清点与合约一致" in text
    assert "The recount agrees with the contract." in text
    assert "ANT_FOREST/277" in text


def test_the_pages_of_a_report_that_differs_say_so_and_name_what_was_brought(lived, tmp_path):
    table, pdf = tmp_path / "a.csv", tmp_path / "r.pdf"
    table.write_text("lot,accepted\nant_forest-277,301\nANT_FOREST/9,7\nGFOREST/1,5\n")

    status, out, _ = audit(lived, "--accepted", table, "--pdf", pdf)

    assert status == 1
    assert out.count("ACCEPTED_DIFFERS") == 3
    document = pypdfium2.PdfDocument(BytesIO(pdf.read_bytes()))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert "ACCEPTED_DIFFERS" in text
    assert "重新清点与合约不一致" in text


def test_the_tables_hold_every_batch_statement_claim_role_lot_and_difference(lived, tmp_path):
    folder = tmp_path / "tables"
    table = tmp_path / "a.csv"
    table.write_text("lot,accepted\nANT_FOREST/277,301\n")
    assert audit(lived, "--tables", folder, "--accepted", table)[0] == 1

    read = {path.stem: pq.read_table(path).to_pylist() for path in folder.iterdir()}
    assert {name: len(rows) for name, rows in read.items()} == {
        "batches": 4,
        "lots": 3,
        "statements": 4,
        "claims": 4,
        "roles": 12,
        "differences": 1,
    }
    assert sum(row["count"] for row in read["batches"]) == 408
    assert (read["lots"][0]["accepted"], read["lots"][2]["accepted"]) == (None, 300)
    assert [row["released"] for row in read["claims"]] == [False, False, False, True]
    assert {"minter 1", "admin", "inspector"} <= {row["role"] for row in read["roles"]}
    assert read["differences"][0]["expected"] == "301"


def test_tables_that_cannot_be_written_are_no_audit(lived, tmp_path):
    (tmp_path / "file").write_text("")

    assert audit(lived, "--tables", tmp_path / "file")[0] == 2


# ------------------------------------------------------------------------ brought along


def test_accepted_counts_that_agree_are_no_difference_and_stand_in_the_report(lived, tmp_path):
    table, path = tmp_path / "a.csv", tmp_path / "r.json"
    table.write_text("\ufeff" + ACCEPTED)

    assert audit(lived, "--accepted", table, "--report", path)[0] == 0

    (brought,) = json.loads(path.read_text())["inputs"]
    assert (brought["kind"], brought["name"], brought["compared"]) == ("accepted", "a.csv", 1)
    assert run("verify-report", path, "--rpc", lived.node.url)[0] == 0


def test_a_report_that_differs_by_what_was_brought_comes_out_again_without_it(lived, tmp_path):
    table, path = tmp_path / "a.csv", tmp_path / "r.json"
    table.write_text(ACCEPTED.replace("300", "301"))
    assert audit(lived, "--accepted", table, "--report", path)[0] == 1

    assert run("verify-report", path, "--rpc", lived.node.url)[0] == 0


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"lot;accepted\nx;1\n",
        b"lot,accepted\nANT_FOREST/277,=1+1\n",
        b"lot,accepted\nANT_FOREST/277,-1\n",
        b"lot,accepted\nANT_FOREST/277\n",
        b"lot,accepted\n,1\n",
        ACCEPTED.encode() + b"ANT_FOREST-277,300\n",
        b"\xff\xfe",
    ],
)
def test_accepted_counts_that_cannot_be_read_are_no_audit(lived, tmp_path, content):
    table = tmp_path / "a.csv"
    table.write_bytes(content)

    status, _, err = audit(lived, "--accepted", table)

    assert status == 2
    assert "TR407" in err


def test_accepted_counts_that_are_not_there_are_no_audit(lived, tmp_path):
    assert audit(lived, "--accepted", tmp_path / "none.csv")[0] == 2


def test_a_mirror_without_its_key_is_no_audit(lived):
    status, _, err = audit(lived, "--mirror", "http://127.0.0.1:1")

    assert status == 2
    assert "--mirror-key" in err


def test_a_key_of_a_mirror_that_is_none_is_refused(lived, capsys):
    with pytest.raises(SystemExit):
        audit(lived, "--mirror-key", "abc")
    assert "verifier key" in capsys.readouterr().err


# ------------------------------------------------------------------------ killed on the way


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
            "from treering.flow.audit_checkpoint import Checkpoint\n"
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


# --------------------------------------------------------------------- samples for the field


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


def test_a_report_is_no_announcement(lived, file, tmp_path):
    status, _, err = run(
        *("sample", "--draw", file, "--rpc", lived.node.url, "--out", tmp_path / "d.json")
    )

    assert status == 2
    assert "no announcement" in err
