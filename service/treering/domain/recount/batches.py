"""Batches: consecutive serials, under the cap of their moment, with a root that is rebuilt."""

from collections.abc import Iterator

from treering.domain.merkle import batch_root
from treering.domain.record import HOLDER_BYTES, tree_id
from treering.domain.recount.books import Books, LotBook
from treering.domain.recount.difference import Code, Difference, of, of_lot, of_record
from treering.domain.recount.events import BatchMinted, BatchRebuilt, Paused, Unpaused

LIMIT = 6500  # records a batch: the contract's own limit
_SERIALS = 2**32


def mint(books: Books, event: BatchMinted) -> Iterator[Difference]:
    size, rest = divmod(len(event.holders), HOLDER_BYTES)
    if rest or not 1 <= size <= LIMIT or event.first_serial + size > _SERIALS:
        found = f"{len(event.holders)} bytes of holders from serial {event.first_serial} on"
        yield of_lot(Code.BATCH_SIZE, event.lot, f"1 to {LIMIT} holders of 20 bytes", found)
        return
    if books.paused:
        yield of_lot(Code.MINTED_IN_PAUSE, event.lot, "no batch", size)
    book = books.lots.get(event.lot)
    if book is None:
        yield of_lot(Code.LOT_UNKNOWN, event.lot, None, f"{size} minted")
    else:
        yield from _add(book, event, size)
    yield from _rebuild(books, event)


def _add(book: LotBook, event: BatchMinted, size: int) -> Iterator[Difference]:
    if book.closed:
        yield of_lot(Code.LOT_CLOSED, event.lot, "no batch", size)
    if event.first_serial != book.next_serial:
        yield of_lot(Code.SERIAL_UNEXPECTED, event.lot, book.next_serial, event.first_serial)
    end = event.first_serial + size
    if end > book.cap:
        yield of_lot(Code.CAP_EXCEEDED, event.lot, book.cap, end)
    book.minted += size
    book.next_serial = end


def _rebuild(books: Books, event: BatchMinted) -> Iterator[Difference]:
    first = tree_id(event.lot, event.first_serial)
    rebuilt = event.rebuilt if isinstance(event, BatchRebuilt) else None
    root = rebuilt or batch_root(first, event.holders)
    if root != event.root:
        yield of_record(Code.ROOT_DIFFERS, first, root, event.root)
    books.batches[first] = root


def switch(books: Books, event: Paused | Unpaused) -> Iterator[Difference]:
    paused = isinstance(event, Paused)
    if books.paused == paused:
        yield of(Code.PAUSE_REPEATED, "pause", not paused, paused)
    books.paused = paused
