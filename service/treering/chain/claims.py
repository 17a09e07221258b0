"""The ledger's register of records that are used up, under the registry's key."""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from treering.chain import abi, sender
from treering.chain.ledger import Ledger
from treering.domain.record import TreeId


@dataclass(frozen=True, slots=True)
class Claims:
    ledger: Ledger
    registry: LocalAccount

    def claimed_for(self, tree: TreeId) -> bytes | None:
        """The commitment that the record is claimed for."""
        return self.ledger.at("latest").status(tree).claim

    def claim(self, commitment: bytes, trees: Sequence[TreeId]) -> None:
        """Claim the records; TransactionRefused if one is revoked, claimed or no tree."""
        call = abi.call_data("claim", commitment, list(trees))
        sender.act(self.ledger.node, self.registry, sender.Call(self.ledger.contract, call))
