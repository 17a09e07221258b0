"""The heads of feeds on the ledger, anchored under the mirror's key."""

from collections.abc import Callable
from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from treering.chain import abi, sender
from treering.chain.ledger import Ledger


@dataclass(frozen=True, slots=True)
class FeedHeads:
    """`mirror` opens the key of the one who may anchor."""

    ledger: Ledger
    mirror: Callable[[], LocalAccount]

    def anchor(self, feed: bytes, size: int, root: bytes) -> None:
        """TransactionRefused if the feed would shrink, or change without growing."""
        call = sender.Call(self.ledger.contract, abi.call_data("anchor", feed, size, root))
        sender.act(self.ledger.node, self.mirror(), call)

    def held(self, feed: bytes) -> tuple[int, bytes]:
        """Size and root, as of the newest block; 0 and zeros for none."""
        return self.ledger.at("latest").feed_head(feed)
