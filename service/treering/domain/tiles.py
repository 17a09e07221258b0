"""A log in tiles (c2sp.org/tlog-tiles): 256 hashes, or 256 entries, each under its own address.

    tile/<L>/<N>[.p/<W>]        W hashes of level L: each the root over 256^L entries
    tile/entries/<N>[.p/<W>]    W entries, each after its length in two bytes, big-endian

N is written in groups of three digits, all but the last after an `x`: 1234067 is
`x001/x234/067`. Only the last tile of a level may be partial (`.p/<W>`).
"""

import re
from collections.abc import Callable, Iterable

from treering.domain.registry_head import TreeHead
from treering.domain.registry_log import Frontier, Prover, leaf, perfect_root
from treering.errors import RegistryRefused

WIDTH = 256
BITS = 8
HASH = 32

_PATH = re.compile(r"(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


def path(level: int | None, index: int, width: int = WIDTH) -> str:
    """The address below the log's prefix; level None for entries."""
    groups = [f"{index % 1000:03}"]
    while index >= 1000:
        index //= 1000
        groups.insert(0, f"x{index % 1000:03}")
    partial = "" if width == WIDTH else f".p/{width}"
    return f"tile/{'entries' if level is None else level}/{'/'.join(groups)}{partial}"


def parsed(address: str) -> tuple[int | None, int, int]:
    """Level, index and width of what follows `tile/`; ValueError for any other way to write it."""
    match = _PATH.fullmatch(address)
    if match:
        level = None if match[1] == "entries" else int(match[1])
        found = level, int(match[2].replace("x", "").replace("/", "")), int(match[3] or WIDTH)
        if path(*found) == f"tile/{address}":
            return found
    raise ValueError(f"no tile is called {address!r:.80}")


def width(level: int, index: int, size: int) -> int:
    """How many hashes that tile has in a log of this size; 0 if there is no such tile."""
    return max(0, min(WIDTH, (size >> BITS * level) - index * WIDTH))


def packed(entries: Iterable[bytes]) -> bytes:
    """Entries as a bundle; OverflowError for one of 64 KiB or more."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unpacked(bundle: bytes) -> list[bytes]:
    """The entries of a bundle; ValueError if it ends in the middle of one."""
    entries, at = [], 0
    while at < len(bundle):
        end = at + 2 + int.from_bytes(bundle[at : at + 2], "big")
        if end > len(bundle) or at + 2 > len(bundle):
            raise ValueError("the bundle ends in the middle of an entry")
        entries.append(bundle[at + 2 : end])
        at = end
    return entries


class TileTree(Prover):
    """The log under a signed head, by its tiles; every tile is checked before a hash of it is
    used. `fetch(level, index, width)` gives a tile's bytes, and is asked once for each.

    Raises RegistryRefused where a tile does not belong to the head.
    """

    def __init__(self, head: TreeHead, fetch: Callable[[int, int, int], bytes]) -> None:
        self.head = head
        self.size = head.size
        self._fetch = fetch
        self._tiles: dict[tuple[int, int], list[bytes]] = {}
        self._check_edge()

    def perfect(self, height: int, index: int) -> bytes:
        level, above = divmod(height, BITS)
        first = index << above
        tile = self._tile(level, first // WIDTH)
        return perfect_root(tile[first % WIDTH : first % WIDTH + (1 << above)])

    def check_bundle(self, index: int, entries: list[bytes]) -> None:
        """RegistryRefused unless these are the entries of bundle `index` under the head."""
        leaves = [leaf(entry) for entry in entries]
        if len(leaves) == WIDTH:
            true = perfect_root(leaves) == self.perfect(BITS, index)
        else:
            true = leaves == self._tile(0, index)
        if not true:
            raise RegistryRefused(f"the entries of bundle {index} are not those that were signed")

    def _check_edge(self) -> None:
        """The last tile of each level, whose hashes together make the signed root."""
        size, peaks = self.head.size, []
        for height in reversed(range(size.bit_length())):
            if size >> height & 1:
                peaks.append(self._peak(height))
        if Frontier(size, tuple(peaks)).root != self.head.root:
            raise RegistryRefused(f"the tiles of {size} entries do not hash to the signed root")

    def _peak(self, height: int) -> bytes:
        """Of the last perfect subtree of this height, from a tile that nothing lies above."""
        level, above = divmod(height, BITS)
        count = self.head.size >> BITS * level
        last = count // WIDTH
        tile = self._read(level, last, count % WIDTH)
        first = (count >> above + 1 << above + 1) % WIDTH
        return perfect_root(tile[first : first + (1 << above)])

    def _tile(self, level: int, index: int) -> list[bytes]:
        if (level, index) not in self._tiles:
            tile = self._read(level, index, WIDTH)  # what is narrower was read with the edge
            if perfect_root(tile) != self.perfect(BITS * (level + 1), index):
                del self._tiles[level, index]
                raise RegistryRefused(f"tile {index} of level {level} is not under the head")
        return self._tiles[level, index]

    def _read(self, level: int, index: int, wide: int) -> list[bytes]:
        """A tile's hashes, kept; not yet checked."""
        if (level, index) not in self._tiles:
            raw = self._fetch(level, index, wide)
            if len(raw) != wide * HASH:
                raise RegistryRefused(f"tile {index} of level {level} has {len(raw)} bytes")
            self._tiles[level, index] = [raw[at : at + HASH] for at in range(0, len(raw), HASH)]
        return self._tiles[level, index]
