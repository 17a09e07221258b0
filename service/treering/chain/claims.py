"""The ledger's register of records that are used up, under the registry's key."""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from treering.chain import abi, sender
from treering.chain.ledger import Ledger, RecordStatus
from treering.domain.record import TreeId


@dataclass(frozen=True, slots=True)
class Claims:
    ledger: Ledger
    registry: LocalAccount

    def status(self, tree: TreeId, block: str = "latest") -> RecordStatus:
        """With the commitment that the record is claimed for; "latest" or "finalized"."""
        return self.ledger.at(block).status(tree)

    def claim(self, commitment: bytes, trees: Sequence[TreeId]) -> None:
        """Claim the records; TransactionRefused if one is revoked, claimed or no tree."""
        self._act(abi.call_data("claim", commitment, list(trees)))

    def release(self, trees: Sequence[TreeId]) -> None:
        """Undo the claims; TransactionRefused if one is not claimed."""
        self._act(abi.call_data("release", list(trees)))

    def _act(self, call: bytes) -> None:
        sender.act(self.ledger.node, self.registry, sender.Call(self.ledger.contract, call))
