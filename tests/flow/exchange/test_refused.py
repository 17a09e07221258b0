"""What is not exchanged, each with a reason of its own."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from tests.chain_kit import Chain
from tests.flow.exchange.kit import LOT, later
from tests.flow.exchanging import (
    ELIGIBLE,
    asked,
    counting,
    more,
)
from treering.domain.record import tree_id
from treering.errors import (
    ConsentMissing,
    EligibilityUnknown,
    ExchangeRefused,
    HoldersDiffer,
    KindNotExchanged,
    NoRule,
    NotEligible,
    PlaceUnknown,
    RecordFallen,
    RecordWaits,
    ThreeNeeded,
    YearsDiffer,
)
from treering.flow.exchanging.exchange import Counter
from treering.store.example import conversion_rules


def test_what_cannot_be_exchanged_is_refused_with_a_reason_of_its_own(
    counter: Counter, numbers, parts, desk, sealer, mint, forest
):
    find = parts.office.find
    other = more(parts, desk, sealer, mint, forest, holder="user-9")
    waiting = counting(counter, find=lambda n: replace(find(n), batch=None))
    late = counting(counter, find=lambda n: later(find(n)) if n == numbers[0] else find(n))
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


def test_every_refusal_of_an_exchange_has_a_code_and_says_what_to_do():
    refusals = ExchangeRefused.__subclasses__()
    assert len({refusal.code for refusal in refusals}) == len(refusals) > 15
    for refusal in refusals:
        assert ":" in (refusal.__doc__ or ""), f"{refusal.__name__} has no next step"
