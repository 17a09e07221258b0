"""A redemption: what a lot cannot meet, and when two wishes are the same one."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.example import LOT, NOW, REDEMPTION
from treering.domain.lot import Unit
from treering.domain.record import LotId, TreeId, tree_id
from treering.domain.redemption import Wish, check, first_tree, redemption_id
from treering.errors import (
    LotFull,
    RedemptionInFuture,
    RequestMalformed,
    UnitMismatch,
    YearMismatch,
)

WISH = Wish(
    lot="ANT_FOREST-277",
    holder="user-1",
    name="张三",
    count=3,
    unit=Unit.TREE,
    year=2019,
    campaign="NIKE",
    redeemed_at=NOW,
)
BEIJING = timezone(timedelta(hours=8))
OTHER = {
    "lot": "ANT_FOREST-805",
    "holder": "user-2",
    "name": "张三丰",
    "count": 4,
    "unit": Unit.PLANT,
    "year": 2020,
    "campaign": None,
    "redeemed_at": NOW - timedelta(seconds=1),
}


def test_equal_wishes_have_one_fingerprint_of_32_bytes():
    assert replace(WISH).fingerprint() == WISH.fingerprint()
    assert len(WISH.fingerprint()) == 32


def test_a_fingerprint_is_what_it_always_was():
    """It is kept: a key that is repeated after an upgrade must still find its wish."""
    assert WISH.fingerprint().hex() == (
        "d2b2fcb9575ad965a7db27d69cbf2d9deeebf6a0da4343912ab2ccb4f243fe9a"
    )


texts = st.text(max_size=9)


@given(
    st.builds(
        Wish,
        lot=texts,
        holder=texts,
        name=texts,
        count=st.integers(1, 100_000),
        unit=st.none() | st.sampled_from(Unit),
        year=st.none() | st.integers(1981, 9998),
        campaign=st.none() | texts,
        redeemed_at=st.none() | st.datetimes(timezones=st.just(BEIJING)),
    )
)
def test_a_fingerprint_is_the_hash_of_its_sorted_fields_in_json(wish):
    values = {name: getattr(wish, name) for name in Wish.__dataclass_fields__}
    if wish.redeemed_at:
        values["redeemed_at"] = str(wish.redeemed_at - datetime(1970, 1, 1, tzinfo=UTC))
    told = json.dumps(values, sort_keys=True)
    assert wish.fingerprint() == sha256(told.encode()).digest()


def test_one_unit_is_asked_for_if_nothing_is_said():
    assert Wish(lot="ANT_FOREST-277", holder="user-1", name="张三").count == 1


@pytest.mark.parametrize("field", Wish.__dataclass_fields__)
def test_another_wish_has_another_fingerprint(field):
    assert replace(WISH, **{field: OTHER[field]}).fingerprint() != WISH.fingerprint()


def test_what_is_left_open_is_not_what_is_asked_for():
    bare = Wish(lot=WISH.lot, holder=WISH.holder, name=WISH.name)
    for field, value in {
        "unit": Unit.TREE,
        "year": 2019,
        "campaign": "",
        "redeemed_at": NOW,
    }.items():
        assert replace(bare, **{field: value}).fingerprint() != bare.fingerprint()


def test_no_value_can_slip_from_one_field_into_the_next():
    one = Wish(lot="a", holder='b", "name": "c', name="d")
    other = Wish(lot="a", holder="b", name='c", "name": "d')
    assert one.fingerprint() != other.fingerprint()


def test_the_same_instant_in_another_zone_is_the_same_wish():
    retried = replace(WISH, redeemed_at=NOW.astimezone(BEIJING))
    assert retried == WISH
    assert retried.fingerprint() == WISH.fingerprint()


@pytest.mark.parametrize(
    "moment",
    [
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(9999, 12, 31, 23, tzinfo=timezone(-timedelta(hours=12))),
    ],
)
def test_a_moment_at_the_end_of_time_has_a_fingerprint_too(moment):
    assert replace(WISH, redeemed_at=moment).fingerprint() != WISH.fingerprint()


def test_its_trees_are_consecutive_from_the_first_serial():
    assert REDEMPTION.trees() == [tree_id(LOT.id, 8), tree_id(LOT.id, 9)]


@pytest.mark.parametrize(
    "wish",
    [
        WISH,
        replace(WISH, unit=None, year=None, redeemed_at=None),
        replace(WISH, count=150_000),
        replace(WISH, redeemed_at=datetime(2016, 8, 1, tzinfo=UTC)),
    ],
)
def test_a_wish_that_the_lot_can_meet_passes(wish):
    check(wish, LOT, NOW)


def test_another_unit_is_refused():
    with pytest.raises(UnitMismatch, match="ANT_FOREST-277 is counted in TREE, not in M2"):
        check(replace(WISH, unit=Unit.M2), LOT, NOW)


@pytest.mark.parametrize("year", [2018, 2020])
def test_another_planting_year_is_refused(year):
    with pytest.raises(YearMismatch, match=f"planting year 2019, not {year}"):
        check(replace(WISH, year=year), LOT, NOW)


def test_a_redemption_that_is_yet_to_come_is_refused():
    later = NOW + timedelta(microseconds=1)
    with pytest.raises(RedemptionInFuture, match="2026-11-22"):
        check(replace(WISH, redeemed_at=later), LOT, NOW)
    check(replace(WISH, redeemed_at=NOW.astimezone(BEIJING)), LOT, NOW)


def test_a_redemption_before_there_was_a_duty_is_refused():
    """Years before 1000 could be written neither in a credential nor, in some zones, be kept."""
    first = datetime(1981, 1, 1, tzinfo=UTC)
    check(replace(WISH, redeemed_at=first), LOT, NOW)
    far_east = timezone(timedelta(hours=14))
    for early in (first - timedelta(microseconds=1), datetime(1, 1, 1, tzinfo=far_east)):
        with pytest.raises(RequestMalformed, match="before 1981") as refused:
            check(replace(WISH, redeemed_at=early), LOT, NOW)
        assert refused.value.field == "redeemed_at"


@pytest.mark.parametrize(("asked", "left"), [(149_998, 2), (150_000, 0)])
def test_more_than_is_left_is_refused_with_what_is_left(asked, left):
    lot = replace(LOT, asked=asked)
    with pytest.raises(LotFull, match=f"has {left} left, 3 were asked for") as refused:
        check(WISH, lot, NOW)
    assert refused.value.left == left
    if left:
        check(replace(WISH, count=left), lot, NOW)


@pytest.mark.parametrize("tree", [0, 1, 2**96 - 1, tree_id(LotId((7 << 32) | 9), 2**32 - 1)])
def test_a_redemptions_id_is_a_uuid_that_leads_back_to_its_first_record(tree):
    made = redemption_id(TreeId(tree))
    assert first_tree(made) == tree
    assert (made.version, made.variant) == (8, RFC_4122)


def test_two_redemptions_have_two_ids_that_are_in_the_order_of_their_serials():
    ids = [redemption_id(tree_id(LotId(1 << 32), serial)) for serial in range(300)]
    assert ids == sorted(set(ids))
