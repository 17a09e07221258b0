"""Accuse: what a log's contradiction is made of, so that anybody can see it; and how a source
stands after a look.

The entries that differ are looked for in the tiles of the offered head, which lead to its
signature. What cannot be fetched is left out of the proof: the two heads are one by themselves.
Its lots are held as if it had been changed, or a log could go on by withholding what it rewrote.
Every history that a log offers is kept; one that only grew since is the same (decision 0156).
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

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
    try:
        tree = TileTree(offered, feed.tile)
    except (RegistryRefused, RegistryUnavailable):
        return _raised(replace(found, lots=tuple(mirror.lots_from(0))), mirror)
    return _raised(_looked_into(found, mirror, tree, feed), mirror, tree)


def of_rewriting(
    mirror: Mirror, held: TreeHead, tree: TileTree, feed: Feed
) -> RegistryContradicted:
    """A longer log that does not begin with the one that was signed before."""
    offered = tree.head
    why = f"the {offered.size} entries do not begin with the {held.size} that were signed before"
    beginning = tree.root(held.size), *tree.consistency(held.size, offered.size)
    found = replace(_said(Kind.REWRITTEN, why, held, offered), proof=beginning)
    return _raised(_looked_into(found, mirror, tree, feed), mirror, tree)


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


def _raised(
    found: Contradiction, mirror: Mirror, tree: TileTree | None = None
) -> RegistryContradicted:
    error = RegistryContradicted(found.why, found.held_note, found.offered_note)
    error.found = _offered_before(found, mirror, tree) if tree else found
    return error


def _offered_before(found: Contradiction, mirror: Mirror, tree: TileTree) -> Contradiction:
    """The one that is kept of this history, if it has only grown since; with the new lots."""
    with suppress(RegistryRefused, RegistryUnavailable):
        for one in contradictions.offered(mirror.connection, found):
            if one.size < tree.size and tree.root(one.size) == one.root:
                kept = contradictions.get(mirror.connection, one.id)
                if kept.offered_raw == found.offered_raw:
                    return replace(kept, lots=found.lots)
    return found


def _looked_into(
    found: Contradiction, mirror: Mirror, tree: TileTree, feed: Feed
) -> Contradiction:
    """With the first entry that differs, in both versions, and the lots of all that do or may."""
    ours = _Held(mirror, found.held_size)
    differing, seen = _compared(ours, tree, feed)
    if found.kind is Kind.REWRITTEN and not differing:
        seen = 0  # something differs, and not here: the held head is of another address
    lots = set(lots_named(raw for _, left, right in differing for raw in _changed(left, right)))
    if seen < ours.size:
        lots.update(mirror.lots_from(seen))
    found = replace(found, lots=tuple(sorted(lots)))
    with suppress(RegistryRefused, RegistryUnavailable):
        return _shown(found, ours, tree, differing[0]) if differing else found
    return found


Differing = tuple[int, list[bytes], list[bytes]]  # first index, our entries, theirs


def _shown(
    found: Contradiction, ours: "_Held", tree: TileTree, differing: Differing
) -> Contradiction:
    """With the first entry that differs, and its paths to both heads."""
    start, mine, theirs = differing
    common = min(len(mine), len(theirs))
    first = first_difference(mine[:common], theirs[:common])
    at = common if first is None else first
    path = ours.inclusion(start + at, found.held_size)
    shown = replace(found, index=start + at, held_raw=mine[at], held_path=path)
    if at < len(theirs):
        path = tree.inclusion(start + at, tree.head.size)
        shown = replace(shown, offered_raw=theirs[at], offered_path=path)
    return shown


def _compared(ours: "_Held", tree: TileTree, feed: Feed) -> tuple[list[Differing], int]:
    """The bundles that differ, MOST_BUNDLES of them, and how many entries were compared."""
    differing: list[Differing] = []
    seen = 0
    with suppress(RegistryRefused, RegistryUnavailable):
        for start, mine, theirs in _side_by_side(ours, tree, feed):
            if mine != theirs:
                if len(differing) == MOST_BUNDLES:
                    break
                differing.append((start, mine, theirs))
            seen = start + len(mine)
    return differing, seen


def _side_by_side(ours: "_Held", tree: TileTree, feed: Feed) -> Iterator[Differing]:
    """The bundles of both logs, as far as the held one reaches; those alike are not fetched."""
    for index in range(-(-ours.size // tiles.WIDTH)):
        start = index * tiles.WIDTH
        mine = ours.entries(index)
        width = tiles.width(0, index, tree.head.size)
        if len(mine) == width == tiles.WIDTH and ours.bundle_root(index) == tree.perfect(
            tiles.BITS, index
        ):
            yield start, mine, mine
            continue
        theirs: list[bytes] = []
        if width:
            theirs = tiles.unpacked(feed.bundle(index, width))
            tree.check_bundle(index, theirs)
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
