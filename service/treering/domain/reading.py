"""What an act counts as, by the rules that hold where and when it was done.

The narrowest place with a rule for the act's form and unit speaks alone: a city before its
province, a province before the country. Of its rules the best that is met counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from treering.domain.lot import Standing
from treering.domain.rules import Award, Counting, People, Rule, in_force

DUTY = 3  # trees a year, the least that the law of 1981 asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What was done: `quantity` of `unit`, by one who lives in `adcode`, on a day in Beijing.

    `eligible` is the answer whether he is of the legal ages in that year, and all that we know.
    """

    form: str
    unit: str
    quantity: Decimal
    adcode: str
    day: date
    eligible: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`rule` is None where none speaks of such an act. Nothing rests on what is not settled:
    a placeholder, or a quantity of which only some places say that it is enough."""

    rule: Rule | None
    trees: int = 0
    award: Award = Award.NONE
    settled: bool = True


def read(rules: Iterable[Rule], act: Act) -> Reading:
    speaking = [rule for rule in in_force(rules, act.day) if _speaks_of(rule, act)]
    if not speaking:
        return Reading(rule=None)
    narrowest = max(len(rule.prefix) for rule in speaking)
    here = [rule for rule in speaking if len(rule.prefix) == narrowest]
    return max((_by(rule, act.quantity) for rule in here), key=_worth)


def _speaks_of(rule: Rule, act: Act) -> bool:
    people = People.ELIGIBLE if act.eligible else People.OUTSIDE
    return (
        (rule.form, rule.unit) == (act.form, act.unit)
        and act.adcode.startswith(rule.prefix)
        and rule.people in (people, People.ALL)
    )


def _by(rule: Rule, quantity: Decimal) -> Reading:
    if quantity < rule.from_quantity:
        return Reading(rule=rule)
    times = int(quantity // rule.sure_quantity) if rule.counting is Counting.EACH else 1
    trees = rule.trees * times
    return Reading(
        rule=rule,
        trees=trees,
        award=_award(rule, trees),
        settled=quantity >= rule.sure_quantity and rule.standing is not Standing.PLACEHOLDER,
    )


def _award(rule: Rule, trees: int) -> Award:
    if rule.counting is Counting.EACH and rule.award is Award.NONE and trees >= DUTY:
        return Award.FULFILMENT
    return rule.award if trees else Award.NONE


def _worth(reading: Reading) -> tuple[bool, int, str]:
    assert reading.rule, "of a rule"
    return reading.settled, reading.trees, reading.rule.id
