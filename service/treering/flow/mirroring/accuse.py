"""Accuse: what a log's contradiction is made of, so that anybody can see it; and how a source
stands after a look.

The entries that differ are looked for in the tiles of the offered head, which lead to its
signature. What cannot be fetched is left out: the two heads are a proof by themselves.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Engine

from treering.domain import tiles
from treering.domain.contradiction import (
    Contradiction,
    Kind,
    State,
    first_difference,
    lots_named,
)
from treering.domain.registry_head import TreeHead
from treering.domain.registry_log import Prover, leaf, perfect_root
from treering.domain.tiles import TileTree
from treering.errors import (
    RegistryContradicted,
    RegistryRefused,
    RegistryUnavailable,
)
from treering.registry.feed import Feed
from treering.store import contradictions
from treering.store.mirror import Mirror

MOST_BUNDLES = 16  # that are fetched to see what differs: 4,096 entries


def of_heads(
    error: RegistryContradicted, mirror: Mirror, held: TreeHead, offered: TreeHead, feed: Feed
) -> RegistryContradicted:
    """Two notes that cannot both be true, with what they disagree about."""
    found = _said(Kind.HEADS, str(error), held, offered)
    with suppress(RegistryRefused, RegistryUnavailable):
        found = _looked_into(found, mirror, TileTree(offered, feed.tile), feed)
    return _raised(found)


def of_rewriting(
    mirror: Mirror, held: TreeHead, tree: TileTree, feed: Feed
) -> RegistryContradicted:
    """A longer log that does not begin with the one that was signed before."""
    offered = tree.head
    why = f"the {offered.size} entries do not begin with the {held.size} that were signed before"
    beginning = tree.root(held.size), *tree.consistency(held.size, offered.size)
    found = replace(_said(Kind.REWRITTEN, why, held, offered), proof=beginning)
    with suppress(RegistryRefused, RegistryUnavailable):
        found = _looked_into(found, mirror, tree, feed)
    return _raised(found)


def tell(engine: Engine, feed: str, error: Exception | None, now: datetime) -> None:
    """How the look ended: `error` is RegistryUnavailable, RegistryRefused, or None for well."""
    code, why = getattr(error, "code", ""), str(error or "")
    with engine.begin() as connection:
        contradictions.tell(connection, feed, _state(error), code=code, why=why, now=now)
        if isinstance(error, RegistryContradicted) and isinstance(error.found, Contradiction):
            contradictions.keep(connection, error.found, now)
        if isinstance(error, RegistryRefused) and error.raw:
            contradictions.keep_refused(
                connection, feed, path=error.path, code=code, why=why, raw=error.raw, now=now
            )


def _state(error: Exception | None) -> State:
    if error is None:
        return State.GOOD
    if isinstance(error, RegistryContradicted):
        return State.CONTRADICTED
    return State.REFUSED if isinstance(error, RegistryRefused) else State.SILENT


def _said(kind: Kind, why: str, held: TreeHead, offered: TreeHead) -> Contradiction:
    return Contradiction(
        feed=held.origin,
        kind=kind,
        why=why,
        held_note=held.note,
        held_size=held.size,
        offered_note=offered.note,
        offered_size=offered.size,
    )


def _raised(found: Contradiction) -> RegistryContradicted:
    error = RegistryContradicted(found.why, found.held_note, found.offered_note)
    error.found = found
    return error


def _looked_into(
    found: Contradiction, mirror: Mirror, tree: TileTree, feed: Feed
) -> Contradiction:
    """With the first entry that differs, in both versions, and the lots of all that do."""
    ours = _Held(mirror, found.held_size)
    differing = list(islice(_differing(ours, tree, feed), MOST_BUNDLES))
    if not differing:
        return found
    start, mine, theirs = differing[0]
    common = min(len(mine), len(theirs))
    first = first_difference(mine[:common], theirs[:common])
    at = common if first is None else first
    raws = [raw for _, left, right in differing for raw in _changed(left, right)]
    path = ours.inclusion(start + at, found.held_size)
    found = replace(found, index=start + at, lots=lots_named(raws))
    found = replace(found, held_raw=mine[at], held_path=path)
    if at < len(theirs):
        path = tree.inclusion(start + at, tree.head.size)
        found = replace(found, offered_raw=theirs[at], offered_path=path)
    return found


Differing = tuple[int, list[bytes], list[bytes]]  # first index, our entries, theirs


def _differing(ours: "_Held", tree: TileTree, feed: Feed) -> Iterator[Differing]:
    """The bundles in which the two logs differ, as far as the held one reaches."""
    for index in range(-(-ours.size // tiles.WIDTH)):
        start = index * tiles.WIDTH
        mine = ours.entries(index)
        width = tiles.width(0, index, tree.head.size)
        if len(mine) == width == tiles.WIDTH and ours.bundle_root(index) == tree.perfect(
            tiles.BITS, index
        ):
            continue
        theirs: list[bytes] = []
        if width:
            theirs = tiles.unpacked(feed.bundle(index, width))
            tree.check_bundle(index, theirs)
        if mine != theirs[: len(mine)]:
            yield start, mine, theirs[: len(mine)]


def _changed(ours: list[bytes], theirs: list[bytes]) -> Iterator[bytes]:
    """Both versions of what differs, and what one side lacks."""
    for i in range(max(len(ours), len(theirs))):
        pair = ours[i : i + 1], theirs[i : i + 1]
        if pair[0] != pair[1]:
            yield from (*pair[0], *pair[1])


@dataclass
class _Held(Prover):
    """The log as we hold it, read from our books a bundle at a time."""

    mirror: Mirror
    size: int

    def entries(self, index: int) -> list[bytes]:
        start = index * tiles.WIDTH
        return self.mirror.entries(start, min(start + tiles.WIDTH, self.size))

    def bundle_root(self, index: int) -> bytes:
        return perfect_root([leaf(raw) for raw in self.entries(index)])

    def perfect(self, height: int, index: int) -> bytes:
        if height >= tiles.BITS:
            wide = 1 << height - tiles.BITS
            return perfect_root([self.bundle_root(index * wide + i) for i in range(wide)])
        first = index << height
        raws = self.mirror.entries(first, first + (1 << height))
        return perfect_root([leaf(raw) for raw in raws])
