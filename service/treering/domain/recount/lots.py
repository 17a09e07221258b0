"""Programmes and lots: opened once, in sane terms, closed once."""

from collections.abc import Iterator

from treering.domain.lot import Unit
from treering.domain.record import programme_of
from treering.domain.recount.books import NOTHING, Books, LotBook, Terms
from treering.domain.recount.difference import Code, Difference, of, of_lot
from treering.domain.recount.events import LotClosed, LotOpened, ProgrammeOpened

PLANTING_YEARS = range(1981, 9999)
_UNITS = {unit.value for unit in Unit}


def open_programme(books: Books, event: ProgrammeOpened) -> Iterator[Difference]:
    subject = f"programme {event.programme}"
    if event.programme in books.programmes:
        yield of(Code.PROGRAMME_REPEATED, subject, None, event.code)
    if not is_code(event.code):
        yield of(Code.CODE_MALFORMED, subject, "ASCII", event.code)
    books.programmes[event.programme] = event.code
    books.duties.open_programme(event.programme)


def open_lot(books: Books, event: LotOpened) -> Iterator[Difference]:
    if programme_of(event.lot) not in books.programmes:
        yield of_lot(Code.PROGRAMME_UNKNOWN, event.lot, None, programme_of(event.lot))
    yield from _insane_terms(event)
    if event.lot in books.lots:
        yield of_lot(Code.LOT_REPEATED, event.lot, None, event.dossier)
        return
    terms = Terms(event.site, event.species, event.year, event.unit, event.dossier)
    books.lots[event.lot] = LotBook(terms)


def close_lot(books: Books, event: LotClosed) -> Iterator[Difference]:
    book = books.lots.get(event.lot)
    if book is None:
        yield of_lot(Code.LOT_UNKNOWN, event.lot, None, "closed")
        return
    if book.closed:
        yield of_lot(Code.LOT_CLOSED, event.lot, "open", "closed")
    book.closed = True


def is_code(code: bytes) -> bool:
    """Whether this is printable ASCII without spaces, filled up with zeros at its end."""
    text = code.rstrip(b"\0")
    return bool(text) and all(0x21 <= byte <= 0x7E for byte in text)


def _insane_terms(event: LotOpened) -> Iterator[Difference]:
    for code in (event.site, event.species):
        if not is_code(code):
            yield of_lot(Code.CODE_MALFORMED, event.lot, "ASCII", code)
    if event.year not in PLANTING_YEARS:
        yield of_lot(Code.LOT_YEAR, event.lot, "1981 to 9998", event.year)
    if event.unit not in _UNITS:
        yield of_lot(Code.LOT_UNIT, event.lot, "TREE, PLANT or M2", event.unit)
    if event.dossier == NOTHING:
        yield of_lot(Code.VALUE_MISSING, event.lot, "a dossier", event.dossier)
