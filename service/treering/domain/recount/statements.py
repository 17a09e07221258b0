"""Inspectors' statements: by an inspector, in season, in order, on the count that stood.

Its digest and signature need the statement's deadline, which stands in the transaction and
not in the event; they are not checked here.
"""

from collections.abc import Iterator
from datetime import datetime

from treering.domain.instant import SHANGHAI
from treering.domain.recount.books import NOTHING, Books, LotBook
from treering.domain.recount.difference import Code, Difference, of_lot
from treering.domain.recount.duties import INSPECTOR_ROLE
from treering.domain.recount.events import Stated
from treering.domain.recount.lots import PLANTING_YEARS
from treering.domain.stage import Stage

_BEFORE = {Stage.ACCEPTANCE: Stage.ENDORSEMENT, Stage.SURVEY: Stage.ACCEPTANCE}


def state(books: Books, event: Stated) -> Iterator[Difference]:
    book = books.lots.get(event.lot)
    if book is None:
        yield of_lot(Code.LOT_UNKNOWN, event.lot, None, f"stage {event.stage}")
    elif event.stage not in set(Stage):
        yield of_lot(Code.STATEMENT_STAGE, event.lot, "stage 1, 2 or 3", event.stage)
    else:
        yield from _out_of_order(book, event, Stage(event.stage))
        yield from _out_of_season(book, event)
        book.counts[Stage(event.stage)] = event.new_count
        book.statements[Stage(event.stage)] = event.id
    yield from _by_a_stranger(books, event)
    books.nonces[event.inspector] = event.nonce + 1


def _out_of_order(book: LotBook, event: Stated, stage: Stage) -> Iterator[Difference]:
    before = _BEFORE.get(stage)
    if before is not None and before not in book.counts:
        yield of_lot(Code.STATEMENT_STAGE, event.lot, before.name, stage.name)
    newest = book.statements.get(stage, NOTHING)
    if event.supersedes != newest:
        yield of_lot(Code.STATEMENT_CHAIN, event.lot, newest, event.supersedes)
    stood = book.counts.get(stage, 0)
    if event.old_count != stood:
        yield of_lot(Code.STATEMENT_COUNT, event.lot, stood, event.old_count)
    if NOTHING in (event.id, event.report):
        yield of_lot(Code.VALUE_MISSING, event.lot, "a digest and a report", NOTHING)


def _out_of_season(book: LotBook, event: Stated) -> Iterator[Difference]:
    if book.terms.year not in PLANTING_YEARS:
        return  # told when the lot was opened
    if event.stage == Stage.ENDORSEMENT:
        end = _start_of(book.terms.year + 1)
        if not 0 < event.inspected_at < end:
            yield of_lot(Code.STATEMENT_SEASON, event.lot, f"before {end}", event.inspected_at)
    elif event.inspected_at < (start := _start_of(book.terms.year)):
        yield of_lot(Code.STATEMENT_SEASON, event.lot, f"from {start}", event.inspected_at)


def _by_a_stranger(books: Books, event: Stated) -> Iterator[Difference]:
    if not books.duties.has(INSPECTOR_ROLE, event.inspector):
        yield of_lot(Code.STATEMENT_INSPECTOR, event.lot, "an inspector", event.inspector)
    nonce = books.nonces.get(event.inspector, 0)
    if event.nonce != nonce:
        yield of_lot(Code.STATEMENT_NONCE, event.lot, nonce, event.nonce)


def _start_of(year: int) -> int:
    """Unix seconds of the planting year's first moment."""
    return int(datetime(year, 1, 1, tzinfo=SHANGHAI).timestamp())
