"""A registry's files become a log of our own: verified like any, signed by us, replayable, and
told apart by its name."""

import json

import pytest
from sqlalchemy import select, update

from tests.fakes.registry import KEY, PUBLIC, LooseRegistry, issued, serving
from tests.flow.mirror.kit import rows
from treering.domain.fulfilment import Event
from treering.domain.record import TreeId
from treering.domain.registry_head import VerifierKey, opened
from treering.domain.registry_log import Frontier
from treering.errors import DropRefused, MirrorDamaged
from treering.flow.mirroring.drops import Keeper
from treering.flow.mirroring.mirror import sync
from treering.registry.feed import Feed
from treering.store import disputes
from treering.store.mirror import Mirror
from treering.store.tables.drops import mirror_drops

ORIGIN = "kept-by-treering/registry.example"


@pytest.fixture
def keeper(engine, clock):
    return Keeper(engine, "registry.example", KEY, b"s" * 32, clock)


def record(number, *trees, status="active", **changes):
    said = {"number": f"JZ-{number}", "year": 2024, "adcode": "150000", "form": "F6"}
    return said | {"status": status, "trees": [f"{tree:024x}" for tree in trees]} | changes


def dropped(keeper, *records, name="drop.json"):
    page = {"version": "1", "page": 1, "pages": 1, "records": records}
    return keeper.take(name, json.dumps([page]).encode())


def held(engine):
    with engine.connect() as connection:
        return Mirror(connection, ORIGIN)._connection.execute(select(mirror_drops)).all()


def tree(engine, number):
    with engine.connect() as connection:
        return Mirror(connection, ORIGIN).interconnection(TreeId(number))


def test_a_file_becomes_a_log_of_ours_under_a_head_that_we_signed(engine, keeper):
    report = dropped(keeper, record(1, 1, 2, 3), record(2))
    assert (report.rows, report.said, report.added) == (2, 2, 2)
    ours = VerifierKey.of(ORIGIN, KEY)
    assert opened(report.held.head.note, ours) == report.held.head
    with engine.connect() as connection:
        raws = Mirror(connection, ORIGIN).entries(0, 9)
    assert Frontier().appended(raws).root == report.held.head.root
    assert tree(engine, 2).uses_tree
    assert not tree(engine, 2).fulfilment.entry.synthetic
    assert b"JZ-1" not in b"".join(raws)


def test_only_what_changed_is_added(engine, keeper, clock):
    dropped(keeper, record(1, 1), record(2, 2), record(3, 3))
    clock.passes(days=1)
    report = dropped(
        keeper,
        record(1, 1),
        record(2, 2, adcode="640000"),
        record(3, status="withdrawn"),
        record(4, 3),
        record(5, status="withdrawn"),
    )
    assert report.added == 5
    assert tree(engine, 2).fulfilment.entry.event is Event.CORRECTED
    assert tree(engine, 3).uses_tree
    clock.passes(days=1)
    assert dropped(keeper, record(1, 1), record(5, status="withdrawn")).added == 0
    assert tree(engine, 1).held.head.time == clock.now


def test_rows_that_stand_there_twice_are_counted_and_those_that_differ_refused(keeper, engine):
    report = dropped(keeper, record(1, 1), record(1, 1))
    assert (report.rows, report.said, report.added) == (2, 1, 1)
    before = rows(engine)
    with pytest.raises(DropRefused, match="rows 1 and 2 say different things"):
        dropped(keeper, record(2, 2), record(2, 3))
    assert rows(engine) == before


@pytest.mark.parametrize(
    ("record_", "why"),
    [
        (record(9, 1), "row 1: entry 4: tree 000000000000000000000001 is used"),
        (record(2), "row 1 is active again, which was withdrawn"),
        (record(9, year=2026), "row 1: entry 3: year 2026"),
        (record(9, 5, 5), "do not rise without a repeat"),
        (record(9) | {"certificate": "00" * 32}, "a number or a commitment"),
        ({name: said for name, said in record(9).items() if name != "number"}, "a number or"),
    ],
)
def test_a_row_that_cannot_be_refuses_the_whole_file(engine, keeper, record_, why):
    dropped(keeper, record(1, 1))
    dropped(keeper, record(2, status="withdrawn"), name="second")
    before = rows(engine), held(engine)
    with pytest.raises(DropRefused, match=why):
        dropped(keeper, record_, record(10))
    assert (rows(engine), held(engine)) == before


@pytest.mark.parametrize(
    "given_back",
    [record(1, 1, status="withdrawn"), record(1, 7)],
    ids=["withdrawn", "corrected"],
)
def test_a_row_may_stand_before_the_one_that_gives_its_tree_back(
    engine, keeper, clock, given_back
):
    """A registry sorts its file as it likes, and the newer certificate may come first."""
    dropped(keeper, record(1, 1), record(4, 4))
    clock.passes(days=1)
    report = dropped(keeper, record(3, 4), record(2, 1), record(4, status="withdrawn"), given_back)
    assert report.added == 4
    assert tree(engine, 1).fulfilment.index > 1
    assert tree(engine, 1).uses_tree
    assert tree(engine, 4).uses_tree
    assert keeper.replay() == 6


def test_rows_that_all_wait_for_the_next_are_taken_and_a_tangle_is_refused_soon(keeper, clock):
    dropped(keeper, *(record(n, n) for n in range(40)))
    clock.passes(days=1)
    assert dropped(keeper, *(record(n, n + 1) for n in range(40))).added == 40
    clock.passes(days=1)
    tangled = [*range(0, 40, 2), *range(39, 0, -2)]  # each turn, from either end, frees one
    with pytest.raises(DropRefused, match="is used by"):
        dropped(keeper, *(record(n, n + 2) for n in tangled))


def test_a_withdrawal_first_heard_of_after_its_tree_was_used_again_is_left_out_and_told(
    keeper, engine, clock
):
    dropped(keeper, record(2, 7))
    clock.passes(hours=1)
    gone = record(1, 7, status="withdrawn")
    report = dropped(keeper, record(3, 8), gone, record(4, 9))
    assert (report.rows, report.said, report.added) == (3, 3, 2)
    (left,) = report.left
    assert left.line == 2
    assert "is used by" in left.why
    assert keeper.replay() == 3
    assert tree(engine, 7).uses_tree

    clock.passes(hours=1)
    back = dropped(keeper, record(2, 7, status="withdrawn"), gone, name="next.json")
    assert (back.left, back.added) == ((), 3), "once the tree is free, it is taken over"
    assert keeper.replay() == 6


def test_beside_what_is_left_out_an_active_row_that_cannot_stand_refuses_the_file(keeper, clock):
    dropped(keeper, record(2, 7))
    with pytest.raises(DropRefused, match="row 2: entry 1: tree"):
        dropped(keeper, record(1, 7, status="withdrawn"), record(5, 7))


def test_a_first_file_may_hold_a_tree_that_was_used_withdrawn_and_used_again(engine, keeper):
    dropped(keeper, record(2, 1), record(1, 1, status="withdrawn"))
    assert tree(engine, 1).uses_tree
    assert keeper.replay() == 3


def test_the_raw_bytes_are_kept_and_come_to_the_same_log_again(engine, keeper, clock):
    dropped(keeper, record(1, 1), record(2, 2))
    clock.passes(days=1)
    dropped(keeper, record(1, 1, 4), record(2, status="withdrawn"))
    assert keeper.replay() == 4
    assert [(drop.name, drop.form, drop.first, drop.end) for drop in held(engine)] == [
        ("drop.json", "json", 0, 2),
        ("drop.json", "json", 2, 4),
    ]
    with engine.begin() as connection:
        false = json.dumps({"version": "1", "page": 1, "pages": 1, "records": []}).encode()
        first = mirror_drops.c.number == 0
        connection.execute(update(mirror_drops).where(first).values(raw=false))
    with pytest.raises(MirrorDamaged, match="come to other entries"):
        keeper.replay()


def test_the_same_content_is_taken_over_once(keeper):
    dropped(keeper, record(1, 1))
    with pytest.raises(DropRefused, match="taken over before"):
        dropped(keeper, record(1, 1), name="another name")


def test_our_clock_may_step_back(keeper, clock):
    first = dropped(keeper, record(1, 1)).held.head
    clock.passes(hours=-1)
    assert dropped(keeper, record(2, 2)).held.head.time == first.time
    assert keeper.replay() == 2


@pytest.mark.parametrize("name", ["", "Registry", "a b", "a+b", "../x", "x" * 99])
def test_a_registry_has_a_name_of_one_form(engine, clock, name):
    with pytest.raises(DropRefused, match="is no name"):
        dropped(Keeper(engine, name, KEY, b"s" * 32, clock), record(1))


def test_a_drop_that_names_commitments_is_held_against_the_registrys_own_log(
    engine, keeper, clock
):
    registry = LooseRegistry(clock=clock)
    registry.add(issued(1, 1), issued(2, 2))
    with serving(registry.app()) as url:
        feed = Feed(url, PUBLIC)
        sync(engine, feed, clock)
        feed.close()
    named = [
        {name: said for name, said in record(0, n, form="F1").items() if name != "number"}
        | {"certificate": issued(n).certificate.hex()}
        for n in (1, 2)
    ]
    named[1]["adcode"] = "640000"
    dropped(keeper, *named)
    with engine.begin() as connection:
        found = disputes.compare(
            connection,
            feed=PUBLIC.name,
            knows=clock.now,
            other=ORIGIN,
            other_knows=clock.now,
            now=clock.now,
        )
        (dispute,) = disputes.disputes(connection)
    assert (found, dispute.certificate) == (1, issued(2).certificate)
