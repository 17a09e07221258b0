"""What strangers read: the interface explains everything, the README shows where it is kept."""

import re
from functools import cache
from typing import Any

import pytest
import solcx

from tests.contracts.node import CONTRACTS
from treering.chain.compiler import _sources

INTERFACES = ("ITreeLedger", "ITreeLedgerEvents", "ITreeLedgerErrors")


@cache
def compiled() -> dict[str, Any]:
    """Documentation and storage of every contract, by its name."""
    wanted = ["abi", "devdoc", "userdoc", "storageLayout"]
    request = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in _sources(CONTRACTS).items()},
        "settings": {"evmVersion": "osaka", "outputSelection": {"*": {"*": wanted}}},
    }
    answer = solcx.compile_standard(request, solc_binary=CONTRACTS / "solc")
    return {name: one for file in answer["contracts"].values() for name, one in file.items()}


def signature(item: dict[str, Any]) -> str:
    def type_of(part: dict[str, Any]) -> str:
        if not part["type"].startswith("tuple"):
            return str(part["type"])
        inner = ",".join(type_of(one) for one in part["components"])
        return f"({inner}){part['type'].removeprefix('tuple')}"

    return f"{item['name']}({','.join(type_of(part) for part in item['inputs'])})"


def words(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """What the compiler found written of this act, event or error."""
    kind = {"function": "methods", "event": "events", "error": "errors"}[item["type"]]
    found = document.get(kind, {}).get(signature(item), {})
    return dict(found[0]) if isinstance(found, list) else dict(found)


@pytest.mark.parametrize("name", INTERFACES)
def test_every_act_event_and_error_of_the_interface_is_explained_with_all_it_takes(name):
    one = compiled()[name]
    silent = []
    for item in one["abi"]:
        said = words(one["devdoc"], item)
        parameters = {part["name"] for part in item["inputs"]}
        if not words(one["userdoc"], item).get("notice"):
            silent.append(item["name"])
        if set(said.get("params", {})) != parameters:
            silent.append(f"{item['name']}: {parameters - set(said.get('params', {}))}")
        if len(said.get("returns", {})) != len(item.get("outputs", [])):
            silent.append(f"{item['name']}: what it returns")
    assert silent == []
    assert one["userdoc"]["notice"]


def test_every_word_of_the_ledgers_language_is_explained():
    source = (CONTRACTS / "src/interfaces/ITreeLedgerTypes.sol").read_text()
    for comment, kind, name, body in re.findall(
        r"((?: +///[^\n]*\n)+) +(enum|struct) (\w+) \{([^}]*)\}", source
    ):
        assert "@notice" in comment, name
        fields = re.findall(r"(\w+);", body) if kind == "struct" else []
        assert re.findall(r"@param (\w+)", comment) == fields, name
    assert source.count("@notice") == 1 + len(re.findall(r"\b(?:enum|struct) \w+ \{", source))


def test_the_readme_shows_the_storage_that_the_compiler_lays_out():
    layout = compiled()["TreeLedger"]["storageLayout"]["storage"]
    kept = [(int(one["slot"]), one["label"]) for one in layout]
    picture = (CONTRACTS / "README.md").read_text()
    shown = re.findall(r"^ *(\d+) +│ (?:\d+ +│ )?(\w+)", picture, re.MULTILINE)
    assert [(int(slot), label) for slot, label in shown] == kept
