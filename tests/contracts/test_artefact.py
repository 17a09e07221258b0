"""The committed artefact is what the sources, the settings and the pinned compiler give."""

import io
import json
import shutil

import pytest

from treering.chain.compiler import ARTEFACT
from treering.cli.contract import build


def test_the_committed_artefact_is_the_sources(contracts):
    out = io.StringIO()
    assert build(["--check", "--contracts", str(contracts)], out) == 0, out.getvalue()


def test_forge_compiles_the_same_bytecode(contracts, forge):
    forge("build")
    theirs = json.loads((contracts / "out/TreeLedger.sol/TreeLedger.json").read_text())
    ours = json.loads(ARTEFACT.read_text())
    assert theirs["bytecode"]["object"] == ours["bytecode"]
    assert theirs["deployedBytecode"]["object"] == ours["deployedBytecode"]


def test_the_contract_fits_the_limit_of_a_deployed_contract():
    code = json.loads(ARTEFACT.read_text())["deployedBytecode"]
    assert (len(code) - 2) // 2 <= 24_576  # EIP-170


@pytest.fixture
def copy(contracts, tmp_path):
    """The contracts folder, to be changed."""
    folder = tmp_path / "contracts"
    folder.mkdir()
    shutil.copytree(contracts / "src", folder / "src")
    for name in ("foundry.toml", "package.json", "solc"):
        shutil.copy(contracts / name, folder / name)
    (folder / "node_modules").symlink_to(contracts / "node_modules")
    return folder


def test_a_changed_source_makes_the_artefact_stale_and_a_build_makes_it_current(copy, tmp_path):
    season = copy / "src/libraries/Season.sol"
    season.write_text(season.read_text().replace("8 hours", "9 hours"))
    artefact, out = tmp_path / "artefact.json", io.StringIO()

    assert build(["--check", "--contracts", str(copy)], out) == 1
    assert build(["--contracts", str(copy)], out, artefact) == 0
    assert build(["--check", "--contracts", str(copy)], out, artefact) == 0
    assert "stale" in out.getvalue()


def test_a_source_that_does_not_compile_is_said_and_writes_nothing(copy, tmp_path, capsys):
    (copy / "src/TreeLedger.sol").write_text("contract TreeLedger {")
    artefact = tmp_path / "artefact.json"

    assert build(["--contracts", str(copy)], io.StringIO(), artefact) == 2
    assert "does not compile" in capsys.readouterr().err
    assert not artefact.exists()


def test_without_the_compiler_the_command_to_install_it_is_named(tmp_path, capsys):
    assert build(["--contracts", str(tmp_path)], io.StringIO(), tmp_path / "artefact.json") == 2
    assert "npm ci" in capsys.readouterr().err
