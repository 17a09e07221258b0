"""Rows of two sides, and what they come to: what is under way is no difference."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from treering.domain.comparison.batches import BatchRow, compare_batch
from treering.domain.comparison.cases import CASES, COUNTS, OURS, REGISTRY
from treering.domain.comparison.claims import ClaimRow, Moment, compare_claim
from treering.domain.comparison.holders import Stretch, compare_holders
from treering.domain.comparison.lots import unknown_count
from treering.domain.difference import Difference
from treering.domain.record import lot_id, tree_id

NOW = datetime(2026, 11, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOT = lot_id(1, 277)
AT = Moment(settled=NOW - HOUR / 6, late_before=NOW - HOUR, head_time=NOW - HOUR)
BATCH = BatchRow(
    lot=LOT,
    first_serial=0,
    count=3,
    root=b"\1" * 32,
    state="signed",
    sealed_at=NOW - HOUR / 2,
    block=None,
    minted=None,
    minted_root=None,
)
CLAIM = ClaimRow(tree=tree_id(LOT, 0))


def batch(**changes: object) -> list[str]:
    row = replace(BATCH, **changes)
    return [found.case.name for found in compare_batch(row, 7, NOW - HOUR)]


def claim(**changes: object) -> list[str]:
    return [found.case.name for found in compare_claim(replace(CLAIM, **changes), AT)]


def test_a_batch_on_its_way_is_no_difference_until_it_is_late():
    assert batch() == []
    assert batch(sealed_at=NOW - 2 * HOUR) == ["BATCH_LATE"]
    assert batch(minted=3, minted_root=b"\1" * 32) == []


def test_a_batch_that_was_mined_after_the_block_is_not_missed_at_it():
    assert batch(state="mined", block=8) == []
    assert batch(state="mined", block=7) == ["BATCH_LOST"]


def test_an_exchange_on_its_way_is_no_difference_until_it_is_late():
    young, old = NOW - HOUR / 2, NOW - 2 * HOUR
    listed = {"listed": b"\5" * 32, "exchange": b"\5" * 32, "state": "issued"}
    assert claim(state="applied", applied_at=young) == []
    assert claim(state="applied", applied_at=old) == ["EXCHANGE_LATE"]
    assert claim(**listed, applied_at=young) == []
    assert claim(**listed, applied_at=old) == ["EXCHANGE_LATE"]
    assert claim(**listed, claim=b"\5" * 32, applied_at=young) == []


def test_only_a_head_from_after_the_claim_can_lack_its_certificate():
    mine = {"claim": b"\5" * 32}
    assert claim(**mine, claimed_at=NOW - HOUR / 2) == []
    assert claim(**mine, claimed_at=NOW - 2 * HOUR) == ["CERTIFICATE_MISSING"]
    ours = {"state": "claimed", "exchange": b"\5" * 32}
    assert claim(**ours, applied_at=NOW - HOUR / 2) == []
    assert claim(**ours, applied_at=NOW - 2 * HOUR) == ["EXCHANGE_NOWHERE"]


def test_what_ended_on_all_sides_is_no_difference():
    assert claim(released=b"\5" * 32) == []
    assert claim(released=b"\5" * 32, state="released", exchange=b"\5" * 32) == []
    assert claim(claim=b"\5" * 32, listed=b"\5" * 32, state="claimed", exchange=b"\5" * 32) == []


def test_what_any_side_has_dated_a_moment_ago_is_moving():
    for name in ("applied_at", "ended_at", "entered_at", "claimed_at"):
        assert AT.is_moving(replace(CLAIM, **{name: NOW}))
        assert not AT.is_moving(replace(CLAIM, **{name: NOW - HOUR}))


def test_records_that_differ_are_told_in_runs():
    ours = b"".join(bytes([n]) * 20 for n in (1, 2, 9, 9, 5, 9))
    theirs = b"".join(bytes([n]) * 20 for n in (1, 2, 3, 4, 5, 6))

    found = list(compare_holders(LOT, 10, theirs, [Stretch(6, ours)]))

    assert [(one.subject, one.count) for one in found] == [
        ("record 1/277/12", 2),
        ("record 1/277/15", 1),
    ]
    assert found[0].left == "0x" + "09" * 20
    assert found[0].right == "0x" + "03" * 20


def test_stretches_are_held_against_their_own_records():
    theirs = b"".join(bytes([n]) * 20 for n in (1, 2, 3, 4))
    stretches = [Stretch(1, b"\1" * 20), Stretch(1, None), Stretch(1, b""), Stretch(1, b"\4" * 20)]

    [found] = compare_holders(LOT, 0, theirs, stretches)

    assert (found.case.name, found.subject) == ("RECORD_UNREDEEMED", "record 1/277/2")


def test_a_difference_is_known_again_by_its_case_and_subject():
    first = unknown_count("A", 1)
    assert first.identity == unknown_count("A", 2).identity
    assert first.identity != unknown_count("B", 1).identity
    other = Difference(case=CASES["LOT_COUNT"], subject=first.subject, left="", right="")
    assert first.identity != other.identity


def test_each_case_is_looked_for_in_one_place_and_tells_what_to_do():
    assert set(CASES) == OURS | REGISTRY | COUNTS
    assert not (OURS & REGISTRY)
    assert not (OURS & COUNTS)
    assert not (REGISTRY & COUNTS)
    for case in CASES.values():
        assert all((case.en, case.next_en, case.zh, case.next_zh))
