"""Redemption: never oversold, never doubled, refused with a reason."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.flow.conftest import NOW, WISH
from treering.domain.lot import Unit
from treering.domain.redemption import Ask
from treering.errors import (
    KeyReused,
    LotFull,
    LotNotFound,
    NameRefused,
    NotAllowed,
    RedemptionInFuture,
    RedemptionNotFound,
    UnitMismatch,
    YearMismatch,
)
from treering.flow.redeeming.redeem import Desk
from treering.store.folio import Entry, Folio


def test_redemptions_take_consecutive_serials_at_the_price_of_the_species(desk: Desk):
    first, replayed = desk.redeem("ANT_FOREST", "a", WISH)
    second, _ = desk.redeem("ANT_FOREST", "b", replace(WISH, count=3))
    assert (first.first_serial, second.first_serial, second.count) == (0, 1, 3)
    assert (first.price_grams, second.price_grams) == (17_900, 17_900)
    assert not replayed
    assert first.masked_name == "张*"


def test_the_same_key_and_body_bring_the_same_redemption(desk: Desk):
    first, _ = desk.redeem("ANT_FOREST", "a", WISH)
    again, replayed = desk.redeem("ANT_FOREST", "a", WISH)
    assert again == first
    assert replayed


def test_the_same_key_with_another_body_is_refused(desk: Desk):
    desk.redeem("ANT_FOREST", "a", WISH)
    with pytest.raises(KeyReused):
        desk.redeem("ANT_FOREST", "a", replace(WISH, count=2))


def test_a_redemption_keeps_the_day_that_the_programme_gives(desk: Desk):
    given = NOW - timedelta(days=2500)
    made, _ = desk.redeem("ANT_FOREST", "a", replace(WISH, redeemed_at=given))
    assert (made.redeemed_at, made.recorded_at) == (given, NOW)
    assert desk.find("ANT_FOREST", made.id) == made


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"lot": "ANT_FOREST-9"}, LotNotFound),
        ({"lot": "GFOREST-1"}, NotAllowed),
        ({"unit": Unit.M2}, UnitMismatch),
        ({"year": 2020}, YearMismatch),
        ({"name": "张\u202e三"}, NameRefused),
        ({"name": "x" * 10_000}, NameRefused),
        ({"name": "  "}, NameRefused),
        ({"count": 150_001}, LotFull),
        ({"redeemed_at": NOW + timedelta(days=1)}, RedemptionInFuture),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused_and_leaves_nothing(desk: Desk, change, refusal):
    with pytest.raises(refusal):
        desk.redeem("ANT_FOREST", "a", replace(WISH, **change))
    made, _ = desk.redeem("ANT_FOREST", "a", WISH)
    assert made.first_serial == 0


def test_another_programmes_redemption_is_not_found(desk: Desk):
    made, _ = desk.redeem("ANT_FOREST", "a", WISH)
    with pytest.raises(RedemptionNotFound):
        desk.find("GFOREST", made.id)
    with pytest.raises(RedemptionNotFound):
        desk.find("ANT_FOREST", uuid4())


def test_many_at_once_never_oversell_a_lot_and_leave_no_gap(desk: Desk):
    with desk.engine.begin() as connection:
        connection.execute(text("UPDATE lots SET capacity = 20 WHERE slug = 'ANT_FOREST-277'"))

    def attempt(i: int) -> int | None:
        try:
            made, _ = desk.redeem("ANT_FOREST", str(i), replace(WISH, holder=str(i % 3)))
        except LotFull:
            return None
        return made.first_serial

    with ThreadPoolExecutor(8) as pool:
        serials = list(pool.map(attempt, range(40)))
    assert sorted(s for s in serials if s is not None) == list(range(20))


def test_the_same_key_many_times_at_once_makes_one_redemption(desk: Desk):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: desk.redeem("ANT_FOREST", "a", WISH), range(32)))
    assert len({redemption.id for redemption, _ in made}) == 1
    assert [replayed for _, replayed in made].count(False) == 1


def test_a_key_that_came_for_another_lot_in_between_is_refused_as_used(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    earlier = [Ask("ANT_FOREST", f"earlier {i}", WISH) for i in range(3)]
    desk.redeem_all(earlier)  # else both would create the holder
    racing = []

    def race(folio: Folio, entries: Sequence[Entry]) -> None:
        if not racing:
            racing.append(True)
            # The other request commits while this one has looked, and not yet written.
            other = Desk(desk.engine, desk.vault, desk.clock)
            racing.append(other.redeem("ANT_FOREST", "a", replace(WISH, lot="ANT_FOREST-1")))
        write(folio, entries)

    write = Folio.write
    monkeypatch.setattr(Folio, "write", race)
    asks = [Ask("ANT_FOREST", key, WISH) for key in ("b", "a", "c")]
    b, a, c = desk.redeem_all(asks)
    assert isinstance(a, KeyReused)
    assert [made.first_serial for made, _ in (b, c)] == [3, 4]


def test_a_broken_rule_that_is_not_the_keys_is_not_swallowed(desk: Desk):
    with desk.engine.begin() as connection:
        connection.execute(text("ALTER TABLE redemptions ADD CONSTRAINT no CHECK (count > 1)"))
    with pytest.raises(IntegrityError):
        desk.redeem("ANT_FOREST", "a", WISH)
