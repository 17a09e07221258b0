"""A record's use for a fulfilment certificate: by the chain, the mirror and our database.

The registry writes first, then our database, then the chain. What moved a moment ago is not
compared; what should have moved on long ago is late.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from treering.domain.comparison import cases
from treering.domain.difference import Case, Difference
from treering.domain.record import TreeId, lot_of
from treering.domain.recount.difference import record_name

ENDED = frozenset({"withdrawn", "released", "declined"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow:
    """A record that any side uses. Certificates are 32-byte commitments.

    `claim` is the chain's, `released` one that it has released since; `listed` is the active
    certificate that lists the record by the mirror. `state` and `exchange` are our database's
    exchange, whose certificate is None until the registry gave one, with its dates.
    `standing` is what the mirror says of the certificate that the chain or our database names:
    active, withdrawn, or None where it has none such; `entered_at` dates what it says.
    """

    tree: TreeId
    claim: bytes | None = None
    released: bytes | None = None
    claimed_at: datetime | None = None
    listed: bytes | None = None
    state: str | None = None
    exchange: bytes | None = None
    applied_at: datetime | None = None
    ended_at: datetime | None = None
    standing: bool | None = None
    entered_at: datetime | None = None
    adcode: str | None = None
    is_minted: bool = True
    is_revoked: bool = False

    @property
    def holds(self) -> bytes | None:
        """The certificate that our database holds the record for."""
        return None if self.state is None or self.state in ENDED else self.exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When a comparison is made: what changed since `settled` is on its way, what should have
    changed since `late_before` is late; `head_time` is the mirror's."""

    settled: datetime
    late_before: datetime
    head_time: datetime

    def is_moving(self, row: ClaimRow) -> bool:
        """Whether any side has dated it a moment ago: then it is not judged."""
        dates = (row.applied_at, row.ended_at, row.entered_at, row.claimed_at)
        return any(date is not None and date > self.settled for date in dates)


def compare_claim(row: ClaimRow, at: Moment) -> Iterator[Difference]:
    """One difference at most, of a record that is not on its way."""
    case = _case(row, at)
    if case is not None:
        yield _told(row, case)


def _case(row: ClaimRow, at: Moment) -> Case | None:
    if row.claim and row.listed:
        return _used(row, at)
    if row.claim:
        return _claimed_alone(row, at)
    if row.listed:
        return _listed_alone(row, at)
    return _ours_alone(row, at)


def _used(row: ClaimRow, at: Moment) -> Case | None:
    """By the chain and by the registry."""
    if row.claim != row.listed:
        return cases.CLAIM_USED_TWICE
    if row.is_revoked:
        return cases.RECORD_REVOKED
    if row.state is None:
        return cases.EXCHANGE_UNKNOWN
    if row.state in ENDED:
        return cases.EXCHANGE_NOT_ENDED
    if row.exchange is None or row.state == "issued":
        return _late(row, at)
    return cases.EXCHANGE_OTHER if row.exchange != row.claim else None


def _claimed_alone(row: ClaimRow, at: Moment) -> Case | None:
    """By the chain, and by no active certificate of the registry."""
    if row.standing is None:
        # Only a head from after the claim can tell.
        known = row.claimed_at is None or row.claimed_at < at.head_time
        return cases.CERTIFICATE_MISSING if known else None
    return cases.CERTIFICATE_CORRECTED if row.standing else cases.CERTIFICATE_WITHDRAWN


def _listed_alone(row: ClaimRow, at: Moment) -> Case | None:
    """By the registry, and not by the chain."""
    if not row.is_minted:
        return cases.RECORD_NEVER_MINTED
    if row.is_revoked:
        return cases.RECORD_REVOKED
    if row.released == row.listed:
        return cases.CLAIM_RELEASED
    if row.state in ("applied", "issued"):
        return _late(row, at)
    return cases.CLAIM_MISSING if row.holds == row.listed else cases.CERTIFICATE_UNKNOWN


def _ours_alone(row: ClaimRow, at: Moment) -> Case | None:
    """By our database alone."""
    if row.state in ENDED or row.state is None:
        return None
    if row.state == "applied":
        return _late(row, at)
    if row.standing is False:
        return cases.EXCHANGE_ENDED_THERE
    known = row.applied_at is None or row.applied_at < at.head_time
    return cases.EXCHANGE_NOWHERE if known else None


def _late(row: ClaimRow, at: Moment) -> Case | None:
    is_late = row.applied_at is None or row.applied_at < at.late_before
    return cases.EXCHANGE_LATE if is_late else None


def _told(row: ClaimRow, case: Case) -> Difference:
    chain = _of_chain(row)
    sides = {
        "chain": chain,
        "mirror": _of_mirror(row),
        "database": f"{row.state}, {_short(row.exchange)}" if row.state else "no exchange",
    }
    return Difference(
        case=case,
        subject=record_name(row.tree),
        left=sides[case.left.value],
        right=sides[case.right.value],
        lot=lot_of(row.tree),
        adcode=row.adcode,
    )


def _of_chain(row: ClaimRow) -> str:
    if not row.is_minted:
        return "not minted"
    if row.is_revoked:
        return "revoked"
    if row.claim:
        return f"claimed for {_short(row.claim)}"
    return f"released from {_short(row.released)}" if row.released else "not claimed"


def _of_mirror(row: ClaimRow) -> str:
    if row.listed:
        return f"listed in {_short(row.listed)}"
    if row.standing is None:
        return "no certificate"
    return "certificate without it" if row.standing else "certificate withdrawn"


def _short(certificate: bytes | None) -> str:
    return f"0x{certificate.hex()}" if certificate else "no certificate yet"
