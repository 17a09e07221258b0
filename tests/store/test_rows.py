"""Rows and lookups in PostgreSQL's own binary form say what their texts would."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import pytest
from sqlalchemy import Engine, text

from treering.domain.record import lot_id
from treering.store import known, rows
from treering.store.bulk import Bulk
from treering.store.holders import keyed, sealed_many
from treering.store.migrate import migrate
from treering.store.vault import Vault

LOT = lot_id(2**31 - 1, 2**32 - 1)  # the highest that a bigint holds
VAULT = Vault(bytes(32))
_READ = (
    "SELECT lot, holder, recorded_at, count, price_grams, first_serial, redeemed_at, masked_name,"
    " campaign FROM redemptions ORDER BY first_serial"
)
RECORDED = datetime(2026, 4, 22, 1, 2, 3, 4, UTC)
lookup = keyed(VAULT, "P")


MOMENTS = (
    datetime(1999, 12, 31, 23, 59, 59, 999_999, UTC),
    datetime(2000, 1, 1, tzinfo=UTC),
    datetime(2019, 3, 12, 5, 33, tzinfo=timezone(timedelta(hours=8))),
    datetime(9998, 12, 31, 23, 59, 59, 999_999, timezone(timedelta(hours=-11, minutes=-59))),
)
NAMES, CAMPAIGNS = ("张**", "J***", "\\", "*"), ("", "spring", "a\\b")


@pytest.fixture
def books(empty_engine: Engine) -> Engine:
    migrate(empty_engine)
    return empty_engine


@pytest.fixture
def holder(books: Engine) -> int:
    with books.begin() as connection:
        boxes = sealed_many(VAULT, {lookup("user-1"): "user-1"})
        return Bulk(connection).add_holders(boxes)[lookup("user-1")]


def test_rows_are_read_as_they_were_meant(books: Engine, holder):
    told = list(product(MOMENTS, NAMES, CAMPAIGNS))
    first = 2**32 - len(told)  # up to the last serial
    start = rows.start(LOT, RECORDED, 17_900)
    pieces = [
        start + rows.middle(serial, holder) + rows.end(moment, 150_000, name, campaign)
        for serial, (moment, name, campaign) in enumerate(told, first)
    ]
    with books.connect() as connection:
        Bulk(connection).add_redemptions(pieces)
        found = connection.execute(text(_READ)).all()
    same = (LOT, holder, RECORDED, 150_000, 17_900)
    assert [tuple(row) for row in found] == [
        (*same, serial, *each) for serial, each in enumerate(told, first)
    ]


def test_holders_are_found_among_strangers_and_an_empty_question_finds_nobody(
    books: Engine, holder
):
    with books.connect() as connection:
        asked = [lookup(f"user-{i}") for i in range(5000)]
        assert known.ids(known.find(connection, asked)) == {lookup("user-1"): holder}
        assert known.find(connection, asked[2:]) == known.find(connection, []) == b""


def test_boxes_made_at_once_open_alone_and_each_has_a_secret_of_its_own():
    boxes = sealed_many(VAULT, {lookup(name): name for name in ("user-1", "user-2")})
    opened = [VAULT.open(box, "holder") for box in boxes.values()]
    assert len({each[:32] for each in opened}) == len({each[32:] for each in opened}) == 2
    assert sealed_many(VAULT, {}) == {}
