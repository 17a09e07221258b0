"""A copy of the contracts folder where a source may be changed and forge be run."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.contracts.node import CONTRACTS


def copy(place: Path, ignored: Iterable[str] = ()) -> Path:
    """Sources, tests and settings in `place`/contracts; the packages are linked.

    `ignored` are patterns of names that stay out.
    """
    folder = place / "contracts"
    folder.mkdir()
    for name in ("src", "test"):
        shutil.copytree(CONTRACTS / name, folder / name, ignore=shutil.ignore_patterns(*ignored))
    for name in ("foundry.toml", "package.json", "solc"):
        shutil.copy(CONTRACTS / name, folder / name)
    (folder / "node_modules").symlink_to(CONTRACTS / "node_modules")
    shutil.copytree(CONTRACTS.parent / "tests/vectors", place / "tests/vectors")
    return folder


def run(
    folder: Path, *command: str | Path, environ: Mapping[str, str] | None = None
) -> tuple[int, str]:
    """The exit status, and all that was printed. `environ` is added to ours."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **(environ or {})},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout
