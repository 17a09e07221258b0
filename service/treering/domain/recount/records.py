"""What happens to single records: taken back, replaced, claimed, released."""

from collections.abc import Iterator

from treering.domain.record import TreeId, lot_of, programme_of
from treering.domain.recount.books import NOTHING, Books
from treering.domain.recount.difference import Code, Difference, of_record, record_name
from treering.domain.recount.events import (
    ClaimReleased,
    Reason,
    RecordClaimed,
    RecordReplaced,
    RecordRevoked,
)

# REPLACED is said by the event of a replacement, never by a plain revocation.
_REASONS = set(Reason) - {Reason.REPLACED}


def revoke(books: Books, event: RecordRevoked) -> Iterator[Difference]:
    yield from _not_live(books, event.tree)
    if event.reason not in _REASONS:
        yield of_record(Code.RECORD_REASON, event.tree, "1 to 5", event.reason)
    books.take_back(event.tree, event.reason)


def replace(books: Books, event: RecordReplaced) -> Iterator[Difference]:
    yield from _not_live(books, event.old)
    books.take_back(event.old, Reason.REPLACED)
    yield from _not_live(books, event.new)
    programme = programme_of(lot_of(event.old))
    if programme_of(lot_of(event.new)) != programme:
        found = programme_of(lot_of(event.new))
        yield of_record(Code.RECORD_PROGRAMME, event.new, programme, found)
    if event.new in books.records.replaces:
        old = record_name(books.records.replaces[event.new])
        yield of_record(Code.RECORD_SUCCESSOR, event.new, old, record_name(event.old))
    books.records.replaces[event.new] = event.old
    books.records.replaced_by[event.old] = event.new


def claim(books: Books, event: RecordClaimed) -> Iterator[Difference]:
    yield from _not_live(books, event.tree)
    if not books.is_tree(event.tree):
        yield of_record(Code.RECORD_NOT_A_TREE, event.tree, "TREE", "another unit, or none")
    if event.commitment == NOTHING:
        yield of_record(Code.VALUE_MISSING, event.tree, "a commitment", event.commitment)
    standing = books.records.claims.get(event.tree, NOTHING)
    if standing != NOTHING:
        yield of_record(Code.RECORD_CLAIMED, event.tree, standing, event.commitment)
    books.records.claims[event.tree] = event.commitment


def release(books: Books, event: ClaimReleased) -> Iterator[Difference]:
    standing = books.records.claims.get(event.tree, NOTHING)
    if NOTHING in (standing, event.commitment) or standing != event.commitment:
        yield of_record(Code.RECORD_NOT_CLAIMED, event.tree, standing, event.commitment)
    books.records.claims[event.tree] = NOTHING


def _not_live(books: Books, tree: TreeId) -> Iterator[Difference]:
    if not books.is_minted(tree):
        yield of_record(Code.RECORD_UNKNOWN, tree, "minted", "not minted")
    if (reason := books.records.revoked.get(tree)) is not None:
        yield of_record(Code.RECORD_REVOKED_BEFORE, tree, "live", f"revoked, reason {reason}")
