"""TreeLedger from its sources: the compiler and the settings that forge uses, through py-solc-x.

The artefact depends on nothing but the sources, foundry.toml and the compiler that
contracts/package-lock.json pins. The bytecode carries no hash of its metadata, so neither a
path nor a comment changes it.
"""

import json
import re
import tomllib
from hashlib import sha256
from pathlib import Path
from typing import Any

import solcx
from solcx.exceptions import SolcError

from treering.errors import TreeringError

ARTEFACT = Path(__file__).parent / "artefacts" / "TreeLedger.json"

_MAIN = "src/TreeLedger.sol"
_IMPORT = re.compile(r'^import\s[^;]*?"([^"]+)";', re.MULTILINE)
_OUTPUTS = ["abi", "evm.bytecode.object", "evm.deployedBytecode"]


def compiled(contracts: Path) -> dict[str, Any]:
    """The artefact of the sources in `contracts`; TreeringError if they do not compile."""
    solc = contracts / "solc"
    if not (contracts / "node_modules" / "solc").is_dir():
        raise TreeringError(f"no compiler: run npm ci --prefix {contracts}")
    sources = _sources(contracts)
    settings = _settings(contracts)
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": settings | {"outputSelection": {_MAIN: {"TreeLedger": _OUTPUTS}}},
    }
    try:
        answer = solcx.compile_standard(request, solc_binary=solc)
    except SolcError as error:
        raise TreeringError(f"the contract does not compile: {error}") from error
    output = answer["contracts"][_MAIN]["TreeLedger"]
    deployed = output["evm"]["deployedBytecode"]
    return {
        "contract": "TreeLedger",
        "compiler": str(solcx.wrapper.get_solc_version(solc, with_commit_hash=True)),
        "settings": settings,
        "sources": {
            name: sha256(text.encode()).hexdigest() for name, text in sorted(sources.items())
        },
        "abi": output["abi"],
        "bytecode": "0x" + output["evm"]["bytecode"]["object"],
        "deployedBytecode": "0x" + deployed["object"],
        "immutableReferences": deployed["immutableReferences"],
    }


def text_of(artefact: dict[str, Any]) -> str:
    """The artefact as it is committed."""
    return json.dumps(artefact, indent=1) + "\n"


def _settings(contracts: Path) -> dict[str, Any]:
    profile = tomllib.loads((contracts / "foundry.toml").read_text())["profile"]["default"]
    return {
        "evmVersion": profile["evm_version"],
        "metadata": {"bytecodeHash": profile["bytecode_hash"]},
        "optimizer": {"enabled": profile["optimizer"], "runs": profile["optimizer_runs"]},
        "viaIR": profile["via_ir"],
    }


def _sources(contracts: Path) -> dict[str, str]:
    """Every source that TreeLedger needs, by the name that it is imported by."""
    found: dict[str, str] = {}
    wanted = [_MAIN]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = _file(contracts, name).read_text()
            wanted += [_absolute(name, path) for path in _IMPORT.findall(found[name])]
    return found


def _file(contracts: Path, name: str) -> Path:
    return contracts / name if name.startswith("src/") else contracts / "node_modules" / name


def _absolute(importer: str, path: str) -> str:
    if not path.startswith("."):
        return path
    parts = importer.split("/")[:-1]
    for part in path.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
