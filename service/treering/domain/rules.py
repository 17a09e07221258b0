"""What counts for how much: rules of conversion by place, form and time, as data.

A rule says from which quantity of a unit on an act counts as so many trees, for whom, and
which certificate that earns. It never changes: another statement of the same id takes its
place from a date on. `from_day` and `until_day` are days in Asia/Shanghai, the last excluded.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from itertools import groupby

from treering.domain.lot import Standing

EVERYWHERE = "000000"


class Counting(StrEnum):
    """A LUMP counts once, however much more there is: 6 m² of roof are no six trees."""

    LUMP = "LUMP"
    EACH = "EACH"


class Award(StrEnum):
    """NONE counts towards the duty, and earns nothing by itself."""

    NONE = "NONE"
    FULFILMENT = "FULFILMENT"  # 尽责证书
    HONOUR = "HONOUR"  # 国土绿化荣誉证书


class People(StrEnum):
    """For whom: those of the legal ages in that year, those outside of them, or all."""

    ELIGIBLE = "ELIGIBLE"
    OUTSIDE = "OUTSIDE"
    ALL = "ALL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`from_quantity` to `sure_quantity` is a range only where places differ and ours is not
    known. No trees: switched off. `as_of` is when the source said so, `standing` how sure it is.
    """

    id: str
    adcode: str
    form: str
    unit: str
    from_quantity: Decimal
    sure_quantity: Decimal
    counting: Counting
    trees: int
    award: Award
    people: People
    from_day: date
    until_day: date | None
    standing: Standing
    as_of: str
    note: str

    @property
    def hash(self) -> bytes:
        """32 bytes over every word of it: which version a decision rests on."""
        return sha256("\n".join(_words(self)).encode()).digest()

    @property
    def terms(self) -> tuple[str, ...]:
        """All but its end: two of the same terms decide alike wherever both hold."""
        return tuple(word for word in _words(self) if not word.startswith("until_day="))

    @property
    def prefix(self) -> str:
        """Of the adcodes that it holds for: 37 is a province, 3702 a city."""
        prefix = self.adcode
        while prefix.endswith("00"):
            prefix = prefix[:-2]
        return prefix

    def holds_on(self, day: date) -> bool:
        return self.from_day <= day and (self.until_day is None or day < self.until_day)


def in_force(rules: Iterable[Rule], day: date) -> list[Rule]:
    """One statement an id at most, in the order of ids. `rules` are in the order of loading.

    Of statements from the same day the newest stands; of these the last that has begun, unless
    it has ended.
    """
    standing: list[Rule] = []
    by_id = sorted(rules, key=lambda rule: rule.id)  # stable: as loaded within an id
    for _, same in groupby(by_id, key=lambda rule: rule.id):
        begun = {rule.from_day: rule for rule in same if rule.from_day <= day}
        if begun and (last := begun[max(begun)]).holds_on(day):
            standing.append(last)
    return standing


def first_change(before: Sequence[Rule], after: Sequence[Rule], today: date) -> date | None:
    """The first day, up to today, on which others would hold than did; None if none would."""
    moments = {rule.from_day for rule in after} | {rule.until_day for rule in (*before, *after)}
    past = sorted({day for day in moments if day is not None and day <= today} | {today})
    return next((day for day in past if _terms(before, day) != _terms(after, day)), None)


def _terms(rules: Iterable[Rule], day: date) -> list[tuple[str, ...]]:
    return [rule.terms for rule in in_force(rules, day)]


def _words(rule: Rule) -> list[str]:
    """`name=value`, a line each, in the order of the fields; quantities in one form only."""
    values = {name: getattr(rule, name) for name in Rule.__slots__}
    plain = {n: f"{v.normalize():f}" if isinstance(v, Decimal) else v for n, v in values.items()}
    return [f"{name}={'' if value is None else value}" for name, value in plain.items()]
