"""Two sources: both are shown, what they disagree about is in dispute, and one log that tells two
stories at two addresses is found out."""

import json

import pytest

from tests.fakes.registry import (
    OTHER_KEY,
    PUBLIC,
    Between,
    LooseRegistry,
    after,
    issued,
    serving,
)
from tests.flow.mirror.kit import LOG, tree
from treering.domain.contradiction import Kept, State
from treering.domain.deed import Act
from treering.domain.fulfilment import Event
from treering.domain.misbehaviour import verify
from treering.domain.record import TreeId
from treering.domain.registry_head import VerifierKey
from treering.errors import (
    MirrorContradicted,
    ProofRefused,
    RegistryContradicted,
    RegistryUnavailable,
)
from treering.flow.mirroring.desk import MirrorDesk
from treering.flow.mirroring.state import insist
from treering.registry.feed import Feed
from treering.store import audit_log

SECOND = "second.example/registry"
SECOND_KEY = VerifierKey.of(SECOND, OTHER_KEY)


@pytest.fixture
def other(clock):
    """A second registry that says the same, in a log of its own."""
    loose = LooseRegistry(clock=clock, key=OTHER_KEY, origin=SECOND)
    loose.add(*(issued(number, 3 * number, 3 * number + 1) for number in range(5)))
    return loose


@pytest.fixture
def beside(other):
    return Between(other.app())


@pytest.fixture
def desk(engine, feed, clock, beside):
    with serving(beside) as url:
        second = Feed(url, SECOND_KEY, patience_seconds=2.0)
        yield MirrorDesk(engine, (feed, second), PUBLIC, clock)
        second.close()


def test_f60_two_sources_that_agree_are_both_shown(desk):
    assert [report.added for report in desk.sync()] == [5, 5]
    assert [status.held.head.origin for status in desk.status()] == [LOG, SECOND]
    assert [source.state for source in desk.spoken().sources] == [State.GOOD, State.GOOD]
    assert desk.spoken().disputes == ()


def test_f60_what_two_sources_disagree_about_is_in_dispute_and_leaned_on_by_nobody(
    desk, engine, clock, registry, other
):
    registry.add(after(issued(0, 0, 1), Event.CORRECTED, adcode="640000"))
    other.add(issued(9, 90))
    desk.sync()
    differing, missing = sorted(desk.spoken().disputes, key=lambda dispute: dispute.raw is None)
    assert differing.certificate == issued(0).certificate
    assert (missing.raw, missing.other_raw) == (None, issued(9, 90).raw)
    assert "say different things" in tree(engine, 0).doubt
    assert "say different things" in tree(engine, 90).doubt
    assert tree(engine, 3).doubt is None
    with engine.connect() as connection, pytest.raises(MirrorContradicted):
        insist(connection, LOG, [TreeId(0)], clock.now)

    other.add(after(issued(0, 0, 1), Event.CORRECTED, adcode="640000"))
    registry.add(issued(9, 90))
    clock.passes(minutes=1)
    desk.sync()
    assert desk.spoken().disputes == ()
    assert tree(engine, 0).doubt is None


def test_one_source_goes_on_while_the_other_is_silent(desk, beside, engine):
    beside.spoils["/"] = lambda answer: type(answer)(503, {}, b"")
    with pytest.raises(RegistryUnavailable):
        desk.sync()
    assert tree(engine, 0).uses_tree
    assert [source.state for source in desk.spoken().sources] == [State.SILENT, State.GOOD]
    assert [status.held.head.origin for status in desk.status()] == [LOG]
    beside.spoils.clear()
    desk.sync()
    assert len(desk.status()) == 2


@pytest.fixture
def mirrored_log(clock, registry):
    """The same log at another address."""
    loose = LooseRegistry(clock=clock)
    loose.raws = list(registry.raws)
    return loose


@pytest.fixture
def twofold(engine, feed, clock, mirrored_log):
    with serving(mirrored_log.app()) as url:
        second = Feed(url, PUBLIC, patience_seconds=2.0)
        yield MirrorDesk(engine, (feed, second), PUBLIC, clock)
        second.close()


def test_one_log_at_two_addresses_may_be_longer_at_either(twofold, registry, mirrored_log):
    assert len(twofold.sync()) == 1
    mirrored_log.add(issued(7, 70))
    twofold.sync()
    registry.add(issued(7, 70), issued(8, 80))
    twofold.sync()
    assert {source.state for source in twofold.spoken().sources} == {State.GOOD}
    assert len(twofold.status()) == 1


@pytest.mark.parametrize("more", [0, 1, -1])
def test_f60_a_log_that_tells_two_stories_at_two_addresses_is_found_and_proven(
    twofold, mirrored_log, more
):
    twofold.sync()
    mirrored_log.raws[2] = issued(66, 66).raw
    if more == 1:
        mirrored_log.add(issued(7, 70))
    if more == -1:
        mirrored_log.raws.pop()
    with pytest.raises(RegistryContradicted):
        twofold.sync()
    (kept,) = twofold.spoken().contradictions
    assert isinstance(kept, Kept)
    assert proven(twofold, kept)
    states = {
        source.feed.partition(" ")[2][:2]: source.state for source in twofold.spoken().sources
    }
    assert states == {"": State.GOOD, "at": State.CONTRADICTED}
    assert twofold.settle(kept.id, "explained")
    assert not twofold.settle(kept.id, "explained again")
    with twofold.engine.connect() as connection:
        (entry,) = audit_log.about(connection, f"contradiction {kept.id}")
    assert (entry.deed.who, entry.deed.act, entry.deed.why) == (
        "console",
        Act.CHANGED,
        "explained",
    )


def proven(desk, kept):
    return verify(json.dumps(desk.proof(kept)).encode(), PUBLIC)


def test_while_nothing_is_held_there_is_nothing_to_hold_together(twofold, between):
    between.spoils["/"] = lambda answer: type(answer)(503, {}, b"")
    with pytest.raises(RegistryUnavailable):
        twofold.sync()
    assert twofold.status() == []


def test_a_log_that_is_followed_no_more_has_no_key_at_hand(twofold, mirrored_log, engine, clock):
    twofold.sync()
    mirrored_log.raws[2] = issued(66, 66).raw
    with pytest.raises(RegistryContradicted):
        twofold.sync()
    (kept,) = twofold.spoken().contradictions
    with pytest.raises(ProofRefused, match="followed no more"):
        MirrorDesk(engine, (), PUBLIC, clock).proof(kept)


def test_a_key_that_was_changed_since_proves_nothing_and_no_file_says_so(
    engine, feed, clock, registry
):
    MirrorDesk(engine, (feed,), PUBLIC, clock).sync()
    registry.raws, registry.key = registry.raws[:2], OTHER_KEY  # begun anew, by another key
    clock.passes(minutes=1)
    key = VerifierKey.of(LOG, OTHER_KEY)
    other = Feed(feed.url, key)
    desk = MirrorDesk(engine, (other,), key, clock)
    with pytest.raises(RegistryContradicted):
        desk.sync()
    (kept,) = desk.spoken().contradictions
    with pytest.raises(ProofRefused, match="not signed by"):
        desk.proof(kept)
    assert tree(engine, 0).doubt, "nobody leans on it all the same, until a person has settled it"
    other.close()


def test_an_earlier_day_is_asked_of_each_log(desk, clock):
    desk.sync()
    then = clock.now
    clock.passes(days=3)
    assert [status.age.days for status in desk.status(then)] == [0, 0]
    assert [status.age.days for status in desk.status()] == [3, 3]
