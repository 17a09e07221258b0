"""What a contradiction is about, where the log does not show it: whatever may differ is held."""

import pytest
from sqlalchemy import text

from tests.fakes.registry import PUBLIC, LooseRegistry, issued, serving
from tests.flow.mirror.kit import LOG, refused, tree
from treering.domain.record import TreeId, lot_id, tree_id
from treering.errors import MirrorContradicted, RegistryContradicted
from treering.flow.mirroring.desk import MirrorDesk
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import insist
from treering.registry.feed import Feed
from treering.store import contradictions

LOTS = [lot_id(7, number) for number in range(40)]
NOBODYS = TreeId(2**96 - 1)  # a lot of this number fits in no books


def in_lot(number):
    return tree_id(LOTS[number], 0)


def blocked(engine):
    with engine.connect() as connection:
        return sorted(contradictions.blocked_lots(connection))


@pytest.fixture
def registry(clock):
    """40 bundles, each of a lot of its own."""
    loose = LooseRegistry(clock=clock)
    loose.raws = [issued(n, tree_id(LOTS[n // 256], n)).raw for n in range(40 * 256)]
    return loose


def silent(answer):
    return type(answer)(503, {}, b"")


def rewrite(registry, *places):
    for index in places:
        registry.raws[index] = issued(100_000 + index, index).raw


@pytest.mark.parametrize("withheld", ["/tile/", "/tile/entries/"])
def test_f50_of_a_log_that_withholds_what_it_rewrote_every_lot_is_held(
    engine, feed, clock, registry, between, withheld
):
    sync(engine, feed, clock)
    rewrite(registry, 300)
    between.spoils[withheld] = silent
    refused(engine, feed, clock, RegistryContradicted, "two roots")
    held = LOTS if withheld == "/tile/" else LOTS[1:]
    assert blocked(engine) == held
    with engine.connect() as connection, pytest.raises(MirrorContradicted):
        insist(connection, LOG, [in_lot(30)], clock.now)


def test_f50_what_is_shown_before_the_log_falls_silent_is_held_with_all_behind_it(
    engine, feed, clock, registry, between
):
    sync(engine, feed, clock)
    rewrite(registry, 300, 5_000)
    between.spoils["/tile/entries/019"] = silent
    refused(engine, feed, clock, RegistryContradicted, "two roots")
    assert blocked(engine) == [0, LOTS[1], *LOTS[19:]]
    assert tree(engine, in_lot(1)).doubt
    assert tree(engine, in_lot(2)).doubt is None


def test_f50_of_more_bundles_than_are_looked_into_the_rest_is_held(engine, feed, clock, registry):
    sync(engine, feed, clock)
    rewrite(registry, *range(0, 40 * 256, 256))
    refused(engine, feed, clock, RegistryContradicted, "two roots")
    assert blocked(engine) == [0, *LOTS]


def test_lots_that_a_later_look_names_are_held_too(engine, feed, clock, registry):
    sync(engine, feed, clock)
    true = list(registry.raws)
    rewrite(registry, 300)
    refused(engine, feed, clock, RegistryContradicted)
    registry.raws = true
    rewrite(registry, 300, 5_000)
    refused(engine, feed, clock, RegistryContradicted)
    assert blocked(engine) == [0, LOTS[1], LOTS[19]]
    with engine.connect() as connection:  # two roots were offered: two histories (0156)
        assert connection.execute(text("SELECT count(*) FROM mirror_contradictions")).scalar() == 2


def test_a_tree_of_a_lot_that_no_books_can_number_keeps_no_contradiction_out(
    engine, feed, clock, registry
):
    registry.add(issued(90_000, NOBODYS))
    sync(engine, feed, clock)
    registry.raws[300] = issued(90_001, NOBODYS - 1, NOBODYS).raw
    refused(engine, feed, clock, RegistryContradicted, "two roots")
    assert blocked(engine) == [LOTS[1]]


def test_f60_of_a_log_that_is_rewritten_at_its_shorter_address_every_lot_is_held(
    engine, feed, clock, registry
):
    second = LooseRegistry(clock=clock)
    second.raws = registry.raws[:-1]
    rewrite(second, 300)
    with serving(second.app()) as url:
        other = Feed(url, PUBLIC, patience_seconds=2.0)
        with pytest.raises(RegistryContradicted):
            MirrorDesk(engine, (feed, other), PUBLIC, clock).sync()
        other.close()
    assert blocked(engine) == LOTS
