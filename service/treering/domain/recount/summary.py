"""The recount in lines, ready to be shown: one for each lot, one for each sum of one unit."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from treering.domain.lot import Unit
from treering.domain.record import LotId, lot_number_of, programme_of
from treering.domain.recount.books import Books, LotBook
from treering.domain.recount.totals import code_text, province_of, totals_by


@dataclass(frozen=True, slots=True, kw_only=True)
class LotLine:
    """`lot` is the programme's code and the lot's number; None where nothing was stated."""

    lot: str
    site: str
    species: str
    year: int
    unit: str
    endorsed: int
    accepted: int | None
    surveyed: int | None
    minted: int
    revoked: int
    live: int
    deficit: int
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SumLine:
    """`by` says what is summed over, `key` which one; `unit` is never mixed."""

    by: str
    key: str
    unit: str
    lots: int
    endorsed: int
    accepted: int
    minted: int
    revoked: int
    live: int
    deficit: int


def lot_lines(books: Books) -> tuple[LotLine, ...]:
    return tuple(_lot_line(books, lot, book) for lot, book in sorted(books.lots.items()))


def sum_lines(books: Books) -> tuple[SumLine, ...]:
    """By unit alone, then programme, province, site and year, year, species."""
    return tuple(
        SumLine(
            by=by,
            key=key,
            unit=unit_name(unit),
            lots=total.lots,
            endorsed=total.endorsed,
            accepted=total.accepted,
            minted=total.minted,
            revoked=total.revoked,
            live=total.live,
            deficit=total.deficit,
        )
        for by, name in _groupings(books)
        for (key, unit), total in totals_by(books, name).items()
    )


def unit_name(unit: int) -> str:
    return Unit(unit).name if unit in set(Unit) else f"UNIT {unit}"


def _groupings(books: Books) -> Iterator[tuple[str, Callable[[LotId, LotBook], str]]]:
    yield "all", lambda _lot, _book: ""
    yield "programme", lambda lot, _: _programme(books, lot)
    yield "province", lambda _, book: province_of(book.terms.site)
    yield "site", lambda _, book: f"{code_text(book.terms.site)} {book.terms.year}"
    yield "year", lambda _, book: str(book.terms.year)
    yield "species", lambda _, book: code_text(book.terms.species)


def _programme(books: Books, lot: LotId) -> str:
    programme = programme_of(lot)
    return (
        code_text(books.programmes[programme]) if programme in books.programmes else str(programme)
    )


def _lot_line(books: Books, lot: LotId, book: LotBook) -> LotLine:
    return LotLine(
        lot=f"{_programme(books, lot)}/{lot_number_of(lot)}",
        site=code_text(book.terms.site),
        species=code_text(book.terms.species),
        year=book.terms.year,
        unit=unit_name(book.terms.unit),
        endorsed=book.endorsed,
        accepted=book.accepted,
        surveyed=book.surveyed,
        minted=book.minted,
        revoked=book.revoked,
        live=book.live,
        deficit=book.deficit,
        closed=book.closed,
    )
