"""Rules as a CSV file writes them: a line each, every word checked."""

import csv
import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from io import StringIO

from treering.domain.lot import Standing
from treering.domain.rules import Award, Counting, People, Rule
from treering.errors import RulesUnreadable

COLUMNS = tuple(Rule.__slots__)
MOST_ROWS = 10_000  # the country has some 3,000 counties
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_ADCODE = re.compile(r"0{6}|[1-9][0-9]{5}")
_FORM = re.compile(r"F[1-8]")
_UNIT = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_QUANTITY = re.compile(r"[0-9]{1,9}(\.[0-9]{1,3})?")
_DAY = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")


def rules_of(text: str) -> list[Rule]:
    """RulesUnreadable names the line, counted from 1 with the line of columns."""
    try:
        rows = list(csv.DictReader(StringIO(text.removeprefix("\ufeff")), strict=True))
    except csv.Error as error:
        raise RulesUnreadable(f"it is no CSV: {error}") from error
    if not 0 < len(rows) <= MOST_ROWS:
        raise RulesUnreadable(f"1 to {MOST_ROWS} rules are taken at once, not {len(rows)}")
    rules = [_rule(number, row) for number, row in enumerate(rows, 2)]
    if len({(rule.id, rule.from_day) for rule in rules}) != len(rules):
        raise RulesUnreadable("a rule is stated twice from the same day")
    return rules


def _rule(line: int, row: Mapping[str | None, str | None]) -> Rule:
    words = {name: value for name, value in row.items() if name and value is not None}
    if len(words) != len(row) or set(words) != set(COLUMNS):
        raise RulesUnreadable(f"line {line}: the columns are {', '.join(COLUMNS)}")
    try:
        return checked(_read(words))
    except ValueError as error:
        raise RulesUnreadable(f"line {line}: {error}") from error


def _read(words: Mapping[str, str]) -> Rule:
    return Rule(
        id=_like(_ID, words, "id"),
        adcode=_like(_ADCODE, words, "adcode"),
        form=_like(_FORM, words, "form"),
        unit=_like(_UNIT, words, "unit"),
        from_quantity=Decimal(_like(_QUANTITY, words, "from_quantity")),
        sure_quantity=Decimal(_like(_QUANTITY, words, "sure_quantity")),
        counting=Counting(words["counting"]),
        trees=_trees(words["trees"]),
        award=Award(words["award"]),
        people=People(words["people"]),
        from_day=date.fromisoformat(_like(_DAY, words, "from_day")),
        until_day=date.fromisoformat(_like(_DAY, words, "until_day"))
        if words["until_day"]
        else None,
        standing=Standing(words["standing"]),
        as_of=words["as_of"],
        note=words["note"],
    )


def checked(rule: Rule) -> Rule:
    """The rule; ValueError where its words do not go together."""
    if not 0 < rule.from_quantity <= rule.sure_quantity:
        raise ValueError("from_quantity is above 0 and at most sure_quantity")
    if rule.until_day is not None and rule.until_day <= rule.from_day:
        raise ValueError("until_day comes after from_day")
    if rule.trees == 0 and rule.award is not Award.NONE:
        raise ValueError("no trees earn no certificate")
    if any(not word.isprintable() for word in (rule.as_of, rule.note)):
        raise ValueError("as_of and note are one line each")
    return rule


def _like(pattern: re.Pattern[str], words: Mapping[str, str], name: str) -> str:
    if not pattern.fullmatch(words[name]):
        raise ValueError(f"{name} cannot be {words[name]!r:.80}")
    return words[name]


def _trees(word: str) -> int:
    if not re.fullmatch(r"[0-9]{1,3}", word):
        raise ValueError(f"trees cannot be {word!r:.80}")
    return int(word)
