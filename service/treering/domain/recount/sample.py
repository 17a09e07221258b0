"""A sample that nobody could choose: record numbers from a block's hash, each as likely.

Position i is drawn from keccak256(hash ‖ i) as a whole number of 256 bits. Those that would
make some records likelier than others are passed over, and so are records drawn before.
"""

from collections.abc import Iterator
from itertools import accumulate, count

from treering.domain.keccak import keccak
from treering.domain.record import LotId, TreeId, tree_id

_SPACE = 1 << 256


def positions(seed: bytes, size: int, population: int) -> list[int]:
    """`size` different numbers below `population`, in the order in which they were drawn.

    ValueError if the population holds fewer.
    """
    if not 0 < size <= population:
        raise ValueError(f"no sample of {size} out of {population}")
    drawn: dict[int, None] = {}
    for number in _draws(seed, population):
        drawn.setdefault(number)
        if len(drawn) == size:
            break
    return list(drawn)


def _draws(seed: bytes, population: int) -> Iterator[int]:
    fair = _SPACE - _SPACE % population
    for i in count():
        number = int.from_bytes(keccak(seed + i.to_bytes(8, "big")), "big")
        if number < fair:
            yield number % population


def trees_at(numbers: list[int], minted: dict[LotId, int]) -> list[TreeId]:
    """The records at these positions, where lots stand in the order of their ids, one behind
    the other, each with its serials from 0."""
    lots = sorted(lot for lot, held in minted.items() if held)
    ends = list(accumulate(minted[lot] for lot in lots))
    found = []
    for number in numbers:
        at = next(i for i, end in enumerate(ends) if number < end)
        before = ends[at - 1] if at else 0
        found.append(tree_id(lots[at], number - before))
    return found
