"""What tests of an exchange share: interruptions, and where its claims and its state stand."""

from dataclasses import replace
from datetime import timedelta

from tests.chain_kit import Chain
from tests.flow.exchanging import (
    KitClaims,
)
from treering.domain.record import lot_id, tree_id
from treering.errors import (
    ChainUnavailable,
    TransactionRefused,
)
from treering.flow.parts import Parts
from treering.store.exchanges import Exchanges

LOT = lot_id(1, 277)


LATER = timedelta(hours=1)


def claims_of(forest: Chain) -> set[bytes | None]:
    now = forest.ledger.at("latest")
    return {now.status(tree_id(LOT, serial)).claim for serial in range(3)}


def state_of(parts: Parts, numbers):
    with parts.engine.connect() as connection:
        tree = parts.office.find(numbers[0]).number.tree
        return Exchanges(connection, parts.vault).of_tree(tree)


class Interrupted:
    """A chain that takes the claim, or does not, and then is gone."""

    def __init__(self, real: KitClaims, *, reached: bool) -> None:
        self._real, self._reached = real, reached
        self.status, self.release = real.status, real.release

    def claim(self, commitment, trees) -> None:
        if self._reached:
            self._real.claim(commitment, trees)
        raise ChainUnavailable("connection reset")


class RevokedMeanwhile(Interrupted):
    """A chain on which a record falls between application and claim."""

    def __init__(self, real: KitClaims, forest: Chain) -> None:
        super().__init__(real, reached=True)
        self._forest = forest

    def claim(self, commitment, trees) -> None:
        self._forest.act("revoker", "revoke", [tree_id(LOT, 1)], 2)
        self._real.claim(commitment, trees)


class Refusing:
    """A chain that has lost the records too."""

    def __init__(self, real: KitClaims) -> None:
        self._real = real

    def status(self, tree, block="latest"):
        return replace(self._real.status(tree, block), claim=None)

    def claim(self, commitment, trees) -> None:
        raise TransactionRefused("RecordUnknown")


def later(found):
    moved = found.redemption.redeemed_at + timedelta(days=365)
    return replace(found, redemption=replace(found.redemption, redeemed_at=moved))
