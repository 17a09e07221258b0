"""A lot as our database, the chain and an accepted count that was brought tell it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from treering.domain.comparison import cases
from treering.domain.difference import Case, Difference
from treering.domain.record import LotId
from treering.domain.recount.books import LotBook
from treering.domain.recount.difference import lot_name
from treering.domain.recount.summary import unit_name
from treering.domain.recount.totals import code_text, province_of


@dataclass(frozen=True, slots=True, kw_only=True)
class LotRow:
    """A lot in our database. `redeemed` sums its redemptions, `batched` its batches; `oldest`
    is when the oldest unit was recorded that is in no batch; `repeats` counts redemptions
    that begin before the one before them ends."""

    id: LotId
    slug: str
    site: str
    species: str
    year: int
    unit: int
    capacity: int
    asked: int
    sealed: int
    redeemed: int
    batched: int
    oldest: datetime | None
    repeats: int


def compare_lot(
    lot: LotId, row: LotRow | None, book: LotBook | None, late_before: datetime
) -> Iterator[Difference]:
    """`book` is the chain's; units waiting since before `late_before` are late."""
    if row is not None:
        yield from _books(row, late_before)
    if book is None:
        if row is not None and row.asked:
            yield _of(lot, cases.LOT_NOT_ON_CHAIN, f"{row.slug}, {row.asked} redeemed", "no lot")
    elif row is None:
        said = f"{code_text(book.terms.site)}, {book.minted} minted"
        unknown = _of(lot, cases.LOT_NOT_IN_BOOKS, "no lot", said)
        yield replace(unknown, adcode=province_of(book.terms.site))
    else:
        yield from _terms(row, book)
        yield from _room(row, book)


def compare_count(lot: LotId, count: int, book: LotBook | None) -> Iterator[Difference]:
    """An accepted count that was brought, against the chain's acceptance and what is minted."""
    said = f"{count} accepted"
    if book is None:
        yield _of(lot, cases.COUNT_UNKNOWN_LOT, said, "no lot")
    elif book.minted > count and book.accepted != count:
        over = f"{book.minted} minted"
        yield _of(lot, cases.LOT_OVER_COUNT, said, over, book.minted - count)
    elif book.accepted is None:
        yield _of(lot, cases.LOT_NOT_ACCEPTED, said, "no acceptance")
    elif book.accepted != count:
        differing = abs(book.accepted - count)
        yield _of(lot, cases.LOT_COUNT, said, f"{book.accepted} accepted", differing)


def unknown_count(name: str, count: int) -> Difference:
    """A count for a lot of a name that nobody knows."""
    return Difference(
        case=cases.COUNT_UNKNOWN_LOT,
        subject=f"lot {name}",
        left=f"{count} accepted",
        right="no lot",
    )


def _books(row: LotRow, late_before: datetime) -> Iterator[Difference]:
    """Our database against itself."""
    if row.repeats:
        said = f"{row.repeats} redemptions begin within the one before"
        yield _of(row.id, cases.SERIALS_TWICE, said, "each serial once", row.repeats)
    elif row.redeemed != row.asked:
        counted = f"redemptions of {row.redeemed}"
        differing = abs(row.redeemed - row.asked)
        yield _of(row.id, cases.ASKED_COUNT, f"{row.asked} asked", counted, differing)
    if row.batched != row.sealed:
        counted = f"batches of {row.batched}"
        differing = abs(row.batched - row.sealed)
        yield _of(row.id, cases.SEALED_COUNT, f"{row.sealed} sealed", counted, differing)
    if row.oldest is not None and row.oldest < late_before:
        waiting = row.asked - row.sealed
        said = f"{waiting} redeemed, the oldest at {row.oldest:%Y-%m-%dT%H:%M:%SZ}"
        yield _of(row.id, cases.REDEMPTIONS_LATE, said, "in no batch", waiting)


def _terms(row: LotRow, book: LotBook) -> Iterator[Difference]:
    terms = book.terms
    if row.year != terms.year:
        yield _of(row.id, cases.LOT_YEAR, str(row.year), str(terms.year))
    ours = row.site, row.species, unit_name(row.unit)
    theirs = code_text(terms.site), code_text(terms.species), unit_name(terms.unit)
    if ours != theirs:
        yield _of(row.id, cases.LOT_TERMS, ", ".join(ours), ", ".join(theirs))


def _room(row: LotRow, book: LotBook) -> Iterator[Difference]:
    """What is given away, and what might be, against what inspectors found."""
    given, cap = max(row.asked, book.minted), book.cap
    stage = "endorsed" if book.accepted is None else "accepted"
    if given > cap:
        said = f"{row.asked} redeemed, {book.minted} minted"
        yield _of(row.id, cases.LOT_OVER_ACCEPTED, said, f"{cap} {stage}", given - cap)
    elif row.capacity > cap:
        more = row.capacity - cap
        yield _of(row.id, cases.LOT_CAPACITY, f"room for {row.capacity}", f"{cap} {stage}", more)


def _of(lot: LotId, case: Case, left: str, right: str, count: int = 1) -> Difference:
    subject = lot_name(lot)
    return Difference(case=case, subject=subject, left=left, right=right, count=count, lot=lot)
