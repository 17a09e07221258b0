"""slither over contracts/src: nothing it says is left without a fix or a reason."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.contracts import sandbox
from tests.contracts.node import foundry
from tests.contracts.proofs.accepted import ACCEPTED
from tests.contracts.proofs.symbolic import VENV, ProofBroken

_RESULT = "result(s) found"

Finding = tuple[str, str]  # slither's detector, and what it points at


def analyse() -> list[str]:
    """What slither ends with; raises ProofBroken unless it found exactly what is accepted."""
    with TemporaryDirectory(prefix="treering-slither-") as place:
        folder = sandbox.copy(Path(place), ignored=("*.t.sol", "invariants", "symbolic", "utils"))
        report, said = _report(folder, Path(place) / "slither.json")
    found = {_finding(one) for one in report["results"].get("detectors", [])}
    if new := found - ACCEPTED.keys():
        raise ProofBroken(f"slither finds what nobody has explained: {sorted(new)}")
    if gone := ACCEPTED.keys() - found:
        raise ProofBroken(f"slither no longer finds, so take out: {sorted(gone)}")
    return [line for line in said.splitlines() if _RESULT in line]


def _report(folder: Path, output: Path) -> tuple[Any, str]:
    _, said = sandbox.run(
        folder,
        *(VENV / "bin/slither", ".", "--filter-paths", "node_modules", "--json", output),
        environ={"PATH": f"{foundry('forge').parent}{os.pathsep}{os.environ['PATH']}"},
    )
    if not output.exists() or not (report := json.loads(output.read_text()))["success"]:
        raise ProofBroken(said)
    return report, re.sub(r"\x1b\[\d+m", "", said)


def _finding(one: Mapping[str, Any]) -> Finding:
    """As `Contract.function(types).variable`, as far as it goes."""
    element = one["elements"][0]
    names = [_name(element)]
    while element := element.get("type_specific_fields", {}).get("parent"):
        names.insert(0, _name(element))
    return one["check"], ".".join(names)


def _name(element: Mapping[str, Any]) -> str:
    return str(element.get("type_specific_fields", {}).get("signature") or element["name"])
