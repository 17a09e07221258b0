"""The exchange of three tree certificates for a fulfilment certificate, with the real twin."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from tests.chain_kit import Chain
from tests.fakes.registry import KEY
from tests.flow.exchange.kit import LATER
from tests.flow.exchanging import (
    RunningTwin,
    asked,
    counting,
    followed,
    more,
)
from treering.domain.registry_head import VerifierKey
from treering.domain.verification import Verdict
from treering.errors import (
    CertificateNotFound,
    ExchangeNotFound,
    ExchangeRaced,
    KeyReused,
    MirrorStale,
    RecordUsed,
    YearFulfilled,
)
from treering.flow.exchanging.exchange import Counter
from treering.flow.parts import Parts
from treering.registry.feed import Feed


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
    with pytest.raises(MirrorStale, match="nothing of another is held yet"):
        never.applications.apply(asked(numbers))
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
