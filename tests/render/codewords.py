"""Where each codeword of a QR code lies, by ISO/IEC 18004 (7.3 and 7.7), for versions 7 to 13."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.int32]
_MIDDLE = {7: 22, 8: 24, 9: 26, 10: 28, 11: 30, 12: 32, 13: 34}  # of the alignment patterns


def codewords(version: int) -> Map:
    """The number of the codeword that each module belongs to; -1 for the marks and patterns
    that hold none, and for the few bits left over."""
    function = patterns(version)
    found = np.full(function.shape, -1, np.int32)
    places = [place for place in _zigzag(len(function)) if not function[place]]
    for bit, place in enumerate(places[: len(places) // 8 * 8]):
        found[place] = bit // 8
    return found


def patterns(version: int) -> NDArray[np.bool_]:
    """The modules of finders, timing, alignment, format and version."""
    side = 17 + 4 * version
    marked = np.zeros((side, side), np.bool_)
    marked[:9, :9] = marked[:9, -8:] = marked[-8:, :9] = True
    marked[6, :] = marked[:, 6] = True
    marked[-11:-8, :6] = marked[:6, -11:-8] = True
    at = (6, _MIDDLE[version], side - 7)
    for y in at:
        for x in at:
            if not (y == 6 and x != at[1]) and not (x == 6 and y != at[1]):
                marked[y - 2 : y + 3, x - 2 : x + 3] = True
    return marked


def _zigzag(side: int) -> Iterator[tuple[int, int]]:
    """Upwards and downwards in columns two wide, from the right; the timing column is skipped."""
    columns = [*range(side - 1, 6, -2), *range(5, 0, -2)]
    for turn, right in enumerate(columns):
        rows = range(side - 1, -1, -1) if turn % 2 == 0 else range(side)
        for y in rows:
            yield y, right
            yield y, right - 1


def blocks_of_12_h() -> NDArray[np.int32]:
    """To which of the eleven blocks of a code of version 12, level H, each codeword belongs.
    A block has 42 or 43, and up to 14 wrong ones are repaired."""
    data = [*range(11)] * 14 + [7, 8, 9, 10]
    return np.array(data + [*range(11)] * 28, np.int32)
