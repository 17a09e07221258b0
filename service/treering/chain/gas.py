"""How much gas a mint may use, known without asking a node.

Calldata costs 16 gas a byte and counts at least 40 (EIP-7623); the contract's own work was
measured (contracts/snapshots) and is bounded from above here. A test holds it to receipts.
"""

_BASE = 21_000
_BYTE, _BYTE_AT_LEAST = 16, 40
_ACT = 220_000  # the first mint of all sets every counter from zero
_RECORD = 480
_ARGUMENTS = 4 + 5 * 32  # selector, three heads, length, padding

EMPTY = _BASE  # a transaction that does nothing
TRANSACTION_LIMIT = 2**24  # EIP-7825


def of_mint(count: int) -> int:
    """The gas limit of a mint of so many records."""
    size = _ARGUMENTS + 20 * count
    return _BASE + max(_BYTE_AT_LEAST * size, _BYTE * size + _ACT + _RECORD * count)
