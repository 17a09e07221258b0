"""The mirror's heads on the ledger: anchored as they grow, recounted by the audit, and what the
registry contradicted is not minted on."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update
from structlog.testing import capture_logs

from tests.chain_kit import mining
from tests.fakes.registry import PUBLIC, Clock, LooseRegistry, issued, serving
from tests.flow.minting import LOT, events, mint_to_the_end, minted, states
from tests.flow.mirror.kit import TABLES
from treering.chain.feed_heads import FeedHeads
from treering.chain.keys import KeyFolder
from treering.domain.batch import BatchState
from treering.domain.checkup import Health
from treering.domain.contradiction import Contradiction, Kind, State
from treering.domain.record import TreeId
from treering.domain.recount.summary import lot_lines
from treering.domain.registry_head import VerifierKey, feed_id
from treering.domain.registry_log import Frontier
from treering.domain.stage import Stage
from treering.errors import MirrorBehind, MirrorDamaged, MirrorStale, SettingsWrong
from treering.flow.auditing.audit import recounted
from treering.flow.mirroring.anchor import anchor, anchored
from treering.flow.mirroring.mirror import sync
from treering.flow.mirroring.state import disputed
from treering.flow.overseeing.doctor.registry import signs
from treering.flow.parts import Parts
from treering.registry.feed import Feed
from treering.store import contradictions
from treering.store.tables.mirror import mirror_heads

LOG = PUBLIC.name


@pytest.fixture
def ledger(published: Parts):
    with mining(published.ledger.node):
        yield published.feed_heads


@pytest.fixture
def followed(published: Parts):
    """A registry with an entry, and our parts that follow it."""
    clock = Clock()
    registry = LooseRegistry(clock=clock)
    registry.add(issued(1, 1))
    with serving(registry.app()) as url:
        feed = Feed(url, PUBLIC)
        yield registry, replace(published, feed=feed, clock=clock)
        feed.close()


def test_a_head_is_anchored_once_and_again_when_it_has_grown(followed, ledger: FeedHeads):
    registry, parts = followed
    assert parts.anchor_mirror() is False  # nothing is held yet
    parts.sync_mirror()
    assert parts.anchor_mirror() is True
    first = anchored(ledger, LOG)
    assert (first.size, first.root) == (1, parts.mirror_status().held.head.root)
    assert parts.anchor_mirror() is False

    registry.add(issued(2, 2))
    parts.sync_mirror()
    parts.anchor_mirror()
    assert anchored(ledger, LOG).size == 2


def test_the_audit_recounts_the_anchored_head(followed, ledger: FeedHeads):
    _, parts = followed
    parts.sync_mirror()
    parts.anchor_mirror()
    head = parts.mirror_status().held.head
    node = parts.ledger.node
    books = recounted(node, parts.ledger.contract, "latest", lambda _: None).recount.books
    assert books.feeds[feed_id(LOG)] == (head.size, head.root)


def test_a_mirror_that_is_shorter_than_the_anchored_head_is_told_and_leaned_on_by_nobody(
    followed, ledger: FeedHeads
):
    registry, parts = followed
    parts.sync_mirror()
    longer = [*registry.raws, issued(2, 2).raw]
    ledger.anchor(feed_id(LOG), 2, Frontier().appended(longer).root)
    parts.applications.lean([TreeId(1)])
    with pytest.raises(MirrorBehind, match="the head of 2 entries, we hold 1"):
        parts.anchor_mirror()
    assert anchored(ledger, LOG).size == 2

    told = {one.feed: one for one in parts.mirror_desk.spoken().sources}[f"{LOG} on the ledger"]
    assert (told.state, told.code) == (State.BEHIND, MirrorBehind.code)
    assert parts._interconnection(TreeId(1)).behind == told.why
    with pytest.raises(MirrorStale, match="we hold 1"):
        parts.applications.lean([TreeId(1)])
    with parts.engine.connect() as connection:
        assert disputed(connection, LOG, [TreeId(1)])
    assert next(signs(parts.engine, LOG, parts.clock)).health is Health.WARN

    registry.add(issued(2, 2))
    parts.sync_mirror()
    assert parts.anchor_mirror() is False
    assert parts._interconnection(TreeId(1)).may_lean(parts.clock())
    parts.applications.lean([TreeId(1)])


def test_a_mirror_that_the_ledger_speaks_against_is_found_without_the_key_that_anchors(
    followed, ledger: FeedHeads, tmp_path
):
    _, parts = followed
    keyless = replace(parts, keys=KeyFolder(tmp_path))
    parts.sync_mirror()
    assert keyless.anchor_mirror() is False
    assert anchored(ledger, LOG).size == 0
    ledger.anchor(feed_id(LOG), 1, b"\1" * 32)
    with pytest.raises(MirrorDamaged, match="the ledger holds 0x0101"):
        keyless.anchor_mirror()
    assert parts._interconnection(TreeId(1)).behind.startswith(f"{LOG}: the ledger holds 0x0101")


def test_a_damaged_mirror_keeps_the_other_from_nothing(followed, ledger: FeedHeads):
    registry, parts = followed
    second = LooseRegistry(clock=parts.clock, origin="second.example/registry")
    second.raws = list(registry.raws)
    with serving(second.app()) as url:
        other = Feed(url, VerifierKey.of(second.origin, second.key))
        both = replace(parts, second=other)
        both.mirror_desk.sync()
        ledger.anchor(feed_id(LOG), 9, b"\1" * 32)
        with pytest.raises(MirrorBehind):
            both.anchor_mirror()
        other.close()
    assert anchored(ledger, second.origin).size == 1


def test_books_that_were_changed_behind_the_anchor_are_noticed(
    followed, ledger: FeedHeads, engine
):
    _, parts = followed
    parts.sync_mirror()
    parts.anchor_mirror()
    with engine.begin() as connection:
        connection.execute(update(mirror_heads).values(root=bytes(32)))
    with pytest.raises(MirrorDamaged, match="the ledger holds 0x"):
        anchor(engine, ledger, LOG, Clock(), may=True)


def test_a_restored_mirror_that_follows_a_rewritten_log_is_noticed_by_what_was_anchored(
    followed, ledger: FeedHeads, engine
):
    """The backup is from before the anchored head: nobody here has ever seen one of that size."""
    registry, parts = followed
    parts.sync_mirror()
    true = list(registry.raws)
    backup = restored(engine)
    registry.add(issued(2, 2), issued(3, 3))
    parts.sync_mirror()
    parts.anchor_mirror()

    for raws, damaged in (
        ([*true, issued(2, 2).raw, issued(4, 4).raw, issued(5, 5).raw], "for 3 entries"),
        ([*true, issued(2, 2).raw], "of 3 entries, we hold 2"),
        ([*true, issued(2, 2).raw, issued(3, 3).raw, issued(4, 4).raw], None),
    ):
        backup()
        registry.raws = raws
        parts.sync_mirror()
        if damaged:
            with pytest.raises(MirrorDamaged, match=damaged):
                parts.anchor_mirror()
        else:
            assert parts.anchor_mirror() is True
    assert anchored(ledger, LOG).size == 4


def restored(engine):
    """What puts the mirror's rows back to how they are now."""
    with engine.connect() as connection:
        kept = [(table, connection.execute(select(table)).mappings().all()) for table in TABLES]

    def restore() -> None:
        with engine.begin() as connection:
            for table, _ in reversed(kept):
                connection.execute(table.delete())
            for table, rows in kept:
                connection.execute(table.insert(), [dict(row) for row in rows])

    return restore


def test_f50_a_lot_that_leans_on_a_contradicted_entry_is_not_minted_until_it_is_settled(
    sealed, mint, forest, engine
):
    found = Contradiction(
        feed=LOG,
        kind=Kind.HEADS,
        why="two roots",
        held_note="",
        held_size=1,
        offered_note="",
        offered_size=1,
        lots=(LOT,),
    )
    with engine.begin() as connection:
        contradictions.keep(connection, found, mint.clock())
    with capture_logs() as told:
        mint_to_the_end(mint, forest)
    assert states(engine) == [BatchState.BLOCKED]
    assert "batch refused" in events(told)
    assert minted(forest) == 0

    with engine.begin() as connection:
        (kept,) = contradictions.standing(connection, LOG)
        contradictions.settle(connection, kept.id, "explained", mint.clock())
    mint_to_the_end(replace(mint, terms=replace(mint.terms, recheck_seconds=0)), forest)
    assert states(engine) == [BatchState.FINAL]
    assert minted(forest) > 0


def test_f58_a_capacity_below_what_is_minted_is_told_and_takes_nothing_back(
    three, mint, forest, engine
):
    mint_to_the_end(mint, forest)
    forest.state(LOT, Stage.ENDORSEMENT, 3)
    forest.state(LOT, Stage.ACCEPTANCE, 1)
    lot = forest.ledger.at("latest").lot(LOT)
    assert lot is not None
    assert (lot.minted, lot.live, lot.deficit) == (3, 3, 2)

    recount = recounted(forest.node, forest.contract, "latest", lambda _: None).recount
    (line,) = [line for line in lot_lines(recount.books) if line.lot.endswith("277")]
    assert (line.minted, line.deficit) == (3, 2)


def test_a_mirror_is_followed_and_anchored_by_its_own_key(followed, ledger, engine):
    _, parts = followed
    assert sync(engine, parts.feed, parts.clock).added == 1
    assert parts.mirror_desk.status()[0].held.head.size == 1


def test_without_a_registry_there_is_no_desk_and_nothing_to_anchor(published: Parts):
    assert published.anchor_mirror() is False
    with pytest.raises(SettingsWrong, match="TREERING_REGISTRY_URL"):
        published.mirror_desk.sync()


def test_a_second_source_is_asked_and_anchored_too(followed, ledger):
    registry, parts = followed
    registry.add(issued(2, 2))
    with serving(registry.app()) as url:
        second = Feed(url, PUBLIC)
        both = replace(parts, second=second)
        assert len(both.mirror_desk.sync()) == 1
        assert both.anchor_mirror() is True
        second.close()
    names = {one.feed for one in both.mirror_desk.spoken().sources}
    assert names == {LOG, f"{LOG} at {url}", f"{LOG} on the ledger"}


def test_before_the_first_synchronisation_no_record_is_used_up(followed):
    _, parts = followed
    with pytest.raises(MirrorStale, match=f"nothing of {LOG} is held yet"):
        parts.applications.lean([TreeId(1)])
    parts.sync_mirror()
    parts.applications.lean([TreeId(1)])


@pytest.mark.parametrize("origin", [LOG, "second.example/registry"])
def test_f60_without_a_second_source_that_speaks_no_record_is_used_up(followed, origin):
    registry, parts = followed
    second = LooseRegistry(clock=(late := Clock()), origin=origin)
    second.raws = list(registry.raws)
    with serving(second.app()) as url:
        other = Feed(url, VerifierKey.of(origin, second.key))
        both = replace(parts, second=other)
        both.sync_mirror()
        lean = both.applications.lean
        with pytest.raises(MirrorStale, match="was last found good: never"):
            lean([TreeId(1)])
        both.mirror_desk.sync()
        lean([TreeId(1)])

        parts.clock.passes(days=3)
        both.sync_mirror()
        with pytest.raises(MirrorStale, match="was last found good: 2025-03-12"):
            lean([TreeId(1)])
        if origin != LOG:
            both.mirror_desk.sync()
            with pytest.raises(MirrorStale, match="the newest head of the second source"):
                lean([TreeId(1)])
        late.now = parts.clock.now
        both.mirror_desk.sync()
        lean([TreeId(1)])
        other.close()


def test_a_registrys_file_is_kept_under_our_own_key(published: Parts):
    raw = b"number,year,adcode,form,status\nJZ-1,2018,150000,F6,active\n"
    keeper = published.keeper("registry.example")
    assert keeper.take("drop.csv", raw).held.head.origin == "kept-by-treering/registry.example"
    assert keeper.replay() == 1
