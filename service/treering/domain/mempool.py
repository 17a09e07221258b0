"""What a node says to a transaction that it is handed.

It is no proof of anything: a node that refuses may hold the same bytes already, and one that
accepts may forget them. It tells which step to take next, and when to call a person.
"""

from enum import StrEnum


class Reply(StrEnum):
    TAKEN = "taken"
    KNOWN = "already known"
    NONCE_USED = "nonce too low"
    UNDERPRICED = "underpriced"
    NO_FUNDS = "insufficient funds"
    REFUSED = "refused"


# Nodes word their refusals freely; these pieces are in geth, Anvil, Besu, Nethermind, Erigon.
_PIECES = (
    (Reply.KNOWN, ("already known", "already imported", "known transaction", "alreadyknown")),
    (Reply.NONCE_USED, ("nonce too low", "nonce is too low", "oldnonce", "already been used")),
    (Reply.UNDERPRICED, ("underpriced", "fee too low", "less than block base fee", "feetoolow")),
    (Reply.NO_FUNDS, ("insufficient funds", "insufficient balance", "upfront cost")),
)


def reply_of(words: str | None) -> Reply:
    """What a node's words mean; None are those of a node that took the transaction."""
    if words is None:
        return Reply.TAKEN
    said = words.lower()
    return next(
        (reply for reply, pieces in _PIECES if any(piece in said for piece in pieces)),
        Reply.REFUSED,
    )
