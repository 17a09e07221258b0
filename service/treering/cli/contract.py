"""treering contract build: compile TreeLedger and keep what came out.

Exit status: 0 written, or with --check the committed artefact is the sources'; 1 it is not;
2 the contract could not be compiled.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from treering.chain.compiler import ARTEFACT, compiled, text_of
from treering.cli import contract_deploy, contract_verify
from treering.errors import TreeringError


def build(argv: Sequence[str], out: TextIO = sys.stdout, artefact: Path = ARTEFACT) -> int:
    options = _parser().parse_args(argv)
    try:
        text = text_of(compiled(options.contracts))
    except TreeringError as error:
        print(f"treering contract build: {error.code} {error}", file=sys.stderr)
        return 2
    if not options.check:
        artefact.write_text(text)
        print(f"{artefact.name} written", file=out)
        return 0
    current = artefact.exists() and artefact.read_text() == text
    print(f"{artefact.name} is {'current' if current else 'stale'}", file=out)
    return 0 if current else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering contract build", description=__doc__)
    parser.add_argument("--contracts", type=Path, default=Path("contracts"), metavar="DIR")
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    return parser


def main(argv: Sequence[str], rpc_url: str | None, keys: Path, out: TextIO = sys.stdout) -> int:
    """`treering contract build`, `deploy` or `verify`."""
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "build": lambda rest: build(rest, out),
        "deploy": lambda rest: contract_deploy.main(rest, rpc_url, keys, out),
        "verify": lambda rest: contract_verify.main(rest, rpc_url, out),
    }
    command = commands.get(argv[0]) if argv else None
    if command is None:
        asked_for = argv[:1] in (["-h"], ["--help"])
        told = sys.stdout if asked_for else sys.stderr
        print("usage: treering contract build | deploy | verify", file=told)
        return 0 if asked_for else 2
    return command(argv[1:])
