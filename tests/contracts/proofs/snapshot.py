"""What halmos and slither said in their last runs, in contracts/snapshots/proofs.json."""

import json
from collections.abc import Sequence
from pathlib import Path

from tests.contracts import sources
from tests.contracts.node import CONTRACTS
from tests.contracts.proofs.symbolic import proofs

SNAPSHOT = CONTRACTS / "snapshots/proofs.json"
SLITHER = "slither"


def read() -> dict[str, list[str]]:
    """The lines kept, by what they are of: slither, or the name of a contract of proofs."""
    return {name: one["said"] for name, one in _kept().items()}


def keep(name: str, said: Sequence[str], of: str) -> None:
    """Keep what was said of sources with this digest, taken before the run began."""
    kept = {**_kept(), name: {"of": of, "said": list(said)}}
    ordered = {one: kept[one] for one in (SLITHER, *map(name_of, proofs())) if one in kept}
    SNAPSHOT.write_text(json.dumps(ordered, indent=2, ensure_ascii=False) + "\n")


def stale() -> list[str]:
    """What was never said of the sources as they are now."""
    kept = _kept()
    names = (SLITHER, *map(name_of, proofs()))
    return [one for one in names if kept.get(one, {}).get("of") != about(one)]


def about(name: str) -> str:
    """Digest of all that the lines hang on: the contract, and what it is proven with."""
    return sources.digest([*sources.contract(), *([] if name == SLITHER else sources.proof(name))])


def name_of(proof: Path) -> str:
    return proof.name.partition(".")[0]


def _kept() -> dict[str, dict[str, list[str]]]:
    return dict(json.loads(SNAPSHOT.read_text())) if SNAPSHOT.exists() else {}
