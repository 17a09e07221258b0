"""What a mirror refuses of a log: nothing of it stays, and the last good state is kept."""

from base64 import b64encode
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from tests.fakes.registry import KEY, OTHER_KEY, PUBLIC, Clock, after, body, issued
from tests.flow.mirror.kit import LOG, refused, row, rows, tree
from treering.domain.fulfilment import Event
from treering.domain.record import TreeId
from treering.domain.tiles import packed, unpacked
from treering.errors import (
    EntryRefused,
    MirrorDamaged,
    MirrorStale,
    RegistryContradicted,
    RegistryRefused,
    RegistryUnavailable,
    TreeUsedTwice,
)
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import insist, status
from treering.flow.overseeing.doctor.registry import signs
from treering.store.tables.contradictions import mirror_refused, mirror_sources
from treering.store.tables.mirror import mirror_heads


def test_a_head_from_the_future_does_not_lock_out_later_ones(engine, feed, clock, registry):
    registry.clock = Clock(clock.now + timedelta(days=365))
    refused(engine, feed, clock, why="is dated")
    registry.clock = clock
    assert sync(engine, feed, clock).added == 5


def test_a_leap_forward_is_bounded_and_later_heads_are_still_taken(engine, feed, clock):
    with pytest.raises(RegistryRefused, match="5 new entries at once; at most 4"):
        sync(engine, feed, clock, most_new=4)
    assert sync(engine, feed, clock, most_new=5).added == 5


def test_a_head_by_another_key_is_refused(engine, feed, clock, registry):
    sync(engine, feed, clock)
    registry.key = OTHER_KEY
    refused(engine, feed, clock, why="is not signed by")


def entries(change):
    """Spoil the entries of a bundle."""
    return body(lambda bundle: packed(change(unpacked(bundle))))


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (body(lambda raw: raw.replace(b"150000", b"640000", 1)), "not those that were signed"),
        (body(lambda raw: raw[:-1]), "ends in the middle of an entry"),
        (body(lambda raw: raw[:-200]), "ends in the middle of an entry"),
        (body(lambda raw: b""), "has 0 entries, not 5"),
        (entries(lambda every: every[:4]), "has 4 entries, not 5"),
        (entries(lambda every: every + every[:1]), "has 6 entries, not 5"),
        (entries(lambda every: every[:4] + every[:1]), "not those that were signed"),
        (entries(lambda every: every[::-1]), "not those that were signed"),
    ],
    ids="tampered cut shorter empty missing overlapping duplicated reordered".split(),
)
def test_f55_entries_that_are_not_the_signed_ones_are_refused_and_kept_as_evidence(
    engine, feed, clock, between, spoil, why
):
    between.spoils["/tile/entries/"] = spoil
    error = refused(engine, feed, clock, why=why)
    if error.raw:
        assert row(engine, mirror_refused).raw == error.raw
    between.spoils.clear()
    assert sync(engine, feed, clock).added == 5


@pytest.mark.parametrize(
    "spoil",
    [
        body(lambda raw: bytes(len(raw))),
        body(lambda raw: raw[32:]),
        body(lambda raw: raw + raw[:32]),
    ],
    ids="others short long".split(),
)
def test_tiles_that_do_not_lead_to_the_signed_root_are_refused(
    engine, feed, clock, between, spoil
):
    between.spoils["/tile/0/"] = spoil
    refused(engine, feed, clock, why="do not hash to the signed root|bytes")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b'{"year":NaN}', "entry 5"),
        (b'{"year":1e400}', "entry 5"),
        (b"[" * 60_000, "entry 5"),
        (b"\xff\xfe", "entry 5"),
        (b"", "entry 5"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "entry 5"),
        (issued(6).raw.replace(b"{", b"{ ", 1), "entry 5 is not canonical"),
        (issued(6).raw.replace(b'"F1"', b'"F9"'), "entry 5"),
        (issued(6).raw.replace(b'"year":2024', b'"year":2O24'), "entry 5"),
        (issued(6).raw.replace(b"00Z", b"00+00:00"), "entry 5: .* is not written like"),
    ],
    ids="nan huge deep bytes nothing xml spaced impossible invalid offset".split(),
)
def test_f56_signed_entries_of_another_form_are_refused_and_kept(
    engine, feed, clock, registry, raw, why
):
    sync(engine, feed, clock)
    registry.raws += [raw, issued(7).raw]
    error = refused(engine, feed, clock, EntryRefused, why)
    assert (error.path, error.raw) == ("entry 5", raw)


@pytest.mark.parametrize(
    ("entry", "error", "why"),
    [
        (issued(0, 99), EntryRefused, "entry 5 issues again"),
        (issued(6, 0), TreeUsedTwice, "entry 5: tree 000000000000000000000000 is used"),
        (after(issued(6), Event.WITHDRAWN), EntryRefused, "entry 5: withdrawn, but"),
        (replace(issued(6), year=2026), EntryRefused, "entry 5: year 2026"),
    ],
)
def test_f55_what_is_issued_or_used_twice_is_refused_with_its_collision(
    engine, feed, clock, registry, entry, error, why
):
    sync(engine, feed, clock)
    registry.add(entry)
    refused(engine, feed, clock, error, why)


def test_an_entry_from_after_its_head_is_refused(engine, feed, clock, registry):
    registry.add(issued(6, at=clock.now + timedelta(seconds=1)), issued(7))
    refused(engine, feed, clock, EntryRefused, "entry 5 is dated .*, after the head")


def test_a_registry_that_falls_silent_half_way_leaves_nothing(engine, feed, clock, between):
    sync(engine, feed, clock)
    before = rows(engine)
    between.spoils["/checkpoint"] = lambda answer: replace(answer, status=503)
    refused(engine, feed, clock, RegistryUnavailable, "503")
    assert status(engine, LOG, clock).held.head.size == 5
    assert rows(engine) == before


def test_our_own_rows_changed_by_hand_are_noticed(engine, feed, clock):
    sync(engine, feed, clock)
    with engine.begin() as connection:
        connection.execute(update(mirror_heads).values(peaks=bytes(64)))
    with pytest.raises(MirrorDamaged, match="the frontier of 5 has another root"):
        sync(engine, feed, clock)


def test_a_log_that_goes_back_is_refused(engine, feed, clock, registry):
    sync(engine, feed, clock)
    del registry.raws[3:]
    refused(engine, feed, clock, why="went back to 3 entries")
    clock.passes(hours=1)
    refused(engine, feed, clock, RegistryContradicted, "5 entries at .* but 3 at")


def test_f51_a_log_that_goes_back_in_time_is_refused_and_the_last_good_state_named(
    engine, feed, clock, registry, between
):
    seen = []
    between.spoils["/checkpoint"] = body(lambda note: seen.append(note) or note)
    good_at = sync(engine, feed, clock).held.fetched_at
    registry.add(issued(9, 99))
    clock.passes(hours=1)
    good_at = sync(engine, feed, clock).held.fetched_at
    between.spoils["/checkpoint"] = body(lambda _: seen[0])
    clock.passes(hours=1)
    refused(engine, feed, clock, why="went back to 5 entries as of")
    clock.passes(hours=1)
    refused(engine, feed, clock, why="we hold 6")
    source = row(engine, mirror_sources)
    assert (source.state, source.code, source.good_at) == ("refused", "TR202", good_at)
    assert source.since == good_at + timedelta(hours=1)
    assert status(engine, LOG, clock).held.head.size == 6


def test_f52_a_frozen_head_grows_old_is_alarmed_of_and_leaned_on_by_nobody(
    engine, feed, clock, between
):
    frozen = []
    between.spoils["/checkpoint"] = body(lambda note: (frozen or frozen.append(note) or frozen)[0])
    sync(engine, feed, clock)
    clock.passes(days=30)
    sync(engine, feed, clock)

    shown = status(engine, LOG, clock)
    assert (shown.age, shown.stale) == (timedelta(days=30), True)
    assert shown.held.fetched_at == clock.now
    assert tree(engine, 0).age(clock.now) == timedelta(days=30)
    (sign,) = signs(engine, LOG, clock)
    assert "30 days, 0:00:00 old; 2 days, 0:00:00 are tolerated" in sign.said
    with engine.connect() as connection, pytest.raises(MirrorStale):
        insist(connection, LOG, [TreeId(0)], clock.now)


def test_f53_a_head_of_two_to_the_63_is_refused_and_later_ones_are_taken(
    engine, feed, clock, between
):
    def leap(note):
        origin, _, *rest = note.decode().partition("\n\n")[0].split("\n")
        text = "\n".join([origin, str(2**63), *rest]) + "\n"
        signature = b64encode(PUBLIC.key_id + KEY.sign(text.encode())).decode()
        return f"{text}\n— {origin} {signature}\n".encode()

    between.spoils["/checkpoint"] = body(leap)
    error = refused(engine, feed, clock, why="no size and root: '9223372036854775808'")
    assert row(engine, mirror_refused).raw == error.raw
    between.spoils.clear()
    assert sync(engine, feed, clock).added == 5


def test_f54_bundles_of_two_versions_are_refused_by_the_signed_root(
    engine, feed, clock, registry, between
):
    registry.raws = [issued(number, number).raw for number in range(300)]
    later = packed(issued(number + 1000, number).raw for number in range(256, 300))
    between.spoils["/tile/entries/001"] = body(lambda _: later)
    error = refused(engine, feed, clock, why="the entries of bundle 1 are not those")
    assert (error.path, error.raw) == ("tile/entries/001.p/44", later)
    assert row(engine, mirror_refused).raw == later
    between.spoils.clear()
    assert sync(engine, feed, clock).added == 300
