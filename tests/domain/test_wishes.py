"""A wish as it is written: one meaning, whatever its form; what is kept of it stays comparable."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain import wishes
from treering.errors import RequestMalformed

PLAIN = {"lot": "ANT_FOREST-277", "holder": "user-1", "name": "张三"}
MOMENT = "2019-03-12T08:00:00+08:00"
VALUES = {
    "lot": ["ANT_FOREST-277", "F-1"],
    "holder": ["user-1", "a:b"],
    "name": ["张三", "Jo"],
    "count": [1, 7],
    "unit": [None, "TREE"],
    "year": [None, 2019],
    "campaign": [None, "spring"],
    "redeemed_at": [None, MOMENT],
}
names = st.lists(st.sampled_from(sorted(VALUES)), max_size=10)


@given(names, st.data())
def test_a_field_that_is_named_twice_is_refused_whatever_else_is_written(more, data):
    names = [*PLAIN, *more]
    pairs = [(name, data.draw(st.sampled_from(VALUES[name]))) for name in names]
    space = data.draw(st.sampled_from(["", " ", "\t"]))
    fields = (f"{json.dumps(n)}{space}:{json.dumps(v, ensure_ascii=False)}" for n, v in pairs)
    line = ("{" + ",".join(fields) + "}").encode()
    if len(set(names)) == len(names):
        assert wishes.read(line) == wishes.taken(dict(pairs))
    else:
        with pytest.raises(RequestMalformed, match="the field is given twice"):
            wishes.read(line)


def test_a_name_that_is_written_in_escapes_is_still_the_same_name():
    with pytest.raises(RequestMalformed, match="the field is given twice"):
        wishes.read(b'{"lot":"a","l\\u006ft":"b","holder":"u","name":"Jo"}')


def test_an_imprint_is_what_it_always_was():
    """It is kept: a file that is loaded again after an upgrade must find its lines."""
    full = PLAIN | {
        "count": 2,
        "unit": "TREE",
        "year": 2019,
        "campaign": "x",
        "redeemed_at": MOMENT,
    }
    assert wishes.taken(PLAIN).imprint().hex() == "38507c136e3c04b4"
    assert wishes.taken(full).imprint().hex() == "4dea06e0b4e5d090"


def test_wishes_are_equal_to_an_imprint_if_they_mean_the_same():
    beijing = datetime(2019, 3, 12, 8, tzinfo=timezone(timedelta(hours=8)))
    same = [beijing, beijing.astimezone(UTC), MOMENT]
    assert len({wishes.taken(PLAIN | {"redeemed_at": at}).imprint() for at in same}) == 1
    assert (
        wishes.taken(PLAIN | {"count": 1, "year": None}).imprint() == wishes.taken(PLAIN).imprint()
    )
    edges = ("0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00")
    assert len({wishes.taken(PLAIN | {"redeemed_at": at}).imprint() for at in edges}) == 2


@pytest.mark.parametrize("field", sorted(VALUES))
def test_wishes_that_differ_in_anything_differ_in_their_imprints(field):
    one, other = ({**PLAIN, field: value} for value in VALUES[field])
    assert wishes.taken(one).imprint() != wishes.taken(other).imprint()


def test_what_was_read_is_the_wish_that_was_written():
    wish = wishes.taken(PLAIN | {"unit": "TREE", "year": 2019}).wish()
    assert (wish.lot, wish.holder, wish.name, wish.count) == (
        "ANT_FOREST-277",
        "user-1",
        "张三",
        1,
    )
    assert wish.unit is not None
    assert wish.unit.name == "TREE"
