"""treering contract verify: whether the code at an address is these sources', compiled.

What the constructor wrote into the code (its immutables) is masked and shown; metadata is
not part of the code. Exit status: 0 it is, 1 it is not, 2 it could not be compared.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from treering.chain.compiler import compiled
from treering.chain.node import Node, data, quantity
from treering.chain.release import difference, immutables
from treering.domain.keccak import keccak
from treering.errors import TreeringError


def main(argv: Sequence[str], rpc_url: str | None, out: TextIO = sys.stdout) -> int:
    options = _parser(rpc_url).parse_args(argv)
    try:
        artefact = compiled(options.contracts)
        node = Node(options.rpc)
        chain_id = quantity(node.call("eth_chainId"))
        code = data(node.call("eth_getCode", options.address, "latest"))
    except TreeringError as error:
        print(f"treering contract verify: {error.code} {error}", file=sys.stderr)
        return 2
    if not code:
        print(f"there is no contract at {options.address}", file=sys.stderr)
        return 2
    found = difference(artefact, code)
    answer = {
        "address": options.address,
        "chain_id": chain_id,
        "code_hash": "0x" + keccak(code).hex(),
        "compiler": artefact["compiler"],
        "matches": found is None,
        "difference": found,
        "immutables": immutables(artefact, code) if found is None else {},
    }
    print(json.dumps(answer, indent=2), file=out)
    return 0 if found is None else 1


def _parser(rpc_url: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering contract verify", description=__doc__)
    parser.add_argument("--rpc", metavar="URL", default=rpc_url, required=rpc_url is None)
    parser.add_argument("--address", required=True, metavar="ADDRESS")
    parser.add_argument("--contracts", type=Path, default=Path("contracts"), metavar="DIR")
    return parser
