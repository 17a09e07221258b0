"""What an audit writes beside its report: pages and tables; what it is held against."""

import json
from collections.abc import Iterator
from io import BytesIO

import pikepdf
import pyarrow.parquet as pq
import pypdfium2
import pytest

from tests.chain_kit import Chain
from tests.cli.audit_kit import audit, run, second_node
from tests.ledger_life import lived_ledger
from treering.chain.node import Node

ACCEPTED = "lot,accepted\nANT_FOREST/277,300\n"


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


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
    assert "roles or newest claims that it hides" in text.replace("\r\n", " ")


def test_the_pages_of_two_nodes_that_agree_warn_of_nothing_hidden(lived, tmp_path):
    pdf = tmp_path / "r.pdf"
    with second_node(lived) as url:
        assert audit(lived, "--rpc", url, "--pdf", pdf)[0] == 0
    document = pypdfium2.PdfDocument(BytesIO(pdf.read_bytes()))
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert "nodes that agree" in text
    assert "hides" not in text


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
