"""treering bundle and treering verify --bundle, as people type them, on a real chain."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import TextIO

import pytest

from tests.cli.conftest import Town
from treering.cli import bundle
from treering.domain import cose
from treering.domain.bundle import form
from treering.errors import BundleNotMade
from treering.flow.auditing.audit import Watch
from treering.flow.verifying.bundle import Bundled, bundled

# Ends the process at the first socket of any kind, and at the first name that is looked up.
_ALONE = """
import os, sys

def watch(event, args):
    if event.startswith("socket."):
        os.write(2, event.encode())
        os._exit(99)

sys.addaudithook(watch)
from treering.main import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def folder(town: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What somebody takes along: a bundle, a credential, a PDF, and the text of a code."""
    folder = tmp_path_factory.mktemp("taken")
    service, number = town.parts.service, town.numbers[0]
    (folder / "certificate.json").write_text(json.dumps(service.credential(number)))
    (folder / "certificate.pdf").write_bytes(service.pdf(number))
    (folder / "code.txt").write_text(service.address(number))
    status, out = made(town, "--out", str(folder / "all.bundle"))
    assert status == 0, out
    return folder


def made(town: Town, *argv: str, err: TextIO | None = None) -> tuple[int, str]:
    def make(programme: str | None, block: int | None, watch: Watch) -> Bundled:
        ledger, keys = town.parts.ledger, town.parts.keys
        return bundled(ledger, keys, programme=programme, block=block, watch=watch)

    out = StringIO()
    return bundle.main(argv, make, out, err or sys.stderr), out.getvalue()


def key(town: Town) -> str:
    return town.parts.example.issuer_key("ANT_FOREST").multikey


def alone(town: Town, folder: Path, what: str, *more: str) -> tuple[int, str, str]:
    """`treering verify --offline` as a process that may open no socket."""
    words = ["verify", "--offline", "--bundle", "all.bundle", what]
    contract = ["--contract", town.parts.ledger.contract]
    environ = {"TREERING_HOME": str(folder), "TREERING_DATABASE_URL": "postgresql://nowhere/x"}
    ran = subprocess.run(
        [sys.executable, "-c", _ALONE, *words, *contract, *more],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.returncode, ran.stdout, ran.stderr


@pytest.mark.parametrize("what", ["certificate.json", "certificate.pdf", "code.txt"])
def test_every_form_is_checked_without_a_socket_and_the_age_is_told(town, folder, what):
    status, out, err = alone(town, folder, what, "--issuer-key", key(town))
    assert (status, err) == (0, "")
    assert out.startswith(f"{town.numbers[0]}: VALID\n")
    assert "As of block " in out
    assert f"by the bundle of {key(town)}" in out


def test_the_text_of_a_code_may_stand_on_the_line_and_the_report_may_be_json(town, folder):
    text = (folder / "code.txt").read_text()
    status, out, err = alone(town, folder, text, "--issuer-key", key(town), "--json")
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["bundle"]["contract"] == town.parts.ledger.contract.lower()
    assert told["bundle"]["signer"] == key(town)
    assert told["bundle"]["block"] == told["findings"][-1]["evidence"]["block"]


def test_a_number_alone_cannot_be_checked_and_nothing_is_fetched(town, folder):
    status, out, err = alone(town, folder, town.numbers[0], "--issuer-key", key(town))
    assert (status, out) == (2, "")
    assert err.startswith("treering verify: TR318 ")
    assert "nothing is fetched" in err


def test_what_a_bundle_says_of_itself_is_not_enough(town, folder):
    status, _, err = alone(town, folder, "certificate.json")
    assert (status, "TR412" in err) == (2, True)
    assert f"0x{town.parts.example.issuer_key('ANT_FOREST').id.hex()}" in err
    for more, code in (
        (["--contract", ""], "TR901"),
        (["--contract", "0x" + "11" * 20], "TR414"),
        (["--chain-id", "1"], "TR414"),
        (["--bundle", "none"], "TR411"),
        (["--bundle", "certificate.json"], "TR411"),
    ):
        status, out, err = alone(
            town, folder, "certificate.json", "--issuer-key", key(town), *more
        )
        assert (status, out) == (2, "")
        assert err.startswith(f"treering verify: {code} "), err


def test_a_bundle_that_was_cut_off_or_is_of_a_newer_format_is_told_apart(town, folder):
    whole = (folder / "all.bundle").read_bytes()
    (folder / "cut").write_bytes(whole[:-10])
    sign = town.parts.keys.issuer("ANT_FOREST").sign
    newer = cose.encoded([form.MAGIC, form.FORMAT + 1])
    key_id = town.parts.example.issuer_key("ANT_FOREST").id
    (folder / "newer").write_bytes(cose.sign(newer, key_id, sign))
    for name, code in (("cut", "TR411"), ("newer", "TR413")):
        more = ["--issuer-key", key(town), "--bundle", name]
        status, _, err = alone(town, folder, "certificate.json", *more)
        assert (status, err.split()[2]) == (2, code)


def test_who_makes_a_bundle_is_told_what_it_holds_and_who_signed(town: Town, tmp_path: Path):
    status, out = made(town, "--out", str(tmp_path / "b"), "--programme", "ANT_FOREST")
    block = town.parts.ledger.final_block()
    assert status == 0
    assert "3 records in 1 batches" in out
    assert f"signed by ANT_FOREST: {key(town)}" in out
    assert "its fingerprint: 0x" in out
    assert int(out.partition("as of block ")[2].partition(",")[0]) <= block.number
    assert list(tmp_path.iterdir()) == [tmp_path / "b"]


def test_a_bundle_that_cannot_be_made_or_written_is_told_in_one_line(town, tmp_path, capsys):
    head = town.parts.ledger.node.block("latest").number
    assert made(town, "--out", str(tmp_path / "b"), "--block", str(head + 1000)) == (2, "")
    assert capsys.readouterr().err.startswith(f"treering bundle: {BundleNotMade.code} ")
    assert made(town, "--out", str(tmp_path / "no" / "b")) == (2, "")
    assert capsys.readouterr().err.startswith("treering bundle: TR403 ")
    assert list(tmp_path.iterdir()) == []


def test_the_command_itself_needs_no_database(town: Town, tmp_path: Path):
    started = town.start("bundle", "--out", str(tmp_path / "b"))
    out, err = started.communicate(timeout=60)
    assert (started.returncode, err) == (0, b"")
    assert b"signed by ANT_FOREST" in out


def test_a_terminal_sees_how_far_the_count_has_come(town: Town, tmp_path: Path):
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    status, _ = made(town, "--out", str(tmp_path / "b"), err=terminal)
    assert (status, "3 records" in terminal.getvalue()) == (0, True)
    silent = StringIO()
    made(town, "--out", str(tmp_path / "b"), err=silent)
    assert silent.getvalue() == ""
