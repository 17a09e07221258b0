"""Feeds, issuer keys, roles and the successor: what a verifier needs beside the records."""

from collections.abc import Iterator

from treering.domain.recount.books import NOTHING, Books, IssuerKey
from treering.domain.recount.difference import Code, Difference, of
from treering.domain.recount.events import (
    FeedAnchored,
    HandoverPlanned,
    IssuerKeyRetired,
    IssuerKeySet,
    RoleGranted,
    RoleRevoked,
    SuccessorNamed,
)

_NOBODY = "0x" + "00" * 20


def anchor(books: Books, event: FeedAnchored) -> Iterator[Difference]:
    subject = f"feed 0x{event.feed.hex()}"
    size, root = books.feeds.get(event.feed, (0, NOTHING))
    if (event.old_size, event.old_root) != (size, root):
        found = f"{event.old_size} 0x{event.old_root.hex()}"
        yield of(Code.FEED_HEAD, subject, f"{size} 0x{root.hex()}", found)
    if event.new_size < size:
        yield of(Code.FEED_SHRINKS, subject, size, event.new_size)
    if event.new_size == size and event.new_root != root:
        yield of(Code.FEED_SHRINKS, subject, root, event.new_root)
    if event.new_size == 0 or NOTHING in (event.feed, event.new_root):
        yield of(Code.VALUE_MISSING, subject, "a feed, a size and a root", event.new_root)
    books.feeds[event.feed] = (event.new_size, event.new_root)


def set_key(books: Books, event: IssuerKeySet) -> Iterator[Difference]:
    subject = _key_name(event.programme, event.key_id)
    if event.programme not in books.programmes:
        yield of(Code.PROGRAMME_UNKNOWN, subject, None, event.programme)
    if (event.programme, event.key_id) in books.keys:
        yield of(Code.KEY_REPEATED, subject, None, event.public_key)
    if event.key_id == NOTHING or not event.public_key or not event.valid_from:
        yield of(Code.VALUE_MISSING, subject, "an id, a key and a date", event.valid_from)
    key = IssuerKey(event.public_key, event.valid_from)
    books.keys[(event.programme, event.key_id)] = key


def retire_key(books: Books, event: IssuerKeyRetired) -> Iterator[Difference]:
    subject = _key_name(event.programme, event.key_id)
    key = books.keys.get((event.programme, event.key_id))
    if key is None:
        yield of(Code.KEY_UNKNOWN, subject, None, event.new_until)
        return
    if event.old_until != key.until:
        yield of(Code.KEY_END, subject, key.until, event.old_until)
    if event.new_until == 0:
        yield of(Code.VALUE_MISSING, subject, "a date", event.new_until)
    if key.until and event.new_until >= key.until:
        yield of(Code.KEY_RETIRED, subject, f"before {key.until}", event.new_until)
    key.until = event.new_until


def name_successor(books: Books, event: SuccessorNamed) -> Iterator[Difference]:
    if books.successor is not None:
        yield of(Code.SUCCESSOR_REPEATED, "successor", books.successor, event.successor)
    if event.successor == _NOBODY:
        yield of(Code.VALUE_MISSING, "successor", "an address", event.successor)
    books.successor = event.successor


def plan(books: Books, event: HandoverPlanned) -> Iterator[Difference]:
    """Only who is named next: a plan changes nothing, and is never a difference."""
    if event.name == "DefaultAdminTransferScheduled":
        books.duties.heir = event.heir
    elif event.name == "DefaultAdminTransferCanceled":
        books.duties.heir = None
    yield from ()


def grant(books: Books, event: RoleGranted) -> Iterator[Difference]:
    subject = f"role 0x{event.role.hex()}"
    if event.role not in books.duties.duty_of:
        yield of(Code.ROLE_UNKNOWN, subject, None, event.account)
    if books.duties.has(event.role, event.account):
        yield of(Code.ROLE_REPEATED, subject, None, event.account)
    if duty := books.duties.conflict(event.role, event.account):
        yield of(Code.DUTIES_CONFLICT, f"account {event.account}", f"only {duty.name}", event.role)
    books.duties.holds[(event.role, event.account)] = True


def revoke_role(books: Books, event: RoleRevoked) -> Iterator[Difference]:
    if not books.duties.has(event.role, event.account):
        yield of(Code.ROLE_NOT_HELD, f"role 0x{event.role.hex()}", "held", event.account)
    books.duties.holds[(event.role, event.account)] = False


def _key_name(programme: int, key_id: bytes) -> str:
    return f"key 0x{key_id.hex()} of programme {programme}"
