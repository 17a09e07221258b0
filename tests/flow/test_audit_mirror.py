"""The auditor's mirror against the head that was really anchored for its origin."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.chain_kit import mining
from tests.fakes.registry import PUBLIC, Clock, LooseRegistry, issued, serving
from treering.domain.recount.books import Books
from treering.domain.registry_head import VerifierKey
from treering.flow.auditing.audit import recounted
from treering.flow.auditing.mirror import mirror
from treering.flow.parts import Parts
from treering.registry.feed import Feed

ENTRIES = [issued(1), issued(2), issued(3)]  # of no tree: no record is compared with the chain


@pytest.fixture
def books(published: Parts) -> Iterator[Books]:
    """Of a chain on which the worker's own step anchored the head of the first two entries."""
    with listening(registry := LooseRegistry()) as feed, mining(published.ledger.node):
        registry.add(*ENTRIES[:2])
        parts = replace(published, feed=feed, clock=Clock())
        parts.sync_mirror()
        assert parts.anchor_mirror() is True
        node, contract = parts.ledger.node, parts.ledger.contract
        yield recounted(node, contract, "latest", lambda _: None).recount.books


@contextmanager
def listening(registry: LooseRegistry) -> Iterator[Feed]:
    key = VerifierKey.of(registry.origin, registry.key)
    with serving(registry.app()) as url:
        feed = Feed(url, key)
        yield feed
        feed.close()


def told(books: Books, registry: LooseRegistry) -> list[tuple[object, ...]]:
    with listening(registry) as feed:
        differences = mirror(feed, books).differences
    return [(one.subject, one.expected, one.found) for one in differences]


def log(*entries: int, origin: str = PUBLIC.name) -> LooseRegistry:
    return LooseRegistry([ENTRIES[number].raw for number in entries], origin=origin)


def test_a_log_that_holds_the_anchored_head_agrees_as_long_as_it_was_and_longer(books):
    assert told(books, log(0, 1)) == []
    assert told(books, log(0, 1, 2)) == []


def test_a_stale_log_that_is_shorter_than_the_anchored_head_is_a_difference(books):
    [(_, (_, anchored))] = books.feeds.items()
    assert told(books, log(0)) == [(f"feed {PUBLIC.name}", anchored, None)]


def test_a_forged_log_that_the_registrys_own_key_signed_is_a_difference(books):
    [(_, (_, anchored))] = books.feeds.items()
    [(subject, expected, found)] = told(books, log(0, 2, 1))
    assert (subject, expected) == (f"feed {PUBLIC.name}", anchored)
    assert found not in {anchored, None}


def test_a_log_of_which_nothing_was_anchored_has_nobody_who_vouches_for_it(books):
    [(subject, expected, found)] = told(books, log(0, 1, origin="another.example/log"))
    assert (subject, expected) == ("feed another.example/log", None)
    assert found
