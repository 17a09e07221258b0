"""Our side of every record's holder: redemptions, cut to the chain's batches, in one pass.

Both sides come sorted by lot and serial, so that one batch is in memory at a time.
"""

from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidTag

from treering.domain.comparison.holders import Stretch, compare_holders
from treering.domain.difference import Difference
from treering.domain.holder import commitments
from treering.domain.record import HOLDER_BYTES, LotId, tree_id
from treering.store.stage import Batch, Held
from treering.store.vault import HOLDER, Vault
from treering.store.withdrawals import NOBODY


class Redeemed:
    """Redemptions in order, taken up where the last batch ended."""

    def __init__(self, vault: Vault, held: Iterable[Held]) -> None:
        self._vault = vault
        self._held = iter(held)
        self._at: Held | None = next(self._held, None)

    def stretches(self, lot: int, first: int, end: int) -> Iterator[Stretch]:
        """What our redemptions say of these serials. Batches must be asked for in order."""
        self._skip(lot, first)
        while first < end:
            until, box = self._next(lot, first, end)
            yield Stretch(until - first, self._holders(lot, first, until, box))
            first = until
            self._skip(lot, first)

    def _skip(self, lot: int, first: int) -> None:
        """Past all that ends before this serial."""
        while self._at is not None and (self._at[0], self._at[1] + self._at[2]) <= (lot, first):
            self._at = next(self._held, None)

    def _next(self, lot: int, first: int, end: int) -> tuple[int, bytes | None]:
        """How far the next stretch goes, and whose it is; None for nobody's redemption."""
        if self._at is None or self._at[0] != lot or self._at[1] >= end:
            return end, None
        _, start, count, box = self._at
        return (start, None) if start > first else (min(start + count, end), box)

    def _holders(self, lot: int, first: int, until: int, box: bytes | None) -> bytes | None:
        if box is None:
            return b""
        if box == NOBODY:
            return None
        count = until - first
        try:
            secret = self._vault.open(box, HOLDER)
        except InvalidTag:
            return bytes(HOLDER_BYTES * count)  # of no holder whatever
        return commitments(tree_id(LotId(lot), first), [secret] * count)


def differing_holders(
    vault: Vault, batches: Iterable[Batch], held: Iterable[Held]
) -> Iterator[Difference]:
    """Record by record, of all batches that both sides have."""
    redeemed = Redeemed(vault, held)
    for lot, first, minted in batches:
        end = first + len(minted) // HOLDER_BYTES
        stretches = list(redeemed.stretches(lot, first, end))
        yield from compare_holders(LotId(lot), first, minted, stretches)
