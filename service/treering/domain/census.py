"""How many fulfilled, by year, province and form, and what of it may be told to everybody.

A group below FEWEST could name its people. It is withheld, and so is as much beside it that
no sum minus the rest gives it away: a published number's withheld parts are always at least
two and together at least FEWEST, and of a withheld group no part is told. Each year stands
alone, its provinces under it, their forms under them: there is no other sum to compute with.
What is told is told in steps of FEWEST, so that between two dates it moves by as many or not at
all: who came in between is never told as a group of fewer (docs/decisions/0152).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

FEWEST = 10


@dataclass(frozen=True, slots=True)
class Cell:
    """So many certificates of a year, province (adcode) and form stood."""

    year: int
    province: str
    form: str
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """A number of the census. `province` and `form` None are sums over all of them; `count`
    None is withheld, and for everybody 30 means 30 to 39."""

    year: int
    province: str | None
    form: str | None
    count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Census:
    """As of one head of the registry's log; `exact` says that nothing was withheld."""

    feed: str
    size: int
    root: bytes
    as_of: datetime
    lines: tuple[Line, ...]
    exact: bool


_Forms = dict[str, int]
_Provinces = dict[str, _Forms]


def exact(cells: Iterable[Cell], provinces: Collection[str] | None = None) -> Iterator[Line]:
    """All of it; of some provinces, without the sums over all of them."""
    for year, by_province in _years(cells).items():
        if provinces is None:
            yield Line(year, None, None, _sum(by_province))
        for province, forms in by_province.items():
            if provinces is None or province in provinces:
                yield Line(year, province, None, sum(forms.values()))
                for form, count in forms.items():
                    yield Line(year, province, form, count)


def public(cells: Iterable[Cell]) -> Iterator[Line]:
    """What everybody may know."""
    for year, by_province in _years(cells).items():
        total = _sum(by_province)
        if total < FEWEST:
            yield Line(year, None, None, None)
            continue
        yield Line(year, None, None, in_steps(total))
        sums = {province: sum(forms.values()) for province, forms in by_province.items()}
        hidden = withheld(sums)
        for province, forms in by_province.items():
            if province in hidden:
                yield Line(year, province, None, None)
            else:
                yield Line(year, province, None, in_steps(sums[province]))
                yield from _forms(year, province, forms)


def withheld(parts: Mapping[str, int]) -> set[str]:
    """Which parts of a published sum, which is at least FEWEST, are not told."""
    smallest_first = sorted(parts, key=lambda name: (parts[name], name))
    hidden = {name for name in parts if parts[name] < FEWEST}
    for name in smallest_first:
        if not hidden or (len(hidden) > 1 and sum(parts[each] for each in hidden) >= FEWEST):
            break
        hidden.add(name)
    return hidden


def in_steps(count: int) -> int:
    """The whole steps of FEWEST in it."""
    return count - count % FEWEST


def _forms(year: int, province: str, forms: _Forms) -> Iterator[Line]:
    hidden = withheld(forms)
    for form, count in forms.items():
        yield Line(year, province, form, None if form in hidden else in_steps(count))


def _years(cells: Iterable[Cell]) -> dict[int, _Provinces]:
    """In order; what counts none is no part of anything."""
    years: dict[int, _Provinces] = {}
    for cell in sorted(cells, key=lambda cell: (cell.year, cell.province, cell.form)):
        if cell.count:
            forms = years.setdefault(cell.year, {}).setdefault(cell.province, {})
            forms[cell.form] = forms.get(cell.form, 0) + cell.count
    return years


def _sum(by_province: _Provinces) -> int:
    return sum(sum(forms.values()) for forms in by_province.values())
