"""The book of rules: loaded from files, never changed for the past, and replayed."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.flow.exchanging import asked
from treering.errors import RulesAlterPast, RulesUnreadable
from treering.flow.parts import Parts
from treering.store.example import conversion_rules

HEAD, *LINES = conversion_rules().splitlines()
EXCHANGE = LINES[0]


def stating(*lines: str) -> str:
    return "\n".join([HEAD, *lines]) + "\n"


def test_the_example_founds_the_book_once(parts: Parts):
    book = parts.rulebook
    assert len(book.loaded()) == len(LINES)
    book.found("not even a file")
    assert book.load(conversion_rules()) == 0, "the same again is nothing new"


def test_a_rule_changes_from_tomorrow_on_and_nothing_past_changes(parts: Parts, numbers):
    book = parts.rulebook
    parts.applications.apply(asked(numbers))
    assert book.replay() == (1, [])
    off = EXCHANGE.replace(",3,FULFILMENT,", ",0,NONE,")
    with pytest.raises(RulesAlterPast, match="2018-01-01"):
        book.load(stating(off))
    with pytest.raises(RulesAlterPast, match="2026-11-22"):
        book.load(stating(off.replace("2018-01-01", "2026-11-22")))
    assert book.load(stating(off.replace("2018-01-01", "2026-11-23"))) == 1
    assert book.replay() == (1, []), "made by the rule of its day"
    assert {rule.trees for rule in book.standing(date(2026, 11, 23)) if rule.id == "exchange"} == {
        0
    }
    with pytest.raises(RulesUnreadable):
        book.load(stating("nonsense"))


def test_a_change_that_has_not_begun_may_be_taken_back(parts: Parts):
    book = parts.rulebook
    cheaper = EXCHANGE.replace("2018-01-01", "2027-01-01")
    dearer = cheaper.replace("CERTIFICATE,3,3", "CERTIFICATE,3,4")
    assert [book.load(stating(one)) for one in (dearer, cheaper, dearer)] == [1, 1, 1]
    (now,) = [rule for rule in book.standing(date(2027, 5, 1)) if rule.id == "exchange"]
    assert now.sure_quantity == 4


def test_today_is_the_day_in_beijing(parts: Parts, clock):
    clock.now = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    assert parts.rulebook.today() == date(2026, 11, 23)


@pytest.mark.parametrize(
    "statement", ["UPDATE rules SET trees = 1", "DELETE FROM rules", "TRUNCATE rules"]
)
def test_the_database_itself_lets_nobody_change_a_rule(parts: Parts, statement):
    with parts.engine.connect() as connection, pytest.raises(ProgrammingError, match="never"):
        connection.execute(text(statement))


@pytest.mark.parametrize(
    ("tampering", "why"),
    [
        ("UPDATE rules SET trees = 5 WHERE id = 'exchange'", "not in the book as it was"),
        ("DELETE FROM rules WHERE id = 'exchange'", "not in the book as it was"),
        ("UPDATE exchange_decisions SET day = '2016-01-01'", "by another rule"),
        ("UPDATE exchange_decisions SET adcode = '110000', unit = 'CNY'", "by another rule"),
        ("UPDATE exchange_decisions SET trees = 6", "3 trees and FULFILMENT, not 6 and"),
        ("UPDATE exchange_decisions SET award = 'HONOUR'", "not 3 and HONOUR"),
    ],
)
def test_a_replay_finds_whatever_was_tampered_with(parts: Parts, numbers, tampering, why):
    kept = parts.applications.apply(asked(numbers))
    with parts.engine.begin() as connection:
        connection.execute(text("ALTER TABLE rules DISABLE TRIGGER rules_stay"))
        connection.execute(text(tampering))
    decisions, (differs,) = parts.rulebook.replay()
    assert (decisions, differs.exchange) == (1, kept.id)
    assert why in differs.why
