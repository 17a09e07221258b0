"""An exchange that ends on either side ends on both."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.chain_kit import Chain
from tests.flow.exchange.kit import LOT, Interrupted, claims_of, state_of
from tests.flow.exchanging import (
    KitClaims,
    asked,
    followed,
)
from treering.domain.exchange import EndedBy
from treering.domain.record import tree_id
from treering.errors import (
    ChainUnavailable,
    ExchangeUnderWay,
    RecordFallen,
    TransactionRefused,
)
from treering.flow.exchanging.exchange import Counter
from treering.flow.parts import Parts


def test_a_certificate_that_the_registry_withdraws_frees_the_records_on_the_chain(
    parts: Parts, counter: Counter, numbers, forest: Chain, twin, clock
):
    done = counter.exchange(asked(numbers))
    look = parts.undoing.watched(twin.feed.name)
    assert look() is False, "there is no mirror yet"
    following = followed(parts, twin)
    assert look() is False
    twin.withdraw(done)
    following = followed(parts, twin)
    assert look() is True
    assert look() is False, "it has not grown"
    assert following.undoing.notice(twin.feed.name) is False
    clock.pass_by(timedelta(days=9000))
    assert counter.resume() is True
    ended = state_of(parts, numbers)
    assert (ended.state, ended.ended_by) == ("released", EndedBy.REGISTRY)
    assert claims_of(forest) == {None}
    again = counter.exchange(asked(numbers))
    assert (again.state, again.number) == ("claimed", "SYN-2018-150000-000002")


def test_a_record_that_falls_after_it_was_claimed_ends_the_exchange_on_both_sides(
    parts: Parts, counter: Counter, numbers, forest: Chain, twin
):
    counter.exchange(asked(numbers))
    look = parts.undoing.watched(twin.feed.name)
    forest.act("revoker", "revoke", [tree_id(LOT, 2)], 2)
    forest.finalise()
    assert look() is False
    assert state_of(parts, numbers).state == "claimed", "its event is not followed yet"
    parts.follower.step()
    assert parts.undoing.look_again(twin.feed.name) is False
    fallen = state_of(parts, numbers)
    assert (fallen.state, fallen.ended_by, fallen.reason) == ("withdrawn", EndedBy.CHAIN, "TR224")
    assert counter.go_on(fallen).state == "released"
    assert claims_of(forest) == {None}
    assert twin.size == 2, "issued and withdrawn"
    with pytest.raises(RecordFallen):
        counter.exchange(asked(numbers))


def test_an_exchange_that_the_programme_takes_back_is_withdrawn_at_the_registry_first(
    parts: Parts, counter: Counter, numbers, forest: Chain, twin
):
    with pytest.raises(ExchangeUnderWay):
        parts.undoing.withdraw(counter.applications.apply(asked(numbers)))
    done = counter.exchange(asked(numbers))
    taken = parts.undoing.withdraw(done)
    assert (taken.state, taken.ended_by) == ("withdrawn", EndedBy.PROGRAMME)
    assert parts.undoing.withdraw(taken) == taken

    class Away(Interrupted):
        def release(self, trees) -> None:
            assert twin.size == 2, "the registry has withdrawn it already"
            raise ChainUnavailable("connection reset")

    away = Away(counter.claims, reached=False)
    away.release = lambda trees: Away.release(away, trees)
    with pytest.raises(ChainUnavailable):
        replace(counter, claims=away).go_on(taken)
    assert counter.go_on(taken).state == "released"
    assert claims_of(forest) == {None}
    assert twin.size == 2


def test_a_release_that_another_worker_won_is_no_refusal(
    parts: Parts, counter: Counter, numbers, forest: Chain
):
    taken = parts.undoing.withdraw(counter.exchange(asked(numbers)))

    class Overtaken(KitClaims):
        def release(self, trees) -> None:
            super().release(trees)
            super().release(trees)  # the second is refused

    assert replace(counter, claims=Overtaken(forest)).go_on(taken).state == "released"


def test_a_release_that_the_contract_refuses_is_told(parts: Parts, counter: Counter, numbers):
    taken = parts.undoing.withdraw(counter.exchange(asked(numbers)))

    class Refusing(Interrupted):
        def release(self, trees) -> None:
            raise TransactionRefused("paused")

    refusing = Refusing(counter.claims, reached=False)
    refusing.release = lambda trees: Refusing.release(refusing, trees)
    with pytest.raises(TransactionRefused, match="paused"):
        replace(counter, claims=refusing).go_on(taken)


def test_a_worker_that_slept_while_all_was_taken_back_leaves_nothing_claimed(
    parts: Parts, counter: Counter, numbers, forest: Chain
):
    class Sleepy(Interrupted):
        def claim(self, commitment, trees) -> None:
            done = counter.exchange(asked(numbers))
            counter.go_on(parts.undoing.withdraw(done))
            self._real.claim(commitment, trees)  # awake again

    sleepy = replace(counter, claims=Sleepy(counter.claims, reached=True))
    assert sleepy.exchange(asked(numbers)).state == "released"
    assert claims_of(forest) == {None}
