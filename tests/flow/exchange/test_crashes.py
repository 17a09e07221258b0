"""Between the sides: what is lost, refused or crashes on the way uses each record up once."""

from dataclasses import replace

import pytest

from tests.chain_kit import Chain
from tests.flow.exchange.kit import (
    LATER,
    Interrupted,
    Refusing,
    RevokedMeanwhile,
    claims_of,
    state_of,
)
from tests.flow.exchanging import (
    asked,
)
from treering.domain.exchange import EndedBy
from treering.errors import (
    ChainUnavailable,
    ClaimRefused,
    RegistryUnavailable,
    TransactionRefused,
)
from treering.flow.exchanging.exchange import Counter
from treering.flow.parts import Parts


@pytest.mark.parametrize("reached", [False, True], ids=["request lost", "answer lost"])
def test_a_crash_between_the_sides_claims_each_record_once(
    counter: Counter, numbers, forest: Chain, reached
):
    torn = replace(counter, claims=Interrupted(counter.claims, reached=reached))
    with pytest.raises(ChainUnavailable):
        torn.exchange(asked(numbers))
    done = counter.exchange(asked(numbers))
    assert done.state == "claimed"
    assert claims_of(forest) == {done.commitment}


def test_an_answer_of_the_registry_that_was_lost_comes_again(counter: Counter, numbers, twin):
    class Lost:
        def apply(self, application):
            counter.registry.apply(application)
            raise RegistryUnavailable("the answer was lost")

    with pytest.raises(RegistryUnavailable):
        replace(counter, registry=Lost()).exchange(asked(numbers))
    assert counter.exchange(asked(numbers)).number == "SYN-2018-150000-000001"
    assert twin.size == 1


def test_a_claim_that_the_same_application_won_meanwhile_is_no_refusal(
    counter: Counter, numbers, forest: Chain
):
    class Overtaken(Interrupted):
        def claim(self, commitment, trees) -> None:
            self._real.claim(commitment, trees)
            self._real.claim(commitment, trees)  # the second is refused

    overtaken = replace(counter, claims=Overtaken(counter.claims, reached=True))
    assert overtaken.exchange(asked(numbers)).state == "claimed"


def test_a_claim_that_the_contract_refuses_for_good_is_taken_back_at_the_registry(
    parts: Parts, counter: Counter, numbers, forest: Chain, twin, clock
):
    falls = replace(counter, claims=RevokedMeanwhile(counter.claims, forest))
    with pytest.raises(ClaimRefused, match="RecordIsRevoked"):
        falls.exchange(asked(numbers))
    clock.pass_by(LATER)
    assert counter.resume() is True
    ended = state_of(parts, numbers)
    assert (ended.state, ended.ended_by, ended.reason) == ("released", EndedBy.CHAIN, "TR239")
    assert twin.size == 2, "issued and withdrawn"


def test_a_claim_that_an_embedded_chain_lost_is_made_again(
    counter: Counter, numbers, forest: Chain
):
    before = forest.node.call("evm_snapshot")
    done = counter.exchange(asked(numbers))
    assert counter.restore() is False
    forest.node.call("evm_revert", before)
    assert claims_of(forest) == {None}
    counter.restore()
    assert claims_of(forest) == {done.commitment}


def test_a_claim_that_a_reorganisation_took_is_made_again_until_it_is_final(
    parts: Parts, counter: Counter, numbers, forest: Chain, clock
):
    before = forest.node.call("evm_snapshot")
    done = counter.exchange(asked(numbers))
    clock.pass_by(LATER)
    assert counter.resume() is True
    assert state_of(parts, numbers).settled is False, "it is in no final block yet"
    forest.node.call("evm_revert", before)
    for _ in range(2):  # noticed, then claimed again
        clock.pass_by(LATER)
        assert counter.resume() is True
    assert claims_of(forest) == {done.commitment}
    forest.finalise()
    clock.pass_by(LATER)
    assert counter.resume() is True
    assert state_of(parts, numbers).settled is True
    clock.pass_by(LATER)
    assert counter.resume() is False


def test_a_lost_claim_waits_until_its_records_are_minted_again(
    counter: Counter, numbers, forest: Chain, clock
):
    counter.exchange(asked(numbers))
    not_minted = replace(counter, claims=Refusing(counter.claims))
    assert not_minted.restore() is False


def test_a_record_that_is_not_minted_again_yet_is_claimed_later(
    counter: Counter, numbers, forest: Chain, clock
):
    not_minted = replace(counter, claims=Refusing(counter.claims))
    with pytest.raises(TransactionRefused):
        not_minted.exchange(asked(numbers))
    clock.pass_by(LATER)
    assert not_minted.resume() is True, "told, and tried again"
    assert counter.exchange(asked(numbers)).state == "claimed"
