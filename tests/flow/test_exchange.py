"""The exchange of three tree certificates for a fulfilment certificate, with the real twin."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.chain_kit import Chain, free_port
from tests.fakes.registry import KEY, SUBMIT_KEY
from tests.flow.exchanging import (
    ELIGIBLE,
    KitClaims,
    RunningTwin,
    asked,
    counting,
    followed,
    more,
    running_twin,
)
from treering.domain.exchange import EndedBy
from treering.domain.record import lot_id, tree_id
from treering.domain.registry_head import VerifierKey
from treering.domain.verification import Verdict
from treering.errors import (
    CertificateNotFound,
    ChainUnavailable,
    ClaimRefused,
    ConsentMissing,
    EligibilityUnknown,
    ExchangeNotFound,
    ExchangeRaced,
    ExchangeRefused,
    ExchangeUnderWay,
    GrantDiffers,
    HoldersDiffer,
    KeyReused,
    KindNotExchanged,
    MirrorStale,
    NoRule,
    NotEligible,
    PlaceUnknown,
    RecordFallen,
    RecordUsed,
    RecordWaits,
    RegistryDeclined,
    RegistryUnavailable,
    ThreeNeeded,
    TransactionRefused,
    UsedAtRegistry,
    YearFulfilled,
    YearsDiffer,
)
from treering.flow.exchange import Counter
from treering.flow.parts import Parts
from treering.registry.applicant import Applicant
from treering.registry.feed import Feed
from treering.store.example import conversion_rules
from treering.store.exchanges import Exchanges

LOT = lot_id(1, 277)
LATER = timedelta(hours=1)


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[RunningTwin]:
    with running_twin(tmp_path / "twin") as running:
        yield running


@pytest.fixture
def counter(parts: Parts, forest: Chain, twin: RunningTwin) -> Counter:
    return replace(parts.counter(twin.url, SUBMIT_KEY), claims=KitClaims(forest))


def claims_of(forest: Chain) -> set[bytes | None]:
    now = forest.ledger.at("latest")
    return {now.status(tree_id(LOT, serial)).claim for serial in range(3)}


def test_three_certificates_become_one_and_both_sides_tell(
    parts: Parts, counter: Counter, numbers, forest: Chain, twin
):
    done = counter.exchange(asked(numbers))
    assert (done.state, done.year) == ("claimed", 2018)
    assert done.number == "SYN-2018-150000-000001"
    forest.finalise()
    following = followed(parts, twin)
    verifier, office = following.verifier, following.office
    report = verifier.verify(office.credential(office.find(numbers[0])))
    assert report.findings[-1].code == "EXCHANGE_OK"
    assert report.verdict is Verdict.VALID


def test_nothing_is_used_up_while_nobody_may_lean_on_the_registry(
    parts: Parts, numbers, twin: RunningTwin
):
    following = followed(parts, twin)
    late = replace(following, clock=lambda: datetime.now(UTC) + timedelta(days=3))
    with pytest.raises(MirrorStale, match="are tolerated"):
        late.applications.apply(asked(numbers))
    never = replace(following, feed=Feed(twin.url, VerifierKey.of("another", KEY)))
    assert never.applications.apply(asked(numbers)).state == "applied"
    assert following.applications.apply(asked(numbers)).state == "applied"


def test_the_same_exchange_again_brings_the_same_certificate(counter: Counter, numbers):
    assert counter.exchange(asked(numbers)) == counter.exchange(asked(numbers[::-1]))


def test_a_key_brings_the_same_exchange_and_no_other(parts: Parts, numbers):
    applications = parts.applications
    first, before = applications.apply_once("ANT_FOREST", "key", asked(numbers))
    again, replayed = applications.apply_once("ANT_FOREST", "key", asked(numbers))
    assert (first.id, before, replayed) == (again.id, False, True)
    with pytest.raises(KeyReused):
        applications.apply_once("ANT_FOREST", "key", asked(numbers, "110000"))
    assert applications.find_of("ANT_FOREST", first.id) == again
    with pytest.raises(ExchangeNotFound):
        applications.find_of("GFOREST", first.id)
    with pytest.raises(CertificateNotFound):
        applications.apply_once("GFOREST", "key", asked(numbers))


def test_a_registry_that_is_away_leaves_an_application_that_goes_on_later(
    counter: Counter, numbers, clock
):
    away = replace(counter, registry=Applicant(f"http://127.0.0.1:{free_port()}", SUBMIT_KEY))
    with pytest.raises(RegistryUnavailable):
        away.exchange(asked(numbers))
    with pytest.raises(RegistryUnavailable):
        away.resume()
    assert counter.resume() is False, "it is tried again after a while"
    clock.pass_by(LATER)
    assert counter.resume() is True
    assert counter.exchange(asked(numbers)).state == "claimed"


def test_a_registry_that_does_not_take_our_key_is_asked_again_when_it_is_mended(
    counter: Counter, numbers, twin
):
    locked_out = replace(counter, registry=Applicant(twin.url, "wrong"))
    with pytest.raises(RegistryUnavailable, match="401"):
        locked_out.exchange(asked(numbers))
    assert counter.exchange(asked(numbers)).state == "claimed"


class _Interrupted:
    """A chain that takes the claim, or does not, and then is gone."""

    def __init__(self, real: KitClaims, *, reached: bool) -> None:
        self._real, self._reached = real, reached
        self.status, self.release = real.status, real.release

    def claim(self, commitment, trees) -> None:
        if self._reached:
            self._real.claim(commitment, trees)
        raise ChainUnavailable("connection reset")


@pytest.mark.parametrize("reached", [False, True], ids=["request lost", "answer lost"])
def test_a_crash_between_the_sides_claims_each_record_once(
    counter: Counter, numbers, forest: Chain, reached
):
    torn = replace(counter, claims=_Interrupted(counter.claims, reached=reached))
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
    class Overtaken(_Interrupted):
        def claim(self, commitment, trees) -> None:
            self._real.claim(commitment, trees)
            self._real.claim(commitment, trees)  # the second is refused

    overtaken = replace(counter, claims=Overtaken(counter.claims, reached=True))
    assert overtaken.exchange(asked(numbers)).state == "claimed"


class _RevokedMeanwhile(_Interrupted):
    """A chain on which a record falls between application and claim."""

    def __init__(self, real: KitClaims, forest: Chain) -> None:
        super().__init__(real, reached=True)
        self._forest = forest

    def claim(self, commitment, trees) -> None:
        self._forest.act("revoker", "revoke", [tree_id(LOT, 1)], 2)
        self._real.claim(commitment, trees)


def test_a_claim_that_the_contract_refuses_for_good_is_taken_back_at_the_registry(
    parts: Parts, counter: Counter, numbers, forest: Chain, twin, clock
):
    falls = replace(counter, claims=_RevokedMeanwhile(counter.claims, forest))
    with pytest.raises(ClaimRefused, match="RecordIsRevoked"):
        falls.exchange(asked(numbers))
    clock.pass_by(LATER)
    assert counter.resume() is True
    ended = state_of(parts, numbers)
    assert (ended.state, ended.ended_by, ended.reason) == ("released", EndedBy.CHAIN, "TR239")
    assert twin.size == 2, "issued and withdrawn"


def state_of(parts: Parts, numbers):
    with parts.engine.connect() as connection:
        tree = parts.office.find(numbers[0]).number.tree
        return Exchanges(connection, parts.vault).of_tree(tree)


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


class _Refusing:
    """A chain that has lost the records too."""

    def __init__(self, real: KitClaims) -> None:
        self._real = real

    def status(self, tree, block="latest"):
        return replace(self._real.status(tree, block), claim=None)

    def claim(self, commitment, trees) -> None:
        raise TransactionRefused("RecordUnknown")


def test_a_lost_claim_waits_until_its_records_are_minted_again(
    counter: Counter, numbers, forest: Chain, clock
):
    counter.exchange(asked(numbers))
    not_minted = replace(counter, claims=_Refusing(counter.claims))
    assert not_minted.restore() is False


def test_a_record_that_is_not_minted_again_yet_is_claimed_later(
    counter: Counter, numbers, forest: Chain, clock
):
    not_minted = replace(counter, claims=_Refusing(counter.claims))
    with pytest.raises(TransactionRefused):
        not_minted.exchange(asked(numbers))
    clock.pass_by(LATER)
    assert not_minted.resume() is True, "told, and tried again"
    assert counter.exchange(asked(numbers)).state == "claimed"


def test_what_the_registry_declines_is_told_and_frees_the_records(
    parts: Parts, counter: Counter, numbers, twin
):
    class Declining:
        def apply(self, application):
            raise RegistryDeclined("closed for the year")

    with pytest.raises(RegistryDeclined, match="closed"):
        replace(counter, registry=Declining()).exchange(asked(numbers))
    assert (state_of(parts, numbers).state, state_of(parts, numbers).reason) == (
        "declined",
        "TR236",
    )
    assert counter.exchange(asked(numbers)).state == "claimed", "applied for anew"


def test_a_tree_that_the_registry_has_used_has_a_refusal_of_its_own(
    counter: Counter, numbers, parts: Parts
):
    counter.exchange(asked(numbers))
    with parts.engine.begin() as connection:  # our books are lost
        connection.execute(text("DELETE FROM exchange_decisions"))
        connection.execute(text("DELETE FROM exchange_trees"))
        connection.execute(text("DELETE FROM exchanges"))

    class Unclaimed:
        def status(self, tree):
            return replace(counter.claims.status(tree), claim=None)

    blind = replace(counter.applications, world=lambda _: Unclaimed())
    with pytest.raises(UsedAtRegistry):
        replace(counter, applications=blind).exchange(asked(numbers))


def test_a_registry_that_answers_for_another_certificate_is_refused(counter: Counter, numbers):
    class Swapped:
        def apply(self, application):
            return counter.registry.apply(replace(application, salt=b"\x01" * 32))

    with pytest.raises(GrantDiffers):
        replace(counter, registry=Swapped()).exchange(asked(numbers))


def test_a_registry_whose_grant_cannot_be_read_is_asked_again(counter: Counter, numbers, twin):
    class Garbled(Applicant):
        def _asked(self, path, body, expected):
            answer = super()._asked(path, body, expected)
            answer._content = b"<html>"
            return answer

    with pytest.raises(RegistryUnavailable, match="no grant"):
        replace(counter, registry=Garbled(twin.url, SUBMIT_KEY)).exchange(asked(numbers))
    assert counter.exchange(asked(numbers)).state == "claimed"


def test_one_certificate_a_person_and_year(
    counter: Counter, numbers, parts, desk, sealer, mint, forest
):
    counter.exchange(asked(numbers))
    others = more(parts, desk, sealer, mint, forest)
    with pytest.raises(YearFulfilled):
        counter.exchange(asked(others))
    with pytest.raises(YearFulfilled):
        counter.exchange(asked(numbers, "110000"))


def test_a_record_is_used_up_once(counter: Counter, numbers, parts, desk, sealer, mint, forest):
    counter.exchange(asked(numbers))
    find = parts.office.find
    other = more(parts, desk, sealer, mint, forest, holder="user-9")
    stranger = find(other[0]).holder
    mixed = counting(counter, find=lambda number: replace(find(number), holder=stranger))
    with pytest.raises(RecordUsed, match="our books"):
        mixed.exchange(asked([numbers[0], *other[:2]]))
    with parts.engine.begin() as connection:  # our books forget; the chain does not
        connection.execute(text("DELETE FROM exchange_trees"))
    with pytest.raises(RecordUsed, match="the chain"):
        mixed.exchange(asked([numbers[0], *other[:2]]))


def test_two_applications_at_once_make_one_exchange(counter: Counter, numbers, twin):
    def apply(_) -> str:
        try:
            return counter.exchange(asked(numbers)).number
        except ExchangeRaced as refused:
            return refused.code

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(apply, range(2)))
    assert "SYN-2018-150000-000001" in answers
    assert answers <= {"SYN-2018-150000-000001", "TR235"}
    assert twin.size == 1


def test_an_exchange_that_comes_in_between_wins(counter: Counter, numbers):
    class Between:
        """Asked just before the application is kept."""

        def __init__(self, block) -> None:
            self._at = counter.applications.world(block)

        def status(self, tree):
            found = self._at.status(tree)
            counter.exchange(asked(numbers))
            return found

    slow = replace(counter.applications, world=Between)
    with pytest.raises(ExchangeRaced):
        slow.apply(asked(numbers))


def test_what_cannot_be_exchanged_is_refused_with_a_reason_of_its_own(
    counter: Counter, numbers, parts, desk, sealer, mint, forest
):
    find = parts.office.find
    other = more(parts, desk, sealer, mint, forest, holder="user-9")
    waiting = counting(counter, find=lambda n: replace(find(n), batch=None))
    late = counting(counter, find=lambda n: _later(find(n)) if n == numbers[0] else find(n))
    for given, at, why in (
        (numbers[:2], counter, ThreeNeeded),
        ([numbers[0]] * 3, counter, ThreeNeeded),
        (numbers, waiting, RecordWaits),
        ([*numbers[:2], other[0]], counter, HoldersDiffer),
        (numbers, late, YearsDiffer),
    ):
        with pytest.raises(why):
            at.exchange(asked(given))


@pytest.mark.parametrize("adcode", ["000000", "990000", "15000", "内蒙古自治区", ""])
def test_a_place_that_is_none_is_refused(counter: Counter, numbers, adcode):
    with pytest.raises(PlaceUnknown):
        counter.exchange(asked(numbers, adcode))


def test_other_kinds_are_switched_off_and_the_contract_uses_up_trees_alone(
    counter: Counter, numbers, parts
):
    find = parts.office.find
    lot = parts.service.lot("ANT_FOREST-100001").lot
    area = counting(counter, find=lambda n: replace(find(n), lot=lot))
    with pytest.raises(KindNotExchanged, match="M2: the rules have it switched off"):
        area.exchange(asked(numbers))
    mixed = counting(
        counter, find=lambda n: replace(find(n), lot=lot) if n == numbers[0] else find(n)
    )
    with pytest.raises(KindNotExchanged, match="different kinds"):
        mixed.exchange(asked(numbers))
    head, *rows = conversion_rules().splitlines()
    row = next(row for row in rows if row.startswith("exchange-m2,"))
    on = row.replace(",0,NONE,", ",3,FULFILMENT,").replace("2018-01-01", "2026-12-01")
    parts.rulebook.load(f"{head}\n{on}\n")
    december = replace(area.applications, clock=lambda: datetime(2026, 12, 2, tzinfo=UTC))
    with pytest.raises(KindNotExchanged, match="the contract uses up trees alone"):
        december.apply(asked(numbers))


def test_eligibility_is_asked_for_once_a_year_and_only_its_answer_is_kept(
    counter: Counter, numbers, parts
):
    with pytest.raises(EligibilityUnknown):
        counter.exchange(asked(numbers, said=None))
    with pytest.raises(NotEligible, match="says the programme"):
        counter.exchange(asked(numbers, said=replace(ELIGIBLE, eligible=False)))
    with pytest.raises(ConsentMissing):
        counter.exchange(asked(numbers, said=replace(ELIGIBLE, consented=False)))
    with pytest.raises(ConsentMissing):
        counter.exchange(asked(numbers, said=None))
    with parts.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM eligibilities")).mappings().all()
    assert [(row["year"], row["eligible"], row["consented"]) for row in rows] == [
        (2018, True, False)
    ]
    assert set(rows[0]) == {"holder", "year", "eligible", "consented", "source", "stated_at"}
    assert counter.exchange(asked(numbers)).state == "claimed"


def test_a_place_and_time_without_a_rule_is_refused(counter: Counter, numbers, parts):
    before = replace(counter.applications, clock=lambda: datetime(2017, 12, 31, 15, tzinfo=UTC))
    with pytest.raises(NoRule, match="2017-12-31"):
        before.apply(asked(numbers))
    begun = replace(before, clock=lambda: datetime(2017, 12, 31, 16, tzinfo=UTC))
    assert begun.apply(asked(numbers)).state == "applied", "in Beijing it is 2018"


def test_a_revoked_or_replaced_record_is_refused(
    counter: Counter, numbers, forest: Chain, parts, desk, sealer, mint
):
    forest.act("revoker", "revoke", [tree_id(LOT, 1)], 2)
    with pytest.raises(RecordFallen, match=numbers[1]):
        counter.exchange(asked(numbers))


def test_an_application_from_before_places_were_kept_is_given_its_place(
    counter: Counter, numbers, parts, clock
):
    kept = counter.applications.apply(asked(numbers))
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE exchanges SET adcode = ''"))
    clock.pass_by(LATER)
    assert counter.resume() is False, "a worker does not guess it"
    done = counter.exchange(asked(numbers))
    assert (done.id, done.adcode, done.state) == (kept.id, "150000", "claimed")


@pytest.mark.parametrize(
    ("moment", "year"),
    [("2018-12-31T15:59:59Z", 2018), ("2018-12-31T16:30:00Z", 2019)],
)
def test_the_year_is_the_calendar_year_in_beijing(counter: Counter, numbers, parts, moment, year):
    find = parts.office.find

    def found(number):
        one = find(number)
        at = datetime.fromisoformat(moment)
        return replace(one, redemption=replace(one.redemption, redeemed_at=at))

    assert counting(counter, find=found).exchange(asked(numbers)).year == year


def _later(found):
    moved = found.redemption.redeemed_at + timedelta(days=365)
    return replace(found, redemption=replace(found.redemption, redeemed_at=moved))


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

    class Away(_Interrupted):
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

    class Refusing(_Interrupted):
        def release(self, trees) -> None:
            raise TransactionRefused("paused")

    refusing = Refusing(counter.claims, reached=False)
    refusing.release = lambda trees: Refusing.release(refusing, trees)
    with pytest.raises(TransactionRefused, match="paused"):
        replace(counter, claims=refusing).go_on(taken)


def test_a_worker_that_slept_while_all_was_taken_back_leaves_nothing_claimed(
    parts: Parts, counter: Counter, numbers, forest: Chain
):
    class Sleepy(_Interrupted):
        def claim(self, commitment, trees) -> None:
            done = counter.exchange(asked(numbers))
            counter.go_on(parts.undoing.withdraw(done))
            self._real.claim(commitment, trees)  # awake again

    sleepy = replace(counter, claims=Sleepy(counter.claims, reached=True))
    assert sleepy.exchange(asked(numbers)).state == "released"
    assert claims_of(forest) == {None}


def test_every_refusal_of_an_exchange_has_a_code_and_says_what_to_do():
    refusals = ExchangeRefused.__subclasses__()
    assert len({refusal.code for refusal in refusals}) == len(refusals) > 15
    for refusal in refusals:
        assert ":" in (refusal.__doc__ or ""), f"{refusal.__name__} has no next step"
