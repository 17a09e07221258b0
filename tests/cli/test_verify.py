"""treering verify, as anybody with a certificate types it, on a real certificate."""

import copy
import json
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cli.conftest import Town
from tests.fakes.odd_node import odd_node, saying
from tests.ports import free_port
from treering.cli import verify
from treering.domain.issuer_key import IssuerKey
from treering.domain.verification import Check, Report
from treering.flow.verifying.bystander import bystander

EIGHT = [check for check in Check if check not in (Check.FILE, Check.HOLDER)]
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(town: Town) -> Run:
    """Status and output of the command under the town's settings."""
    names = ("BASE_URL", "RPC_URL", "CONTRACT")
    defaults = verify.Defaults(*[town.environ[f"TREERING_{name}"] for name in names])

    def report(
        content: bytes, keys: Sequence[IssuerKey], rpc: str | None, contract: str | None
    ) -> Report:
        return bystander(
            content,
            issuer_keys=keys,
            rpc_url=rpc,
            contract=contract,
            database_url=town.environ["TREERING_DATABASE_URL"],
            registry_key=town.environ["TREERING_REGISTRY_KEY"],
        )

    def act(*argv: str, defaults: verify.Defaults = defaults) -> tuple[int, str]:
        out = StringIO()
        return verify.main(argv, report, defaults, out), out.getvalue()

    return act


@pytest.fixture
def document(town: Town) -> dict[str, Any]:
    url = f"{town.environ['TREERING_BASE_URL']}/v1/certificates/{town.numbers[0]}"
    return httpx.get(url).raise_for_status().json()


@pytest.fixture
def file(tmp_path: Path, document: dict[str, Any]) -> Path:
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(document))
    return path


def test_a_file_a_number_and_an_address_give_the_same_report(run: Run, town: Town, file: Path):
    number, base = town.numbers[0], town.environ["TREERING_BASE_URL"]
    reports = [
        run(what)
        for what in (
            str(file),
            number,
            number.lower().replace("-", ""),
            f"{base}/c/{number}",
            f"{base}/v1/certificates/{number}",
        )
    ]
    assert {status for status, _ in reports} == {0}
    assert len({text for _, text in reports}) == 1
    assert reports[0][1].startswith(f"{number}: VALID\n")
    assert reports[0][1].count(" ✓ ") == len(EIGHT)


def test_the_report_as_json_names_every_check_with_its_verdict(run: Run, town: Town, file: Path):
    status, text = run(str(file), "--json")
    told = json.loads(text)
    assert (status, told["verdict"], told["number"]) == (0, "VALID", town.numbers[0])
    assert [finding["check"] for finding in told["findings"]] == [str(check) for check in EIGHT]


def test_offline_no_node_is_asked_and_what_only_it_knows_is_unknown(run: Run, file: Path):
    status, text = run(str(file), "--offline", "--rpc", "http://127.0.0.1:1")
    assert status == 2
    for check in ("proof", "document", "number"):
        assert f" ✓ {check}" in text
    assert " ? root" in text
    assert "ROOT_UNCHECKED" in text


def test_a_node_that_is_down_is_unknown_and_never_invalid(run: Run, file: Path):
    status, text = run(str(file), "--rpc", f"http://127.0.0.1:{free_port()}")
    assert status == 2
    assert "UNKNOWN" in text
    assert "✗" not in text


@pytest.mark.parametrize("answer", ["<html>", '{"jsonrpc": "2.0", "id": 1, "result": "zz"}'])
def test_a_node_that_talks_nonsense_is_unknown_and_never_invalid(run: Run, file: Path, answer):
    with odd_node(saying(answer)) as url:
        status, text = run(str(file), "--rpc", url)
    assert (status, "✗" in text) == (2, False)


def test_without_the_contracts_address_nobody_can_say_valid(run: Run, file: Path, town: Town):
    nowhere = verify.Defaults("http://127.0.0.1:1", town.environ["TREERING_RPC_URL"], None)
    status, text = run(str(file), "--json", defaults=nowhere)
    assert status == 2
    assert json.loads(text)["verdict"] == "UNKNOWN"
    contract = town.environ["TREERING_CONTRACT"]
    assert run(str(file), "--contract", contract, defaults=nowhere)[0] == 0


def test_another_contract_than_the_one_known_is_invalid(run: Run, file: Path):
    status, text = run(str(file), "--contract", "0x" + "11" * 20)
    assert status == 1
    assert "WRONG_NETWORK" in text


@pytest.mark.parametrize(
    ("path", "to", "check"),
    [
        (("credentialSubject", "holderName"), "李*", "signature"),
        (("credentialSubject", "serial"), 2, "document"),
        (("evidence", 0, "merkleProof"), ["0x" + "11" * 32], "proof"),
        (("credentialSubject", "number"), "TR-0000-0000-0000-0000-0000-0000-0000", "number"),
    ],
)
def test_a_tampered_file_names_the_check_that_found_it(
    run: Run, tmp_path: Path, document: dict[str, Any], path, to, check
):
    forged = copy.deepcopy(document)
    place: Any = forged
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    (tmp_path / "forged.json").write_text(json.dumps(forged))
    status, text = run(str(tmp_path / "forged.json"))
    assert status == 1
    assert ": INVALID\n" in text
    assert f" ✗ {check}" in text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a\0\0",
        b"[]",
        b'"TR"',
        b"{" * 100_000,
        b'{"proof": 1, "proof": 2}',
        b'{"a": "\\ud800"}',
        b" " * (256 * 1024 + 1),
    ],
)
def test_a_file_that_is_no_credential_is_told_in_one_line(run: Run, tmp_path, capsys, content):
    (tmp_path / "garbage").write_bytes(content)
    assert run(str(tmp_path / "garbage")) == (1, "")
    said = capsys.readouterr().err
    assert said.startswith("treering verify: TR314 ")
    assert said.count("\n") == 1


def test_a_json_object_that_is_no_credential_is_invalid(run: Run, tmp_path: Path):
    (tmp_path / "else.json").write_text("{}")
    status, text = run(str(tmp_path / "else.json"))
    assert status == 1
    assert "DOCUMENT_MALFORMED" in text


@pytest.mark.parametrize(
    "number", ["TR-1234", "x" * 10_000, "no/such/file.json", "\udcff", "TR 0 O I l"]
)
def test_what_is_neither_file_nor_number_nor_address_is_mistyped(run: Run, capsys, number):
    assert run(number) == (1, "")
    assert capsys.readouterr().err.startswith("treering verify: TR301 ")


def test_one_mistyped_character_is_told_before_anybody_is_asked(run: Run, town: Town, capsys):
    number = town.numbers[0]
    other = "2" if number[-1] != "2" else "3"
    nobody = verify.Defaults(f"http://127.0.0.1:{free_port()}", None, None)
    assert run(number[:-1] + other, defaults=nobody) == (1, "")
    assert "TR301" in capsys.readouterr().err


def told_as_unreachable(said: str) -> bool:
    return said.startswith("treering verify: TR318 ") and said.count("\n") == 1


def test_a_service_that_cannot_be_reached_is_unknown_not_invalid(run: Run, town: Town, capsys):
    away = f"http://127.0.0.1:{free_port()}"
    assert run(town.numbers[0], "--service", away) == (2, "")
    assert told_as_unreachable(capsys.readouterr().err)
    for address in (f"{away}/c/x", "http://[bad", "https://no-such-host.invalid/c/x"):
        assert run(address) == (2, "")
        assert told_as_unreachable(capsys.readouterr().err)


@pytest.mark.parametrize("status", ["404 Not Found", "500 Oops", "302 Found"])
def test_a_service_that_has_no_credential_for_us_is_unknown(run: Run, town, capsys, status):
    with odd_node(saying("<html>", status, "location: /elsewhere")) as url:
        assert run(town.numbers[0], "--service", url) == (2, "")
    assert told_as_unreachable(capsys.readouterr().err)


def test_a_service_that_sends_without_end_is_cut_short(run: Run, town: Town, capsys):
    with odd_node(saying(" " * 1_000_000)) as url:
        assert run(town.numbers[0], "--service", url) == (1, "")
    assert "longer than 262144 bytes" in capsys.readouterr().err


@pytest.fixture
def scanned(town: Town) -> str:
    """What the certificate's QR code holds."""
    return town.parts.service.address(town.numbers[0])


def test_the_code_is_checked_with_the_programmes_key_and_no_network(run: Run, town: Town, scanned):
    key = town.parts.example.issuer_key("ANT_FOREST").multikey
    status, text = run(scanned, "--offline", "--issuer-key", key)
    assert status == 2
    assert " ✓ signature" in text
    assert "RECORD_UNCHECKED" in text


def test_the_code_is_valid_where_a_node_answers(run: Run, town: Town, scanned):
    key = town.parts.example.issuer_key("ANT_FOREST").multikey
    status, text = run(scanned, "--issuer-key", key)
    assert (status, text.split("\n")[0]) == (0, f"{town.numbers[0]}: VALID")


def test_the_code_without_a_key_is_unknown_and_says_what_is_missing(run: Run, scanned):
    status, text = run(scanned, "--offline")
    assert status == 2
    assert "KEY_UNCHECKED" in text


def test_a_forged_code_and_a_key_that_is_none_are_refused(run: Run, town: Town, scanned, capsys):
    key = town.parts.example.issuer_key("ANT_FOREST").multikey
    changed = scanned[:-30] + ("A" if scanned[-30] != "A" else "B") + scanned[-29:]
    assert run(changed, "--issuer-key", key)[0] == 1
    assert run(scanned, "--issuer-key", "z6Mk")[0] == 1
    assert "TR314" in capsys.readouterr().err
