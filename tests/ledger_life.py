"""A ledger's life: everything that can happen to a TreeLedger, once, on a real Anvil."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.chain_kit import PROGRAMME, Chain
from treering.chain import roles
from treering.chain.node import Node
from treering.domain.lot import Unit
from treering.domain.record import lot_id, tree_id
from treering.domain.stage import Stage

TREES, GRASS, EMPTY = (lot_id(PROGRAMME, number) for number in (277, 9, 11))
RECORDS, BATCHES = 408, 4


@contextmanager
def lived_ledger(anvil: Node) -> Iterator[Chain]:
    """A ledger that has lived, for many tests that only look at it."""
    before = anvil.call("evm_snapshot")
    chain = Chain(anvil)
    chain.deploy()
    live(chain)
    yield chain
    anvil.call("evm_revert", before)


def live(chain: Chain) -> None:
    """Let it happen, and let it be final."""
    chain.open_lot(277, endorsed=1000)
    chain.open_lot(9, unit=Unit.PLANT, species="ZOSTERA_MARINA", year=2020)
    chain.open_lot(11, endorsed=None)
    for first, size in ((0, 100), (100, 1), (101, 257)):
        chain.mint(TREES, first, _holders(first, size))
    chain.mint(GRASS, 0, _holders(0, 50))
    chain.state(TREES, Stage.ACCEPTANCE, 300)
    chain.state(TREES, Stage.SURVEY, 250)
    chain.act("revoker", "revoke", [_tree(3), _tree(357)], 4)
    chain.act("revoker", "replace", _tree(5), _tree(6))
    chain.act("registry", "claim", b"\7" * 32, [_tree(serial) for serial in (7, 8, 9)])
    chain.act("registry", "release", [_tree(8)])
    chain.act("registrar", "closeLot", GRASS)
    chain.act("mirror", "anchor", b"\1" * 32, 12, b"\2" * 32)
    chain.act("mirror", "anchor", b"\1" * 32, 15, b"\3" * 32)
    chain.act("registrar", "setIssuerKey", PROGRAMME, b"\4" * 32, b"\5" * 32, 1)
    chain.act("registrar", "retireIssuerKey", PROGRAMME, b"\4" * 32, 2_000_000_000)
    _change_hands(chain)
    chain.finalise()


def _change_hands(chain: Chain) -> None:
    """Roles come and go, minting pauses, admin and contract get successors."""
    deputy = chain.account("deputy")
    chain.send("admin", roles.grant(chain.contract, roles.PAUSER, deputy.address))
    chain.act("admin", "revokeRole", roles.PAUSER, deputy.address)
    chain.act("pauser", "pause")
    chain.act("pauser", "unpause")
    chain.act("admin", "nameSuccessor", chain.account("somebody").address)
    chain.act("admin", "beginDefaultAdminTransfer", deputy.address)
    chain.node.call("evm_increaseTime", 2)  # a delay of zero seconds ends with the next second
    chain.mine()
    chain.act("deputy", "acceptDefaultAdminTransfer")


def _tree(serial: int) -> int:
    return tree_id(TREES, serial)


def _holders(first: int, size: int) -> bytes:
    return b"".join((first + i + 1).to_bytes(20, "little") for i in range(size))
