"""An active fulfilment certificate against the exchange and the holders that our database has."""

from collections.abc import Iterator
from dataclasses import dataclass

from treering.domain.comparison import cases
from treering.domain.contradiction import Dispute
from treering.domain.difference import Case, Difference
from treering.domain.fulfilment import Entry
from treering.domain.record import TreeId, lot_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateRow:
    """`year` and `adcode` are the registry's; `exchange_year` is our exchange's, None where we
    have none; `holders` is how many holders its records have by our redemptions, and the
    exchange's own where that is another. `first` is one of its records."""

    certificate: bytes
    year: int
    adcode: str
    exchange_year: int | None
    holders: int
    first: TreeId | None


def compare_certificate(row: CertificateRow) -> Iterator[Difference]:
    if row.exchange_year is not None and row.exchange_year != row.year:
        yield _of(row, cases.CERTIFICATE_YEAR, str(row.year), str(row.exchange_year))
    if row.holders > 1:
        yield _of(row, cases.CERTIFICATE_HOLDERS, "one certificate", f"{row.holders} holders")


def contradiction(number: int, held: int, offered: int) -> Difference:
    """Two heads of one log, of these sizes, that cannot both be true."""
    return Difference(
        case=cases.REGISTRY_CONTRADICTS,
        subject=f"contradiction {number}",
        left=f"a head of {held} entries",
        right=f"a head of {offered} entries",
    )


def dispute(found: Dispute) -> Difference:
    """Two sources that say different things of one certificate."""
    ours, theirs = (Entry.read(0, raw) if raw else None for raw in (found.raw, found.other_raw))
    entry = ours or theirs
    assert entry, "one of them names it"
    return Difference(
        case=cases.REGISTRY_DISPUTED,
        subject=f"certificate 0x{found.certificate.hex()}",
        left=f"{found.feed}: {_said(ours)}",
        right=f"{found.other}: {_said(theirs)}",
        lot=lot_of(entry.trees[0]) if entry.trees else None,
        adcode=entry.adcode,
    )


def _said(entry: Entry | None) -> str:
    if entry is None:
        return "nothing"
    trees = f"{len(entry.trees)} records {entry.trees[0]:024x}…" if entry.trees else "no records"
    return f"{entry.event} for {entry.year}, {entry.adcode}, {entry.form}, {trees}"


def _of(row: CertificateRow, case: Case, left: str, right: str) -> Difference:
    return Difference(
        case=case,
        subject=f"certificate 0x{row.certificate.hex()}",
        left=left,
        right=right,
        lot=lot_of(row.first) if row.first is not None else None,
        adcode=row.adcode,
    )
