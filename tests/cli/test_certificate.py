"""treering certificate: a certificate in a file, for whoever holds the books."""

import json
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.conftest import Town
from treering.cli import certificate, verify
from treering.flow.bystander import bystander

NEVER_ISSUED = "TR-0000-0000-0000-0000-0000-0000-0000"


def run(town: Town, *argv: str) -> tuple[int, str]:
    service, out = town.parts.service, StringIO()
    counter = certificate.Counter(service.credential, service.pdf)
    return certificate.main(argv, counter, out), out.getvalue()


def checked(town: Town, file: Path) -> tuple[int, str]:
    """What `treering verify FILE` says of it."""
    out = StringIO()
    defaults = verify.Defaults("http://127.0.0.1:1", None, None)
    chain = ["--rpc", town.parts.ledger.node.url, "--contract", town.parts.ledger.contract]

    def report(content: bytes, keys, rpc: str | None, contract: str | None):
        return bystander(content, issuer_keys=keys, rpc_url=rpc, contract=contract)

    return verify.main([str(file), *chain], report, defaults, out), out.getvalue()


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
