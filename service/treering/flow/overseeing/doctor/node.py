"""The node: it answers, for the chain and contract of our books, and knows what is final."""

from collections.abc import Iterator

from treering.chain import abi, release
from treering.chain.ledger import Ledger
from treering.chain.node import Node, data
from treering.chain.pinned import PinnedLedger
from treering.domain.checkup import Sign
from treering.errors import (
    ChainUnavailable,
    NodeRefused,
    NotALedger,
    TreeringError,
    WrongChain,
)
from treering.flow.minting.identity import difference
from treering.store.identity import Pin

_ADDRESS = "mend TREERING_CONTRACT or TREERING_RPC_URL"
_NODE = "start it, or mend TREERING_RPC_URL"


def signs(ledger: Ledger, pinned: Pin | None, *, embedded: bool) -> Iterator[Sign]:
    """The first that fails is the last: what follows would only repeat it."""
    if pinned and not embedded:
        ledger.node.belong_to(pinned[:2])
    try:
        yield from _each(ledger.node)
        head = ledger.node.block("latest")
        yield _contract(ledger, pinned)
        yield _identity(ledger, pinned, embedded=embedded)
        yield _finality(ledger, head.number)
    except (ChainUnavailable, NodeRefused) as error:
        yield Sign.fail("node", error, _NODE)
    except (WrongChain, NotALedger) as error:
        yield Sign.fail("contract", error, _ADDRESS)


def _each(all_of_them: Node) -> Iterator[Sign]:
    """One of several that is silent or strange is a warning; the only one is a failure."""
    for node in all_of_them.members:
        about = "node" if node is all_of_them else f"node {node.name}"
        try:
            if node is not all_of_them:
                node.vet()
            yield Sign.ok(about, f"answers; its head is block {node.block('latest').number}")
        except (ChainUnavailable, NodeRefused) as error:
            if node is all_of_them:
                raise
            yield Sign.warn(about, str(error), _NODE)
        except WrongChain as error:
            yield Sign.warn(about, f"{error}; it is not asked", "mend TREERING_RPC_URL")


def _contract(ledger: Ledger, pinned: Pin | None) -> Sign:
    """A TreeLedger of this release, or the older one that our books began with."""
    found = ledger.identity()
    at = PinnedLedger(ledger.node, ledger.contract, ledger.node.block("latest"))
    if at.is_release:
        return Sign.ok("contract", f"{found.contract} is this release's TreeLedger")
    code = data(ledger.node.call("eth_getCode", ledger.contract, "latest"))
    said = f"{found.contract}: {release.difference(abi.artefact(), code)}"
    if pinned is None or pinned[3] != found.code_hash:
        return Sign.fail("contract", NotALedger(said), _ADDRESS)
    return Sign.warn("contract", said, "it is the one pinned, of another release than this")


def _identity(ledger: Ledger, pinned: Pin | None, *, embedded: bool) -> Sign:
    found = ledger.identity()
    pin = (found.chain_id, found.genesis, found.contract.lower(), found.code_hash)
    if pinned is None:
        return Sign.ok("chain identity", f"chain {found.chain_id}; pinned when work begins")
    if pinned == pin:
        return Sign.ok("chain identity", f"chain {found.chain_id}, as pinned")
    said = difference(pinned, pin)
    if embedded:
        return Sign.warn("chain identity", said, "nothing: an embedded chain may be new")
    return Sign.fail("chain identity", WrongChain(said), _ADDRESS)


def _finality(ledger: Ledger, head: int) -> Sign:
    try:
        final = ledger.final_block().number
    except TreeringError as error:
        advice = "nothing becomes final: start the other node, or take one that knows what is"
        return Sign.warn("finality", f"{error}", advice)
    return Sign.ok("finality", f"block {final} is final, {max(head - final, 0)} behind the head")
