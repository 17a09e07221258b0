"""Staged bundles become the mirror's entries: each is judged by those before it, and all of them
are written, in the caller's transaction."""

from collections.abc import Sequence
from itertools import chain

from sqlalchemy import Connection

from treering.domain import tiles
from treering.domain.fulfilment import Entry, Fulfilment
from treering.domain.record import TreeId
from treering.domain.register import Register
from treering.domain.registry_head import TreeHead
from treering.domain.registry_log import Frontier, leaf, perfect_root
from treering.errors import EntryRefused, RegistryRefused
from treering.store.mirror_replay import Listed, Replay
from treering.store.staged import Staged


def apply(
    connection: Connection, frontier: Frontier, offered: TreeHead, staged: Staged
) -> Frontier:
    """The frontier after all that is staged; EntryRefused for what cannot be."""
    replay = Replay(connection, offered.origin)
    first = frontier.size // tiles.WIDTH * tiles.WIDTH
    for bundles in staged.read(first, offered.size):
        raws = list(chain.from_iterable(tiles.unpacked(bundle.raw) for bundle in bundles))
        new = raws[frontier.size - bundles[0].start :]
        take(replay, frontier.size, new, offered)
        frontier = _grown(frontier, new)
    if frontier.size != offered.size:
        raise RegistryRefused(f"{frontier.size} entries of {offered.size} were staged")
    return frontier


def take(replay: Replay, first: int, raws: Sequence[bytes], offered: TreeHead) -> None:
    """These entries, from index `first` on; EntryRefused with the one that cannot be."""
    entries: list[Entry] = []
    index = first
    try:
        for index, raw in enumerate(raws, first):
            entries.append(Entry.read(index, raw))
        register = replay.register(entries)
        known = set(register.fulfilments)
        for index, entry in enumerate(entries, first):
            _check_date(index, entry, offered)
            register.take(register.judge(index, entry))
    except EntryRefused as error:
        raise error.because_of(f"entry {index}", raws[index - first]) from None
    replay.append(first, list(zip(raws, entries, strict=True)))
    changed = [register.fulfilments[name] for name in {entry.certificate for entry in entries}]
    replay.write(changed, known, _dropped(first, entries, register))


def _check_date(index: int, entry: Entry, offered: TreeHead) -> None:
    if entry.at > offered.time:
        raise EntryRefused(f"entry {index} is dated {entry.at}, after the head that holds it")


def _dropped(first: int, entries: Sequence[Entry], register: Register) -> list[Listed]:
    """Trees that a certificate listed on the way, and lists no more."""
    found: dict[tuple[TreeId, bytes], Fulfilment] = {}
    for index, entry in enumerate(entries, first):
        newest = register.fulfilments[entry.certificate]
        if newest.index != index:
            for tree in set(entry.trees).difference(newest.entry.trees):
                found[tree, entry.certificate] = Fulfilment(index, newest.entry)
    return [(tree, one) for (tree, _), one in found.items()]


def _grown(frontier: Frontier, raws: Sequence[bytes]) -> Frontier:
    """By whole bundles where there are any, which is cheaper than by entries."""
    leaves = [leaf(raw) for raw in raws]
    lead = min(-frontier.size % tiles.WIDTH, len(leaves))
    frontier = frontier.joined(0, leaves[:lead])
    whole = (len(leaves) - lead) // tiles.WIDTH
    tops = [
        perfect_root(leaves[at : at + tiles.WIDTH])
        for at in range(lead, lead + whole * tiles.WIDTH, tiles.WIDTH)
    ]
    frontier = frontier.joined(tiles.BITS, tops) if tops else frontier
    return frontier.joined(0, leaves[lead + whole * tiles.WIDTH :])
