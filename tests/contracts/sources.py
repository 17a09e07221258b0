"""What a run was about: one digest over sources, so that a table of older ones is found stale.

Comments and blank space prove nothing and are left out: whoever mends a word need not prove again.
"""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from tests.contracts.node import CONTRACTS

_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)


def contract() -> list[Path]:
    return sorted((CONTRACTS / "src").rglob("*.sol"))


def proof(name: str) -> list[Path]:
    """What halmos is asked of one contract of proofs, and what it is written with."""
    folder = CONTRACTS / "test/symbolic"
    return [folder / f"{name}.symbolic.sol", folder / "Symbolic.sol", *_kit()]


def unit(suite: str) -> list[Path]:
    """A suite of unit and fuzz tests, and what it is written with."""
    return [CONTRACTS / f"test/{suite}.t.sol", *_kit()]


def units() -> list[Path]:
    """All of them, without the random world and its invariants."""
    names = (path.name.removesuffix(".t.sol") for path in (CONTRACTS / "test").glob("*.t.sol"))
    suites = sorted(set(names) - {"Invariants", "World"})
    return [path for suite in suites for path in unit(suite)]


def digest(sources: Iterable[Path]) -> str:
    """Hex SHA-256 over names and code."""
    whole = sha256()
    for source in sources:
        name = source.relative_to(CONTRACTS).as_posix()
        whole.update(f"{name}\0{code(source.read_text('utf-8'))}\0".encode())
    return whole.hexdigest()


def code(text: str) -> str:
    """Without comments; blanks are one space, and none beside a sign."""
    spaced = re.sub(r"\s+", " ", _COMMENT.sub(" ", text))
    return re.sub(r" ?(\W) ?", r"\1", spaced).strip()


def _kit() -> list[Path]:
    return sorted((CONTRACTS / "test/utils").glob("*.sol"))
