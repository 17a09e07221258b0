"""The peers' bytecode: from npm as they published it, or their sources compiled as ours are."""

import json
import re
import subprocess
from typing import Any

from tests.contracts.node import CONTRACTS, foundry

BENCH = CONTRACTS / "bench"
_PACKAGES = BENCH / "node_modules"


def compile_all() -> None:
    subprocess.run([foundry("forge"), "build", "--quiet"], cwd=BENCH, check=True)


def compiled(file: str, name: str) -> tuple[list[Any], str]:
    """ABI and creation code of a wrapper in contracts/bench/src."""
    artefact = json.loads((CONTRACTS / f"out/bench/{file}/{name}.json").read_text())
    return artefact["abi"], artefact["bytecode"]["object"]


def attestation_service(name: str) -> tuple[list[Any], str]:
    """ABI and creation code as EAS ships them."""
    folder = _PACKAGES / "@ethereum-attestation-service/eas-contracts/artifacts/contracts"
    artefact = json.loads((folder / f"{name}.sol/{name}.json").read_text())
    return artefact["abi"], artefact["bytecode"]


def document_store() -> tuple[list[Any], str]:
    """The creation code that the package's JavaScript holds; of its ABI what is measured."""
    factory = "dist/contracts/factories/contracts/DocumentStore__factory.js"
    source = (_PACKAGES / "@govtechsg/document-store" / factory).read_text()
    found = re.search(r'_bytecode = "(0x[0-9a-f]+)"', source)
    assert found, f"no bytecode in {factory}"
    abi = [
        {"type": "constructor", "inputs": _inputs("string", "address")},
        {"type": "function", "name": "issue", "inputs": _inputs("bytes32"), "outputs": []},
        {"type": "function", "name": "bulkIssue", "inputs": _inputs("bytes32[]"), "outputs": []},
    ]
    return abi, found[1]


def _inputs(*types: str) -> list[dict[str, str]]:
    return [{"name": f"input{number}", "type": kind} for number, kind in enumerate(types)]
