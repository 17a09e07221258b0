"""treering contract deploy: put TreeLedger on a chain and hand it over.

The address follows from sources, deployer and parameters: a second run finds the contract and
does what is missing. The deployer's key is `admin` of the key folder; he grants the roles of
the file and names the admin of the file, who accepts with acceptDefaultAdminTransfer() once
the delay is over. Until then the deployer is the admin, afterwards nothing.

Exit status: 0 it stands, 2 it does not; then what is missing is said.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from eth_account.signers.local import LocalAccount

from treering.chain.deploy import ZERO, Creation, deploy
from treering.chain.handover import Handover, hand_over
from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.chain.node import Node, quantity
from treering.errors import TreeringError

_TWO_DAYS = 172_800


def main(argv: Sequence[str], rpc_url: str | None, keys: Path, out: TextIO = sys.stdout) -> int:
    options = _parser(rpc_url).parse_args(argv)
    try:
        node = Node(options.rpc)
        found = quantity(node.call("eth_chainId"))
        if found != options.chain_id:
            print(f"the node is of chain {found}, not {options.chain_id}", file=sys.stderr)
            return 2
        done = _done(node, KeyFolder(keys).account("admin"), options)
    except TreeringError as error:
        print(f"treering contract deploy: {error.code} {error}", file=sys.stderr)
        return 2
    print(json.dumps(done, indent=2), file=out)
    return 0


def _done(node: Node, deployer: LocalAccount, options: argparse.Namespace) -> dict[str, object]:
    handover = Handover.read(options.roles.read_bytes()) if options.roles else None
    creation = Creation(
        admin=deployer.address, admin_delay=options.admin_delay, predecessor=options.predecessor
    )
    deployed = deploy(node, deployer, creation)
    if handover:
        hand_over(Ledger(node, deployed.contract), deployer, handover)
    return {
        "contract": deployed.contract,
        "chain_id": deployed.chain_id,
        "is_new": deployed.is_new,
        "deployer": deployer.address,
        "next_admin": handover.admin if handover else None,
        "admin_delay_seconds": options.admin_delay,
        "roles": {role.hex(): list(who) for role, who in handover.grants.items()}
        if handover
        else {},
    }


def _parser(rpc_url: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering contract deploy", description=__doc__)
    parser.add_argument("--rpc", metavar="URL", default=rpc_url, required=rpc_url is None)
    parser.add_argument("--chain-id", type=int, required=True, metavar="N")
    parser.add_argument("--roles", type=_file, metavar="FILE", help="who gets what, as JSON")
    parser.add_argument("--predecessor", default=ZERO, metavar="ADDRESS")
    parser.add_argument("--admin-delay", type=int, default=_TWO_DAYS, metavar="SECONDS")
    return parser


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path
