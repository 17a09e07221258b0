"""Following a log: a real server, a real database, all of a log or nothing new of it."""

import threading
from datetime import timedelta

from sqlalchemy import select

from tests.fakes.registry import PUBLIC, Twin, after, apply, issued, serving, withdraw
from tests.flow.mirror.kit import LOG, rows, tree
from treering.domain.fulfilment import Event
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import status
from treering.registry.feed import Feed
from treering.store.mirror import Mirror
from treering.store.tables.mirror import mirror_heads


def test_the_twins_log_is_followed_from_grant_to_withdrawal(engine, clock, tmp_path):
    twin = Twin(tmp_path, clock)
    with serving(twin.app) as url:
        feed = Feed(url, PUBLIC)
        assert sync(engine, feed, clock).held.head.size == 0
        granted = apply(url, twin.application("one", 1, 2, 3)).json()
        assert sync(engine, feed, clock).added == 1

        found = tree(engine, 2)
        assert found.uses_tree
        assert found.fulfilment.entry.certificate.hex() == granted["certificate"]
        assert (found.fulfilment.entry.year, found.fulfilment.entry.synthetic) == (2024, True)

        withdraw(url, granted["certificate"])
        assert sync(engine, feed, clock).added == 1
        found = tree(engine, 2)
        assert (found.uses_tree, found.fulfilment.active) == (False, False)
        feed.close()


def test_without_a_mirror_there_is_no_answer_and_with_one_a_dated_no(engine, feed, clock):
    assert tree(engine, 1) is None
    assert status(engine, LOG, clock) is None

    sync(engine, feed, clock)
    found = tree(engine, 1000)
    assert (found.fulfilment, found.uses_tree) == (None, False)
    assert (found.held.head.size, found.held.head.time) == (5, clock.now)


def test_synchronising_again_changes_nothing_but_the_date(engine, feed, clock, between):
    first = sync(engine, feed, clock)
    before = rows(engine)
    clock.passes(hours=1)
    between.asked.clear()
    again = sync(engine, feed, clock)

    assert (first.added, again.added) == (5, 0)
    assert between.asked == ["/checkpoint"]
    assert rows(engine)[1:] == before[1:]
    assert again.held.head.time - first.held.head.time == timedelta(hours=1)
    with engine.connect() as connection:
        head = connection.execute(select(mirror_heads)).one()
    assert head.fetched_at - head.first_fetched_at == timedelta(hours=1)


def test_a_delta_is_added_to_what_is_held(engine, feed, clock, registry, between):
    sync(engine, feed, clock)
    registry.add(issued(9, 90), after(issued(0, 0, 1), Event.CORRECTED, adcode="640000"))
    between.asked.clear()

    assert sync(engine, feed, clock).added == 2
    assert between.asked == [
        "/checkpoint",
        "/tile/0/000.p/7",
        "/tile/entries/000.p/7",
    ]
    assert tree(engine, 90).uses_tree
    assert tree(engine, 0).fulfilment.entry.adcode == "640000"
    with engine.connect() as connection:
        assert Mirror(connection, LOG).entries(0, 7) == registry.raws
        assert connection.execute(select(mirror_heads.c.size)).scalars().all() == [5, 7]


def test_trees_move_between_certificates_as_the_log_says(engine, feed, clock, registry):
    first = issued(0, 0, 1)
    sync(engine, feed, clock)
    registry.add(after(first, Event.CORRECTED, trees=first.trees[:1]), issued(6, 1))
    sync(engine, feed, clock)
    assert tree(engine, 1).fulfilment.entry == issued(6, 1)
    assert tree(engine, 0).fulfilment.entry.trees == first.trees[:1]

    registry.add(after(first, Event.WITHDRAWN, trees=first.trees[:1]), issued(7, 0))
    sync(engine, feed, clock)
    assert tree(engine, 0).fulfilment.entry == issued(7, 0)
    with engine.connect() as connection:
        withdrawn = Mirror(connection, LOG).fulfilment(first.certificate)
        assert Mirror(connection, LOG).fulfilment(bytes(32)) is None
    assert not withdrawn.active


def test_a_tree_that_a_correction_gave_back_is_used_no_more(engine, feed, clock, registry):
    registry.add(after(issued(0, 0, 1), Event.CORRECTED, trees=()))
    sync(engine, feed, clock)
    registry.add(after(issued(1, 3, 4), Event.CORRECTED, trees=()))
    sync(engine, feed, clock)
    assert tree(engine, 0).fulfilment.active  # given back before we ever heard of it
    assert not tree(engine, 0).uses_tree
    assert tree(engine, 3).fulfilment.active
    assert not tree(engine, 3).uses_tree


def test_our_own_clock_may_step_back(engine, feed, clock):
    sync(engine, feed, clock)
    clock.passes(seconds=-30)
    assert sync(engine, feed, clock).held.fetched_at == clock.now
    assert status(engine, LOG, clock).age == timedelta()


def test_several_synchronisations_at_once_take_each_entry_once(engine, feed, clock):
    added, failed = [], []

    def one():
        client = Feed(feed.url, PUBLIC)
        try:
            added.append(sync(engine, client, clock).added)
        except Exception as error:
            failed.append(error)
        client.close()

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert sorted(added) == [0, 0, 0, 5]
