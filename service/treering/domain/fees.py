"""What a transaction offers a block for being included (EIP-1559), in wei a unit of gas."""

from dataclasses import dataclass
from typing import Self

GWEI = 10**9
# Nodes take a transaction under a used nonce only for a better offer: geth and Anvil ask
# 10 % more, others 12.5 %. A quarter more satisfies all of them.
_RAISE = 5, 4
_LEAST_RAISE = 9, 8


@dataclass(frozen=True, slots=True)
class Fees:
    """`tip` goes to the block's builder; `cap` bounds tip and base fee together."""

    tip: int
    cap: int

    @classmethod
    def offered(cls, base_fee: int, tip: int, ceiling: int) -> Self:
        """Enough for a base fee that doubles, within the ceiling."""
        cap = min(2 * base_fee + tip, ceiling)
        return cls(min(tip, cap), cap)

    def raised(self, base_fee: int, ceiling: int) -> Self | None:
        """A better offer under the same nonce; None if the ceiling leaves no room for one."""
        tip = max(_times(self.tip, _RAISE), 1)
        cap = min(max(_times(self.cap, _RAISE), 2 * base_fee + tip), ceiling)
        tip = min(tip, cap)
        if cap < _times(self.cap, _LEAST_RAISE) or tip < _times(self.tip, _LEAST_RAISE):
            return None
        return type(self)(tip, cap)

    def covers(self, base_fee: int) -> bool:
        return self.cap >= base_fee


def _times(value: int, ratio: tuple[int, int]) -> int:
    """The value times the ratio, rounded up."""
    over, under = ratio
    return -(-value * over // under)
