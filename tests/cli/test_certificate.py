"""treering certificate: a certificate in a file, for whoever holds the books."""

import json
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import Town
from treering.cli import certificate, verify
from treering.flow.verifying.bystander import bystander

HOLDER = "u"  # of the town's certificates
NEVER_ISSUED = "TR-0000-0000-0000-0000-0000-0000-0000"


def run(town: Town, *argv: str) -> tuple[int, str]:
    service, out = town.parts.service, StringIO()
    counter = certificate.Counter(service.credential, service.pdf, service.own_copy_now)
    return certificate.main(argv, counter, out), out.getvalue()


def checked(town: Town, file: Path, *more: str) -> tuple[int, str]:
    """What `treering verify FILE` says of it."""
    out = StringIO()
    defaults = verify.Defaults("http://127.0.0.1:1", None, None)
    chain = ["--rpc", town.parts.ledger.node.url, "--contract", town.parts.ledger.contract]

    def report(content: bytes, keys, rpc: str | None, contract: str | None):
        return bystander(content, issuer_keys=keys, rpc_url=rpc, contract=contract)

    return verify.main([str(file), *chain, *more], report, defaults, out), out.getvalue()


def test_the_page_is_written_and_treering_verify_takes_it(town: Town, tmp_path: Path):
    file = tmp_path / "certificate.pdf"
    assert run(town, town.numbers[0], "--pdf", str(file)) == (0, "")
    status, said = checked(town, file)
    assert (status, said.count(" ✓ ")) == (0, 9)
    file.write_bytes(file.read_bytes() + b"%")
    status, said = checked(town, file)
    assert status == 1
    assert "PDF_ALTERED" in said


def test_without_a_file_the_credential_is_told(town: Town):
    status, said = run(town, town.numbers[0])
    assert status == 0
    assert json.loads(said)["credentialSubject"]["number"] == town.numbers[0]


@pytest.mark.parametrize(("number", "code"), [(NEVER_ISSUED, "TR302"), ("TR-1", "TR301")])
def test_a_refusal_is_told_and_leaves_no_file(town: Town, tmp_path, capsys, number, code):
    assert run(town, number, "--pdf", str(tmp_path / "none.pdf")) == (1, "")
    assert capsys.readouterr().err.startswith(f"treering certificate: {code} ")
    assert not (tmp_path / "none.pdf").exists()


def test_the_holders_own_copy_says_whose_it_is(town: Town, tmp_path: Path):
    status, said = run(town, town.numbers[0], "--own", "--holder", HOLDER, "--for", "bank 42")
    assert status == 0
    file = tmp_path / "own.json"
    file.write_text(said)
    status, told = checked(town, file)
    assert status == 0
    assert (
        f"The record is of the holder with this id: the chain itself says so.\n   {HOLDER}\n"
        in (told + "\n")
    )
    assert "\n   bank 42\n" in told
    closed = run(town, town.numbers[0], "--own", "--holder", HOLDER, "--open", "name")[1]
    assert json.loads(closed)["opened"] == {}


def test_a_copy_is_laid_beside_a_certificate_that_came_another_way(town: Town, tmp_path: Path):
    own, page = tmp_path / "own.json", tmp_path / "certificate.pdf"
    own.write_text(run(town, town.numbers[0], "--own", "--holder", HOLDER)[1])
    run(town, town.numbers[0], "--pdf", str(page))
    status, told = checked(town, page, "--opening", str(own))
    assert (status, "The record is of the holder with this id" in told) == (0, True)
    run(town, town.numbers[1], "--pdf", str(page))
    status, told = checked(town, page, "--opening", str(own))
    assert (status, "HOLDER_UNSIGNED" in told) == (1, True)
    assert checked(town, page, "--opening", str(tmp_path / "none"))[0] == 1


def test_another_holder_and_a_part_that_is_none_are_refused(town: Town, capsys):
    assert run(town, town.numbers[0], "--own", "--holder", "nobody")[0] == 1
    assert "TR343" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        run(town, town.numbers[0], "--own", "--open", "age")
