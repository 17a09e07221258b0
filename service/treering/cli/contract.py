"""treering contract build: compile TreeLedger and keep what came out.

Exit status: 0 written, or with --check the committed artefact is the sources'; 1 it is not;
2 the contract could not be compiled.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TextIO

from treering.chain.compiler import ARTEFACT, compiled, text_of
from treering.chain.deploy import creation
from treering.chain.deploy import deploy as put_on_chain
from treering.chain.keys import KeyFolder
from treering.chain.node import Node, quantity
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
    """`treering contract build` or `treering contract deploy`."""
    commands: dict[str, Callable[[Sequence[str]], int]] = {
        "build": lambda rest: build(rest, out),
        "deploy": lambda rest: deploy(rest, rpc_url, keys, out),
    }
    command = commands.get(argv[0]) if argv else None
    if command is None:
        print("usage: treering contract build | deploy", file=sys.stderr)
        return 2
    return command(argv[1:])


def deploy(argv: Sequence[str], rpc_url: str | None, keys: Path, out: TextIO = sys.stdout) -> int:
    """Put a new contract on a chain and say where it stands, as JSON.

    It refuses a chain id other than the one named; its admin is the key `admin` of the key
    folder, which also pays.
    """
    options = _deploy_parser(rpc_url).parse_args(argv)
    node = Node(options.rpc)
    found = quantity(node.call("eth_chainId"))
    if found != options.chain_id:
        print(f"the node is of chain {found}, not {options.chain_id}", file=sys.stderr)
        return 2
    admin = KeyFolder(keys).account("admin")
    call = creation(admin=admin.address, admin_delay=options.admin_delay)
    done = put_on_chain(node, admin, call)
    answer = {
        "contract": done.contract,
        "chain_id": done.chain_id,
        "block": done.block,
        "transaction": "0x" + done.transaction.hex(),
        "admin": admin.address,
    }
    print(json.dumps(answer, indent=2), file=out)
    return 0


def _deploy_parser(rpc_url: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering contract deploy", description=deploy.__doc__)
    parser.add_argument("--rpc", metavar="URL", default=rpc_url, required=rpc_url is None)
    parser.add_argument("--chain-id", type=int, required=True, metavar="N")
    parser.add_argument(
        "--admin-delay", type=int, default=172_800, metavar="SECONDS", help="two days"
    )
    return parser
