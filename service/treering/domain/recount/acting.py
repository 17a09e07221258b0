"""Roles over time: every act is by an address that held its role at that moment.

Events of roles and pauses tell who acted. Who minted, registered, revoked, claimed or
anchored stands in the transaction alone, and is checked where transactions are read.
"""

from collections.abc import Callable, Iterator
from typing import Any

from treering.domain.record import LotId, TreeId, lot_of, programme_of
from treering.domain.recount import events as told
from treering.domain.recount.books import Books
from treering.domain.recount.difference import Code, Difference, of
from treering.domain.recount.duties import (
    ADMIN_ROLE,
    MIRROR_ROLE,
    PAUSER_ROLE,
    REGISTRY_ROLE,
    programme_role,
)

_ROLES: dict[type[told.Event], Callable[[Any], bytes]] = {
    told.ProgrammeOpened: lambda _: ADMIN_ROLE,
    told.SuccessorNamed: lambda _: ADMIN_ROLE,
    told.LotOpened: lambda event: _of_lot("registrar", event.lot),
    told.LotClosed: lambda event: _of_lot("registrar", event.lot),
    told.IssuerKeySet: lambda event: programme_role("treering/registrar", event.programme),
    told.IssuerKeyRetired: lambda event: programme_role("treering/registrar", event.programme),
    told.BatchMinted: lambda event: _of_lot("minter", event.lot),
    told.BatchRebuilt: lambda event: _of_lot("minter", event.lot),
    told.RecordRevoked: lambda event: _of_tree("revoker", event.tree),
    told.RecordReplaced: lambda event: _of_tree("revoker", event.old),
    told.RecordClaimed: lambda _: REGISTRY_ROLE,
    told.ClaimReleased: lambda _: REGISTRY_ROLE,
    told.FeedAnchored: lambda _: MIRROR_ROLE,
}


def lacking(books: Books, event: told.Event, sender: str | None) -> Iterator[Difference]:
    """Called before the event is booked; `sender` is None where nobody read the transaction."""
    if isinstance(event, told.RoleGranted | told.RoleRevoked):
        if not _may_change(books, event):
            yield _lacks(books, ADMIN_ROLE, event.sender)
    elif isinstance(event, told.Paused | told.Unpaused):
        yield from _unless_held(books, PAUSER_ROLE, event.account)
    elif sender is not None and (role := _ROLES.get(type(event))):
        yield from _unless_held(books, role(event), sender)


def _may_change(books: Books, event: told.RoleGranted | told.RoleRevoked) -> bool:
    """The admin, whoever gives up his own role, and who takes over as admin."""
    duties = books.duties
    if event.role != ADMIN_ROLE:
        gives_up = isinstance(event, told.RoleRevoked) and event.sender == event.account
        return gives_up or duties.has(ADMIN_ROLE, event.sender)
    if isinstance(event, told.RoleRevoked):
        return event.sender in (event.account, duties.heir)
    is_first = all(role != ADMIN_ROLE for role, _ in duties.holds)
    return is_first or event.sender == event.account == duties.heir


def _unless_held(books: Books, role: bytes, account: str) -> Iterator[Difference]:
    if not books.duties.has(role, account):
        yield _lacks(books, role, account)


def _lacks(books: Books, role: bytes, account: str) -> Difference:
    return of(Code.ROLE_LACKING, f"account {account}", books.duties.name(role), "not held")


def _of_lot(name: str, lot: LotId) -> bytes:
    return programme_role(f"treering/{name}", programme_of(lot))


def _of_tree(name: str, tree: TreeId) -> bytes:
    return _of_lot(name, lot_of(tree))
