"""treering contract build: what is committed is what the sources give."""

import shutil
from functools import cache
from io import StringIO
from pathlib import Path

import pytest

from treering.chain.compiler import ARTEFACT
from treering.cli import contract
from treering.main import main

CONTRACTS = Path(__file__).parents[2] / "contracts"


@pytest.fixture(autouse=True)
def no_demo(tmp_path: Path, monkeypatch):
    """No demo of this checkout lends its addresses."""
    monkeypatch.setenv("TREERING_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("TREERING_RPC_URL", raising=False)


@pytest.fixture
def compiled_once(monkeypatch):
    monkeypatch.setattr(contract, "compiled", cache(contract.compiled))


def build(*words: str, artefact: Path = ARTEFACT) -> tuple[int, str]:
    out = StringIO()
    return contract.build(["--contracts", str(CONTRACTS), *words], out, artefact), out.getvalue()


def test_the_artefact_that_is_built_is_the_one_that_is_committed(compiled_once, tmp_path: Path):
    fresh = tmp_path / ARTEFACT.name
    assert build("--check", artefact=fresh) == (1, "TreeLedger.json is stale\n")
    assert not fresh.exists()  # --check writes nothing
    assert build(artefact=fresh) == (0, "TreeLedger.json written\n")
    assert fresh.read_bytes() == ARTEFACT.read_bytes()
    fresh.write_text(fresh.read_text() + " ")
    assert build("--check", artefact=fresh)[0] == 1


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """A copy of the sources, with the compiler of the original."""
    copied = tmp_path / "contracts"
    shutil.copytree(CONTRACTS / "src", copied / "src")
    for name in ("solc", "foundry.toml"):
        shutil.copy2(CONTRACTS / name, copied / name)
    (copied / "node_modules").symlink_to(CONTRACTS / "node_modules")
    return copied


def test_sources_that_do_not_compile_are_told_with_the_compilers_words(sources: Path, capsys):
    ledger = sources / "src/TreeLedger.sol"
    ledger.write_text(ledger.read_text() + "\ncontract {")
    assert contract.build(["--contracts", str(sources), "--check"]) == 2
    assert "does not compile" in capsys.readouterr().err


def test_a_compiler_that_is_not_there_is_told_with_what_to_do(sources: Path, capsys):
    (sources / "node_modules").unlink()
    assert main(["contract", "build", "--contracts", str(sources)]) == 2
    assert "no compiler: run npm ci" in capsys.readouterr().err


def test_a_source_that_is_missing_is_one_clear_sentence(sources: Path, capsys):
    (sources / "src/libraries/Season.sol").unlink()
    assert main(["contract", "build", "--contracts", str(sources)]) == 2
    said = capsys.readouterr().err
    assert "Season.sol: No such file" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["burn"], ["--burn", "--help"]])
def test_without_an_act_the_acts_are_told(words, capsys):
    assert main(["contract", *words]) == 2
    assert "usage: treering contract build | deploy | verify" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--chain-id", "1"], ["--rpc", "http://127.0.0.1:1"]])
def test_a_deployment_needs_a_node_and_the_chain_that_is_meant(words, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["contract", "deploy", *words])
    assert "required" in capsys.readouterr().err


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"{", b"[]"])
def test_a_file_of_roles_that_cannot_be_read_deploys_nothing(tmp_path, town, capsys, content):
    roles = tmp_path / "roles.json"
    if content is not None:
        roles.write_bytes(content)
    words = ["--rpc", town.environ["TREERING_RPC_URL"], "--chain-id", "31337"]
    try:
        status = main(["contract", "deploy", *words, "--roles", str(roles)])
    except SystemExit as ended:  # argparse refuses a file that is not there
        status = ended.code
    said = capsys.readouterr()
    assert (status, said.out) == (2, "")
    assert "Traceback" not in said.err
