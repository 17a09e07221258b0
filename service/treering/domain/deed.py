"""A deed: an administrative act, or a look at what is personal; told without anything personal.

Entries are chained: each hash covers the one before it, so that none can be changed, left out or
put between without changing all that follow. `treering log verify` names the first that is wrong.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

import rfc8785

from treering.domain.role import Person, Role

NOTHING = bytes(32)  # what stands before the first entry
_DOMAIN = b"treering/log/v1"


class Act(StrEnum):
    KEY_ISSUED = "key.issued"
    KEY_ROTATED = "key.rotated"
    KEY_REVOKED = "key.revoked"
    SIGNED_IN = "session.opened"
    LOOKED = "holder.looked"
    LOOK_REFUSED = "look.refused"
    NAME_CORRECTED = "holder.corrected"
    DISPLAY_SET = "holder.display"
    GUARDIAN_SET = "holder.guardian"
    ERASURE_ASKED = "holder.erasure-asked"
    ERASURE_STOPPED = "holder.erasure-stopped"
    ERASED = "holder.erased"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """`who` is a label such as "key 1b2c…", `subject` such as "holder 17": never a name.

    `before` and `after` are SHA-256 of what was changed, where that tells nothing personal.
    """

    act: Act
    who: str
    role: Role
    subject: str
    why: str = ""
    request: str = ""
    before: bytes | None = None
    after: bytes | None = None

    @classmethod
    def of(cls, person: Person, act: Act, subject: str, why: str = "", request: str = "") -> Self:
        who, role = person.label, person.role
        return cls(act=act, who=who, role=role, subject=subject, why=why, request=request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A deed in its place, counted from 1."""

    number: int
    at: datetime
    deed: Deed
    previous: bytes
    hash: bytes

    @classmethod
    def after(cls, deed: Deed, at: datetime, last: "Head") -> Self:
        number = last.size + 1
        hashed = _hash(number, at, deed, last.hash)
        return cls(number=number, at=at, deed=deed, previous=last.hash, hash=hashed)

    def fault_after(self, last: "Head") -> str | None:
        """Why it cannot stand behind `last`; None if it can."""
        if self.number != last.size + 1:
            return f"number {last.size + 1} is missing"
        if self.previous != last.hash:
            return "it does not follow from the entry before it"
        if self.hash != _hash(self.number, self.at, self.deed, self.previous):
            return "it does not say what it said when it was written"
        return None

    def told(self) -> dict[str, Any]:
        """As it is hashed and exported."""
        return {**_told(self.number, self.at, self.deed), **_links(self.previous, self.hash)}


@dataclass(frozen=True, slots=True)
class Head:
    """The log's last entry: how many there are, and its hash."""

    size: int = 0
    hash: bytes = NOTHING


def _hash(number: int, at: datetime, deed: Deed, previous: bytes) -> bytes:
    return sha256(_DOMAIN + previous + rfc8785.dumps(_told(number, at, deed))).digest()


def _told(number: int, at: datetime, deed: Deed) -> dict[str, Any]:
    return {
        "number": number,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "act": deed.act.value,
        "who": deed.who,
        "role": deed.role.value,
        "subject": deed.subject,
        "why": deed.why,
        "request": deed.request,
        "before": deed.before.hex() if deed.before else None,
        "after": deed.after.hex() if deed.after else None,
    }


def _links(previous: bytes, hashed: bytes) -> dict[str, str]:
    return {"previous": previous.hex(), "hash": hashed.hex()}
