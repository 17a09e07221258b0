"""A transaction held against the events that it is said to have written.

The call names what was to happen: if its events tell something else, or less, one of the two
is a lie. A statement's call has what its event lacks: the deadline, so the digest can be made
again, and the signature, so the signer can be found.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from treering.domain.recount import events as told
from treering.domain.recount.difference import Code, Difference, of, of_lot
from treering.domain.recount.testimony import Domain, statement_digest
from treering.domain.signer import signer_of


@dataclass(frozen=True, slots=True)
class Call:
    """What a transaction asked of the contract itself; addresses in lower case."""

    transaction: bytes
    sender: str
    function: str
    arguments: tuple[Any, ...]


Written = tuple[object, ...]  # an event's name and those of its values that the call gives
_Of = Callable[..., list[Written]]

_WRITES: dict[str, _Of] = {
    "openProgramme": lambda number, code: [("ProgrammeOpened", number, code)],
    "openLot": lambda lot, terms: [("LotOpened", lot, *terms)],
    "closeLot": lambda lot: [("LotClosed", lot)],
    "state": lambda said, inspector, _: [("Stated", *said[:7], inspector)],
    "mint": lambda lot, first, holders: [("BatchMinted", lot, first, holders)],
    "revoke": lambda trees, why: [("RecordRevoked", tree, why) for tree in trees],
    "replace": lambda old, new: [("RecordReplaced", old, new)],
    "claim": lambda commitment, trees: [("RecordClaimed", tree, commitment) for tree in trees],
    "release": lambda trees: [("ClaimReleased", tree) for tree in trees],
    "anchor": lambda feed, size, root: [("FeedAnchored", feed, size, root)],
    "setIssuerKey": lambda *values: [("IssuerKeySet", *values)],
    "retireIssuerKey": lambda *values: [("IssuerKeyRetired", *values)],
    "nameSuccessor": lambda successor: [("SuccessorNamed", successor)],
    "pause": lambda: [("Paused",)],
    "unpause": lambda: [("Unpaused",)],
}


# Of each event what its call gives, in the call's order; all of it where it is not listed.
_TELLS = {
    "LotOpened": ("lot", "site", "species", "year", "unit", "dossier"),
    "Stated": (
        "lot",
        "stage",
        "new_count",
        "inspected_at",
        "report",
        "supersedes",
        "nonce",
        "inspector",
    ),
    "BatchMinted": ("lot", "first_serial", "holders"),
    "ClaimReleased": ("tree",),
    "FeedAnchored": ("feed", "new_size", "new_root"),
    "IssuerKeyRetired": ("programme", "key_id", "new_until"),
}
_BY = {"Paused", "Unpaused"}  # they tell who, and nothing that the call gives


def _told(event: told.Event) -> Written:
    name = type(event).__name__
    fields = () if name in _BY else _TELLS.get(name) or tuple(event.__dataclass_fields__)
    return (name, *(getattr(event, field) for field in fields))


def held_to(call: Call, events: Sequence[told.Event], domain: Domain) -> Iterator[Difference]:
    """Where the events of a transaction are not those of its call, in their order."""
    writes = _WRITES.get(call.function)
    if writes is None:
        return  # of roles and plans, whose events tell who acted
    expected, found = writes(*call.arguments), [_told(event) for event in events]
    if expected != found:
        subject = f"transaction 0x{call.transaction.hex()}"
        yield of(Code.CALL_DIFFERS, subject, _brief(expected), _brief(found))
    elif isinstance(stated := events[0], told.Stated):
        yield from _signed(call, stated, domain)


def _signed(call: Call, stated: told.Stated, domain: Domain) -> Iterator[Difference]:
    said, inspector, signature = call.arguments
    digest = statement_digest(domain, said)
    if digest != stated.id:
        yield of_lot(Code.STATEMENT_DIGEST, stated.lot, digest, stated.id)
    signer = signer_of(digest, signature)
    if signer != inspector:
        found = signer or f"{len(signature)} bytes that recover to nobody"
        yield of_lot(Code.STATEMENT_SIGNATURE, stated.lot, inspector, found)


def _brief(written: list[Written]) -> str:
    """The events by name and number, and the first one's plain values."""
    if not written:
        return "no event"
    name, *values = written[0]
    plain = [f"0x{v.hex()[:16]}" if isinstance(v, bytes) else str(v) for v in values]
    return f"{len(written)} × {name}({', '.join(plain)})"
