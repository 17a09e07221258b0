"""Rules: which hold when, what an act counts as, and that nothing past can be changed."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.lot import Standing
from treering.domain.reading import Act, read
from treering.domain.rule_rows import COLUMNS, rules_of
from treering.domain.rules import Award, People, Rule, first_change, in_force
from treering.errors import RulesUnreadable
from treering.store.example import conversion_rules

RULES = rules_of(conversion_rules())
HEAD, *LINES = conversion_rules().splitlines()
TODAY = date(2026, 11, 22)
BEIJING = next(rule for rule in RULES if rule.id == "beijing-donation")


def act(quantity, unit="CNY", form="F6", adcode="110105", **changes) -> Act:
    made = Act(
        form=form,
        unit=unit,
        quantity=Decimal(str(quantity)),
        adcode=adcode,
        day=TODAY,
        eligible=True,
    )
    return replace(made, **changes)


def counts(*of, **changes) -> tuple[int, str, bool]:
    found = read(RULES, act(*of, **changes))
    return found.trees, found.award, found.settled


@pytest.mark.parametrize(
    ("done", "trees", "award"),
    [
        (act(60), 3, "FULFILMENT"),
        (act("59.99"), 0, "NONE"),
        (act(600), 3, "FULFILMENT"),
        (act(3, "M2_ROOF_OR_WALL", "F1"), 3, "FULFILMENT"),
        (act(6, "M2_ROOF_OR_WALL", "F1"), 3, "FULFILMENT"),
        (act("2.9", "M2_ROOF_OR_WALL", "F1"), 0, "NONE"),
        (act(1, "M2_BALCONY", "F1"), 3, "FULFILMENT"),
        (act(1, "TREE_COURTYARD", "F1"), 3, "FULFILMENT"),
        (act(30, adcode="420106"), 3, "FULFILMENT"),
        (act(45, adcode="430100"), 3, "FULFILMENT"),
        (act(90, adcode="430100"), 6, "HONOUR"),
        (act(30, adcode="460200"), 3, "FULFILMENT"),
        (act(60, adcode="460200"), 6, "HONOUR"),
        (act(5, "TREE", "F1", "460200"), 3, "FULFILMENT"),
        (act(6, "TREE", "F1", "460200"), 6, "HONOUR"),
        (act(2, "WORKDAY", "F2", "370203"), 3, "FULFILMENT"),
        (act(60, adcode="620000"), 3, "FULFILMENT"),
        (act(29, adcode="620000"), 0, "NONE"),
        (act(3, "TREE_CERTIFICATE"), 3, "FULFILMENT"),
        (act(3, "M2_CERTIFICATE"), 0, "NONE"),
    ],
)
def test_what_an_act_counts_as_where_it_was_done(done, trees, award):
    found = read(RULES, done)
    assert (found.trees, found.award) == (trees, award)


def test_a_lump_is_no_rate_and_a_city_speaks_before_its_province_and_the_country():
    assert counts(45, adcode="370203") == (3, "FULFILMENT", True), "the province's"
    assert counts(30, adcode="420500")[2] is False, "Wuhan's neighbour knows only the range"
    assert counts(30, adcode="420100") == (3, "FULFILMENT", True)


def test_between_the_ends_of_a_range_and_by_a_placeholder_nothing_is_settled():
    assert counts(45, adcode="620000") == (3, "FULFILMENT", False)
    assert counts(3, "HOUR", "F2", "620000") == (3, "FULFILMENT", False)
    assert counts(2, "HOUR", "F2", "620000") == (2, "NONE", False)
    placeholders = {rule.form for rule in RULES if rule.standing is Standing.PLACEHOLDER}
    assert placeholders >= {"F2", "F3", "F4", "F5", "F7", "F8"}, "all eight forms have a row"
    assert {rule.form for rule in RULES} == {f"F{number}" for number in range(1, 9)}


def test_whom_a_rule_is_for_is_told_by_a_yes_or_no():
    outside = read(RULES, act(3, "TREE", "F1", "620000", eligible=False))
    assert (outside.award, outside.settled) == ("HONOUR", False), "a placeholder, by no province"
    assert read(RULES, act(60, eligible=False)).rule is None
    for_all = [replace(BEIJING, people=People.ALL)]
    assert read(for_all, act(60, eligible=False)).trees == 3


def test_a_province_may_honour_those_outside_the_legal_ages():
    here = replace(BEIJING, id="here", award=Award.HONOUR, people=People.OUTSIDE, adcode="210000")
    found = read([*RULES, here], act(60, adcode="210000", eligible=False))
    assert (found.award, found.settled) == ("HONOUR", True)


def test_where_no_rule_speaks_there_is_no_reading():
    assert read(RULES, act(1, "ELEPHANT")).rule is None
    assert read(RULES, act(60, day=date(2016, 12, 31))).rule is None


def test_a_rule_holds_from_its_day_until_the_next_or_its_end():
    dearer = replace(BEIJING, from_day=date(2027, 1, 1), sure_quantity=Decimal(70))
    ended = replace(dearer, until_day=date(2028, 1, 1))
    rules = [*RULES, dearer, ended]

    def quantity(day):
        return [rule.sure_quantity for rule in in_force(rules, day) if rule.id == BEIJING.id]

    assert quantity(date(2026, 12, 31)) == [60]
    assert quantity(date(2027, 1, 1)) == [70]
    assert quantity(date(2027, 12, 31)) == [70]
    assert quantity(date(2028, 1, 1)) == []


@pytest.mark.parametrize(
    ("change", "day"),
    [
        ({"from_day": TODAY + timedelta(1), "trees": 4}, None),
        ({"until_day": TODAY + timedelta(1)}, None),
        ({"from_day": TODAY, "trees": 4}, TODAY),
        ({"from_day": date(2026, 1, 1), "until_day": date(2026, 2, 1)}, date(2026, 1, 1)),
        ({"until_day": TODAY}, TODAY),
        ({"trees": 4}, date(2017, 1, 1)),
        ({"note": "otherwise"}, date(2017, 1, 1)),
        ({"id": "new-one", "from_day": date(2020, 5, 1)}, date(2020, 5, 1)),
        ({"id": "new-one", "from_day": TODAY + timedelta(1)}, None),
    ],
)
def test_a_change_that_reaches_back_is_found_with_its_first_day(change, day):
    assert first_change(RULES, [*RULES, replace(BEIJING, **change)], TODAY) == day


days = st.dates(date(2016, 1, 1), date(2030, 1, 1))
statements = st.builds(
    lambda name, start, length, trees: replace(
        BEIJING,
        id=name,
        from_day=start,
        until_day=start + timedelta(length) if length else None,
        trees=trees,
    ),
    st.sampled_from(["a", "b"]),
    days,
    st.integers(0, 2000),
    st.integers(1, 9),
)


@given(st.lists(statements, max_size=4), st.lists(statements, max_size=3), days)
def test_no_change_is_found_only_where_no_past_day_reads_otherwise(before, new, today):
    after = [*before, *new]
    found = first_change(before, after, today)
    every = [date(2016, 1, 1) + timedelta(n) for n in range((today - date(2016, 1, 1)).days + 1)]
    differing = [day for day in every if terms(before, day) != terms(after, day)]
    assert found == (differing[0] if differing else None)


def terms(rules: list[Rule], day: date) -> list[tuple[str, ...]]:
    return [rule.terms for rule in in_force(rules, day)]


def test_every_word_of_a_rule_is_in_its_hash_and_each_has_one_writing():
    changed = {
        "id": "x",
        "adcode": "120000",
        "form": "F1",
        "unit": "M2",
        "from_quantity": Decimal(59),
        "sure_quantity": Decimal(61),
        "counting": "EACH",
        "trees": 4,
        "award": Award.HONOUR,
        "people": People.ALL,
        "from_day": TODAY,
        "until_day": TODAY,
        "standing": Standing.DERIVED,
        "as_of": "2024",
        "note": "x",
    }
    assert set(changed) == set(COLUMNS)
    hashes = {replace(BEIJING, **{name: value}).hash for name, value in changed.items()}
    assert len(hashes | {BEIJING.hash}) == len(changed) + 1
    assert replace(BEIJING, sure_quantity=Decimal("60.000")).hash == BEIJING.hash
    assert replace(BEIJING, sure_quantity=Decimal("6E+1")).hash == BEIJING.hash


def line(**changes) -> str:
    words = dict(zip(HEAD.split(","), LINES[0].split(","), strict=True)) | changes
    return f"{HEAD}\n{','.join(words[name] for name in COLUMNS)}\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "1 to 10000 rules"),
        (HEAD, "1 to 10000 rules"),
        ("id,adcode\na,110000\n", "line 2: the columns are id, adcode"),
        (f"{HEAD}\n{LINES[0]},more\n", "line 2: the columns"),
        (f"{HEAD}\n{LINES[0].rpartition(',')[0]}\n", "line 2: the columns"),
        (f"{HEAD}\n{LINES[0]}\n{LINES[0]}\n", "stated twice"),
        (f'{HEAD}\n"{LINES[0]}', "no CSV"),
        (line(id="Über"), "id cannot be"),
        (line(id="=HYPERLINK(1)"), "id cannot be"),
        (line(adcode="15"), "adcode cannot be"),
        (line(adcode="012345"), "adcode cannot be"),
        (line(form="F9"), "form cannot be"),
        (line(unit="trees"), "unit cannot be"),
        (line(from_quantity="0"), "above 0"),
        (line(from_quantity="-3"), "from_quantity cannot be"),
        (line(from_quantity="4"), "at most sure_quantity"),
        (line(sure_quantity="1e3"), "sure_quantity cannot be"),
        (line(sure_quantity="３"), "sure_quantity cannot be"),
        (line(counting="SOME"), "SOME"),
        (line(trees="many"), "trees cannot be"),
        (line(trees="0"), "no trees earn no certificate"),
        (line(award="GOLD"), "GOLD"),
        (line(people="MEN"), "MEN"),
        (line(from_day="2018-02-30"), "day is out of range"),
        (line(from_day="12/03/2018"), "from_day cannot be"),
        (line(until_day="2018-01-01"), "until_day comes after"),
        (line(standing="certain"), "certain"),
        (line(as_of="a\x07"), "one line each"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_with_its_line(text, why):
    with pytest.raises(RulesUnreadable, match=why):
        rules_of(text)


def test_a_file_with_a_byte_order_mark_is_read():
    assert rules_of("\ufeff" + line())[0].id == "exchange"
