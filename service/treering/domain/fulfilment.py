"""The registry's log entries, and what they add up to.

An entry is canonical JSON (RFC 8785) that says what became of one fulfilment certificate
(尽责证书): issued, corrected or withdrawn. It names the certificate by a salted commitment,
never by its number, and nobody by name. A certificate stands as its newest entry says.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

import msgspec

from treering.domain import instant
from treering.domain.keccak import keccak
from treering.domain.record import TreeId
from treering.domain.registry_head import HeldHead
from treering.errors import EntryRefused

FIRST_YEAR = 1981  # in which voluntary tree planting became a duty
MAX_AGE = timedelta(days=2)  # of a head: the registry publishes daily; twice that is too old
MOST_TREES = 100  # in one entry; the rules ask for three or six

Commitment = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Number = Annotated[str, msgspec.Meta(pattern=r"^[\w-]{1,64}\Z")]
Adcode = Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]{5}\Z")]
Form = Annotated[str, msgspec.Meta(pattern=r"^F[1-8]\Z")]
Tree = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}\Z")]
Trees = Annotated[tuple[Tree, ...], msgspec.Meta(max_length=MOST_TREES)]
Year = Annotated[int, msgspec.Meta(ge=FIRST_YEAR, le=9999)]


class Event(StrEnum):
    ISSUED = "issued"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"


class _Wire(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields in alphabetical order and plain ASCII, so that encoding is canonical."""

    adcode: Adcode
    at: str
    certificate: Commitment
    event: Event
    form: Form
    synthetic: bool
    trees: Trees
    year: Year


_decoder = msgspec.json.Decoder(_Wire)
_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event. `certificate` is a 32-byte commitment, `trees` rise without a repeat and are
    used up by this certificate, `year` is Asia/Shanghai's, `at` is UTC in whole seconds."""

    event: Event
    certificate: bytes
    year: int
    adcode: str
    form: str
    trees: tuple[TreeId, ...]
    at: datetime
    synthetic: bool

    @classmethod
    def read(cls, index: int, raw: bytes) -> Self:
        """EntryRefused unless `raw` is an entry in the one form that it can have."""
        try:
            wire = _decoder.decode(raw)
            entry = cls(
                event=wire.event,
                certificate=bytes.fromhex(wire.certificate),
                year=wire.year,
                adcode=wire.adcode,
                form=wire.form,
                trees=tuple([TreeId(int(tree, 16)) for tree in wire.trees]),
                at=instant.from_text(wire.at),
                synthetic=wire.synthetic,
            )
        except (ValueError, RecursionError) as error:
            raise EntryRefused(f"entry {index}: {error}") from error
        if _encoder.encode(wire) != raw:  # each value can be written in one way only
            raise EntryRefused(f"entry {index} is not canonical JSON")
        return entry

    @property
    def raw(self) -> bytes:
        """The bytes that the log hashes."""
        return _encoder.encode(
            _Wire(
                adcode=self.adcode,
                at=instant.to_text(self.at),
                certificate=self.certificate.hex(),
                event=self.event,
                form=self.form,
                synthetic=self.synthetic,
                trees=tuple(f"{tree:024x}" for tree in self.trees),
                year=self.year,
            )
        )

    @property
    def stated(self) -> tuple[object, ...]:
        """What a withdrawal has to repeat."""
        return self.year, self.adcode, self.form, self.trees, self.synthetic


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """A fulfilment certificate as its newest entry, number `index` of the log, leaves it."""

    index: int
    entry: Entry

    @property
    def active(self) -> bool:
        return self.entry.event is not Event.WITHDRAWN


@dataclass(frozen=True, slots=True)
class Interconnection:
    """What the mirror says of one tree, as of its newest head.

    `fulfilment` is the certificate that uses the tree, else the last one that did (then it is
    withdrawn, or corrected and lists the tree no more), else None; `earlier` ones did before.
    `doubt` says why nobody may lean on it: the registry contradicted itself, or another source,
    about this. `unheard` says why a second source that is followed does not speak for it, `behind`
    why what the ledger holds of the log speaks against our mirror.
    """

    tree: TreeId
    fulfilment: Fulfilment | None
    held: HeldHead
    doubt: str | None = None
    unheard: str | None = None
    behind: str | None = None
    earlier: tuple[Fulfilment, ...] = ()

    def of(self, certificate: bytes) -> Fulfilment | None:
        """What this one of them became; None if it never listed the tree."""
        every = (self.fulfilment, *self.earlier) if self.fulfilment else ()
        return next((one for one in every if one.entry.certificate == certificate), None)

    @property
    def uses_tree(self) -> bool:
        """Whether an active certificate lists the tree."""
        found = self.fulfilment
        return found is not None and found.active and self.tree in found.entry.trees

    def may_lean(self, now: datetime) -> bool:
        """Whether anything may rest on it: fresh, undisputed, and said by every source."""
        against = self.doubt or self.unheard or self.behind
        return self.age(now) <= MAX_AGE and not against

    def age(self, now: datetime) -> timedelta:
        """How old the statement is that this rests on."""
        return self.held.age(now)


def commitment(salt: bytes, number: str) -> bytes:
    """What log and chain say instead of a fulfilment certificate's number; 32-byte salt."""
    if len(salt) != 32:
        raise ValueError(f"a salt has 32 bytes, not {len(salt)}")
    return keccak(b"treering/claim/v1" + salt + number.encode())
