"""Verify as a bystander: with a document, a node, and the contract's address known from
elsewhere. A document's own word on which contract to ask is never taken.
"""

from collections.abc import Sequence

from sqlalchemy import create_engine

from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.node import Node, quantity
from treering.domain import address
from treering.domain.compact import network_mark
from treering.domain.fulfilment import Interconnection
from treering.domain.issuer_key import IssuerKey
from treering.domain.record import TreeId
from treering.domain.registry_head import VerifierKey
from treering.domain.verification import Report
from treering.errors import ChainUnavailable
from treering.flow.mirroring import state as mirror_state
from treering.flow.verifying.interconnect import Mirror
from treering.flow.verifying.keyring import listed
from treering.flow.verifying.scan import Scanner
from treering.flow.verifying.verify import Verifier
from treering.store.clock import utc_now


def bystander(
    content: bytes,
    *,
    issuer_keys: Sequence[IssuerKey] = (),
    rpc_url: str | None,
    contract: str | None,
    database_url: str | None = None,
    registry_key: str | None = None,
) -> Report:
    """The report on a PDF, a credential in JSON, or the text of a QR code.

    `rpc_url` is None to ask no node, `contract` where nobody has named it: then what stands
    on chain is UNKNOWN, and `issuer_keys`, which QR codes need, are believed as given. The
    last two are None where there is no mirror."""
    node = Node(rpc_url) if rpc_url else None
    chain_id = _chain_id(node)
    if code := address.code_in(content):
        return _scanner(issuer_keys, node, chain_id, contract).scan(code)

    def world(tag: str) -> LedgerAt:
        if node is None or contract is None:
            missing = "node" if node is None else "contract"
            raise ChainUnavailable(f"no {missing} was named to ask")
        return Ledger(node, contract).at(tag)

    verifier = Verifier(
        world=world,
        chain_id=chain_id,
        contract=contract,
        mirror=_mirror(database_url, registry_key),
        clock=utc_now,
    )
    return verifier.verify_file(content)


def _scanner(
    keys: Sequence[IssuerKey], node: Node | None, chain_id: int | None, contract: str | None
) -> Scanner:
    if node is None or contract is None:
        network = network_mark(chain_id, contract) if chain_id and contract else None
        return Scanner(keys=lambda _: keys, world=None, network=network, clock=utc_now)
    ledger = Ledger(node, contract)
    return Scanner(
        keys=lambda _: keys,
        world=ledger.at,
        network=network_mark(chain_id, contract) if chain_id else None,
        clock=utc_now,
        listed=lambda programme: listed(
            lambda programme: ledger.at("finalized").issuer_keys(programme), programme
        ),
    )


def _chain_id(node: Node | None) -> int | None:
    """The chain that the node answers for; None while it is silent."""
    try:
        return quantity(node.call("eth_chainId")) if node else None
    except ChainUnavailable:
        return None


def _mirror(database_url: str | None, registry_key: str | None) -> Mirror | None:
    if not database_url or not registry_key:
        return None
    engine = create_engine(database_url)
    name = VerifierKey.parse(registry_key).name

    def interconnection(tree: TreeId) -> Interconnection | None:
        with engine.connect() as connection:
            return mirror_state.interconnection(connection, name, tree)

    return interconnection
