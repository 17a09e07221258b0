"""A log that contradicts itself: kept with both raw versions and both signed heads, exported so
that anybody can see it, and nothing that leans on it goes on until a person has settled it."""

import json

import pytest

from tests.fakes.registry import KEY, OTHER_KEY, PUBLIC, Between, LooseRegistry, issued, serving
from tests.flow.mirror.kit import LOG, refused, row, tree
from treering.domain import misbehaviour
from treering.domain.contradiction import Kind, State
from treering.domain.record import TreeId, lot_of, tree_id
from treering.domain.registry_head import VerifierKey, sign
from treering.errors import (
    MirrorContradicted,
    MirrorStale,
    ProofRefused,
    RegistryContradicted,
)
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import insist, spoken
from treering.registry.feed import Feed
from treering.store import contradictions
from treering.store.tables.contradictions import mirror_sources

LOT = 7 << 32 | 9


def kept(engine):
    with engine.connect() as connection:
        (found,) = contradictions.contradictions(connection)
    return found


def exported(engine, **changes):
    """The file, and what it proves to somebody who has only the key."""
    said = misbehaviour.document(kept(engine).contradiction, PUBLIC) | changes
    return json.dumps(said).encode()


def proven(engine, **changes):
    return misbehaviour.verify(exported(engine, **changes), PUBLIC)


def rewrite(registry, index, *trees):
    """Another entry in an old one's place."""
    registry.raws[index] = issued(66, *trees).raw


def test_f50_a_rewritten_entry_is_kept_in_both_versions_and_proven(engine, feed, clock, registry):
    sync(engine, feed, clock)
    before = registry.raws[2]
    rewrite(registry, 2, 66)
    registry.add(issued(7, 70))
    refused(engine, feed, clock, RegistryContradicted, "6 entries do not begin with the 5")

    found = kept(engine).contradiction
    assert (found.kind, found.index) == (Kind.REWRITTEN, 2)
    assert (found.held_raw, found.offered_raw) == (before, registry.raws[2])
    assert proven(engine).endswith("before; entry 2 differs")
    assert row(engine, mirror_sources).state == State.CONTRADICTED


@pytest.mark.parametrize("rewritten", [17, 256, 299, 700])
def test_history_of_a_long_log_is_searched_for_what_was_rewritten(
    engine, feed, clock, registry, rewritten
):
    registry.raws = [issued(number, number).raw for number in range(701)]
    sync(engine, feed, clock)
    rewrite(registry, rewritten, 9_999)
    registry.add(*(issued(number, number) for number in range(701, 1300)))
    refused(engine, feed, clock, RegistryContradicted)
    assert kept(engine).contradiction.index == rewritten
    assert "entry" in proven(engine)


def test_two_roots_for_one_size_are_proven_by_the_notes_alone(engine, feed, clock, registry):
    held = sync(engine, feed, clock).held
    rewrite(registry, 2, 66)
    error = refused(engine, feed, clock, RegistryContradicted, "two roots for 5 entries")
    assert (error.held, error.offered) == (held.head.note, kept(engine).contradiction.offered_note)
    assert kept(engine).contradiction.index == 2
    assert "two roots for 5 entries" in proven(engine, entry=None)


def test_fewer_entries_at_a_later_time_are_proven_and_what_is_gone_is_named(
    engine, feed, clock, registry
):
    sync(engine, feed, clock)
    gone = registry.raws[3]
    del registry.raws[3:]
    clock.passes(hours=1)
    refused(engine, feed, clock, RegistryContradicted, "5 entries at .* but 3 at")
    found = kept(engine).contradiction
    assert (found.index, found.held_raw, found.offered_raw) == (3, gone, None)
    assert "but 3 at" in proven(engine)


def test_a_log_that_was_emptied_is_proven_too(engine, feed, clock, registry):
    sync(engine, feed, clock)
    registry.raws.clear()
    clock.passes(hours=1)
    refused(engine, feed, clock, RegistryContradicted, "but 0 at")
    assert kept(engine).contradiction.index == 0
    assert "but 0 at" in proven(engine)


def test_without_the_tiles_the_two_heads_are_evidence_enough(
    engine, feed, clock, registry, between
):
    sync(engine, feed, clock)
    rewrite(registry, 2, 66)
    between.spoils["/tile/"] = lambda answer: type(answer)(503, {}, b"")
    refused(engine, feed, clock, RegistryContradicted)
    assert kept(engine).contradiction.index is None
    assert "two roots" in proven(engine)


def test_rewriting_is_proven_without_the_entries_too(engine, feed, clock, registry, between):
    sync(engine, feed, clock)
    rewrite(registry, 2, 66)
    registry.add(issued(7, 70))
    between.spoils["/tile/entries/"] = lambda answer: type(answer)(503, {}, b"")
    refused(engine, feed, clock, RegistryContradicted)
    assert kept(engine).contradiction.index is None
    assert "do not begin" in proven(engine)


def test_later_notes_of_the_same_entries_are_no_difference_in_them(engine, feed, clock, registry):
    """More entries at an earlier time cannot be, though no entry differs."""
    sync(engine, feed, clock)
    registry.add(issued(7, 70))
    clock.passes(seconds=-1)
    registry.clock = lambda: clock.now
    registry.raws[-1] = issued(7, 70, at=clock.now).raw
    registry.raws[:-1] = [issued(n, 3 * n, 3 * n + 1).raw for n in range(5)]
    refused(engine, feed, clock, RegistryContradicted, "but 6 at")
    assert kept(engine).contradiction.index is None
    assert "but 6 at" in proven(engine)


def test_what_leans_on_a_contradicted_entry_is_held_until_a_person_settles_it(
    engine, feed, clock, registry
):
    held, other = tree_id(LOT, 1), tree_id(LOT + 1, 1)
    registry.add(issued(6, held))
    sync(engine, feed, clock)
    registry.raws[5] = issued(6, other).raw
    registry.add(issued(7, 70))
    refused(engine, feed, clock, RegistryContradicted)

    assert kept(engine).contradiction.lots == (LOT, LOT + 1)
    assert tree(engine, tree_id(LOT, 99)).doubt
    assert tree(engine, 0).doubt is None
    with engine.begin() as connection:
        insist(connection, LOG, [TreeId(0)], clock.now)
        with pytest.raises(MirrorContradicted):
            insist(connection, LOG, [TreeId(0), other], clock.now)
        assert contradictions.settle(connection, kept(engine).id, "explained", clock.now)
        insist(connection, LOG, [held, other], clock.now)
    assert lot_of(held) == LOT


def test_nobody_leans_on_a_mirror_that_is_missing_or_too_old(engine, feed, clock):
    with engine.connect() as connection, pytest.raises(MirrorStale, match="nothing of"):
        insist(connection, LOG, [TreeId(0)], clock.now)
    sync(engine, feed, clock)
    clock.passes(days=2, seconds=1)
    with engine.connect() as connection, pytest.raises(MirrorStale, match="tolerated"):
        insist(connection, LOG, [TreeId(0)], clock.now)


def test_what_is_seen_at_each_look_is_kept_once(engine, feed, clock, registry):
    sync(engine, feed, clock)
    rewrite(registry, 2, 66)
    refused(engine, feed, clock, RegistryContradicted)
    clock.passes(hours=1)
    refused(engine, feed, clock, RegistryContradicted)
    assert kept(engine).seen_at == clock.now
    assert len(spoken(engine).contradictions) == 1


def histories(engine):
    """What was offered against entry 2, in the order in which it was seen."""
    found = [one.contradiction for one in spoken(engine).contradictions]
    assert {one.index for one in found} == {2}
    return [one.offered_raw for one in found]


@pytest.mark.parametrize("more", [0, 1])
def test_a_third_history_of_one_entry_is_kept_beside_the_second_and_proven_too(
    engine, feed, clock, registry, more
):
    sync(engine, feed, clock)
    registry.add(*(issued(7, 70) for _ in range(more)))
    offered = []
    for number in (66, 67, 68, 66):
        rewrite(registry, 2, number)
        offered.append(registry.raws[2])
        clock.passes(hours=1)
        refused(engine, feed, clock, RegistryContradicted)
    assert histories(engine) == offered[:3]
    for one in spoken(engine).contradictions:
        file = json.dumps(misbehaviour.document(one.contradiction, PUBLIC)).encode()
        assert "entry 2 differs" in misbehaviour.verify(file, PUBLIC)


def test_a_history_that_only_grows_is_the_same_one_with_the_lots_that_it_names_since(
    engine, feed, clock, registry
):
    sync(engine, feed, clock)
    rewrite(registry, 2, tree_id(LOT, 1))
    registry.add(issued(7, 70))
    refused(engine, feed, clock, RegistryContradicted)
    first = kept(engine).contradiction
    for number in (71, 72):
        registry.add(issued(number, number))
        clock.passes(hours=1)
        refused(engine, feed, clock, RegistryContradicted)
    assert kept(engine).contradiction == first
    assert kept(engine).seen_at == clock.now

    registry.raws[6] = issued(99, 99).raw  # beyond what was contradicted, and yet another one
    refused(engine, feed, clock, RegistryContradicted)
    registry.add(issued(98, 98))
    refused(engine, feed, clock, RegistryContradicted)
    assert histories(engine) == [first.offered_raw]


def test_entries_that_were_gone_and_return_otherwise_are_a_history_of_their_own(
    engine, feed, clock, registry
):
    sync(engine, feed, clock)
    del registry.raws[2:]
    clock.passes(hours=1)
    refused(engine, feed, clock, RegistryContradicted)
    registry.add(issued(66, 66))
    clock.passes(hours=1)
    refused(engine, feed, clock, RegistryContradicted)
    assert histories(engine) == [None, registry.raws[2]]


def test_a_log_that_returns_to_the_truth_is_followed_again(engine, feed, clock, registry):
    sync(engine, feed, clock)
    true = list(registry.raws)
    rewrite(registry, 2, 66)
    refused(engine, feed, clock, RegistryContradicted)
    registry.raws = [*true, issued(9, 99).raw]
    clock.passes(hours=1)
    assert sync(engine, feed, clock).added == 1
    assert row(engine, mirror_sources).state == State.GOOD
    assert kept(engine).settled_at is None


@pytest.fixture
def rewritten(engine, feed, clock, registry):
    sync(engine, feed, clock)
    rewrite(registry, 2, 66)
    registry.add(issued(7, 70))
    refused(engine, feed, clock, RegistryContradicted)
    return kept(engine).contradiction


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"held": "nothing"}, "not a signed note"),
        ({"beginning": None}, "not shown to begin otherwise"),
        ({"beginning": "00" * 32}, "not shown to begin otherwise"),
        ({"growth": []}, "not shown to begin otherwise"),
        ({"growth": ["xy"]}, "non-hexadecimal"),
        ({"kind": "heads"}, "both heads may be true"),
        ({"kind": "guess"}, "Invalid enum value"),
        ({"entry": {"index": 3}}, "missing required field"),
        (
            {"entry": {"index": 2, "held": None, "offered": None}},
            "not shown, which its head holds",
        ),
        ({"entry": {"index": 9, "held": None, "offered": None}}, "the same in both"),
        (
            {"entry": {"index": 2, "held": {"raw": "eA==", "path": []}, "offered": None}},
            "not shown to stand",
        ),
        (
            {"entry": {"index": 2, "held": {"raw": "?", "path": []}, "offered": None}},
            "base64|alpha",
        ),
    ],
)
def test_a_file_that_proves_nothing_is_refused(engine, rewritten, changes, why):
    with pytest.raises(ProofRefused, match=why):
        proven(engine, **changes)


def test_a_log_that_kept_its_word_is_not_accused_by_its_own_heads(engine, feed, clock, registry):
    held = sync(engine, feed, clock).held.head
    beginning = {"beginning": held.root.hex(), "growth": []}
    said = {"format": misbehaviour.FORMAT, "log": "", "kind": "rewritten"} | beginning
    said |= {"held": held.note, "offered": held.note}
    with pytest.raises(ProofRefused, match="not shown to begin otherwise"):
        misbehaviour.verify(json.dumps(said).encode(), PUBLIC)


@pytest.mark.parametrize("raw", [b"", b"{}", b"\xff", b"[" * 20_000])
def test_what_is_no_such_file_is_refused(raw):
    with pytest.raises(ProofRefused):
        misbehaviour.verify(raw, PUBLIC)


def test_an_entry_of_which_one_version_is_left_out_is_no_difference(engine, rewritten):
    entry = json.loads(exported(engine))["entry"] | {"offered": None}
    with pytest.raises(ProofRefused, match="entry 2 is not shown, which its head holds"):
        proven(engine, entry=entry)


def test_nobody_is_accused_by_another_key(engine, rewritten):
    other = VerifierKey.of(PUBLIC.name, OTHER_KEY)
    with pytest.raises(ProofRefused, match="is not signed by"):
        misbehaviour.verify(exported(engine), other)


def test_more_bundles_than_are_looked_into_leave_the_first_difference(engine, clock):
    registry = LooseRegistry(clock=clock)
    registry.raws = [issued(number, number).raw for number in range(256 * 20)]
    with serving(Between(registry.app())) as url:
        feed = Feed(url, PUBLIC)
        sync(engine, feed, clock)
        registry.raws[300:] = [issued(n + 10_000, n).raw for n in range(300, 256 * 20)]
        refused(engine, feed, clock, RegistryContradicted, "two roots")
        feed.close()
    assert kept(engine).contradiction.index == 300
    assert sign(LOG, 0, bytes(32), clock.now, KEY).size == 0
