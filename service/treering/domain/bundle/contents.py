"""What a bundle says: the contract at one final block, without what no verifier asks for.

It answers as the ledger at that block would, so the same checks run on either.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby
from typing import Self

from treering.domain.issuer_key import ListedKey
from treering.domain.record import LotId, TreeId, lot_of, serial_of
from treering.domain.recount.books import IssuerKey, Terms
from treering.domain.view import LotFacts

_ROOT_BYTES = 32
_LATEST = 253402300799  # a year beyond 9999 is as good as never
CLAIMED = b""  # a claim whose commitment the bundle has no room for


@dataclass(frozen=True, slots=True)
class Batches:
    """A lot's batches, in the order of their serials: `roots` has 32 bytes for each, `runs`
    counts their records, as pairs of records a batch and how many batches in a row."""

    runs: tuple[tuple[int, int], ...] = ()
    roots: bytes = b""

    @classmethod
    def of(cls, sizes: Sequence[int], roots: bytes) -> Self:
        """ValueError unless there is one root to each size."""
        runs = tuple((size, len(list(same))) for size, same in groupby(sizes))
        return cls(runs, roots)

    def __post_init__(self) -> None:
        count = sum(times for _, times in self.runs)
        if len(self.roots) != count * _ROOT_BYTES or any(min(run) < 1 for run in self.runs):
            raise ValueError(f"{count} batches cannot have {len(self.roots)} bytes of roots")

    @property
    def minted(self) -> int:
        return sum(size * times for size, times in self.runs)

    def root_of(self, first_serial: int) -> bytes | None:
        """The root of the batch that begins there; None if none does."""
        before = 0
        for size, times in self.runs:
            if first_serial < size * times:
                index, rest = divmod(first_serial, size)
                start = (before + index) * _ROOT_BYTES
                return None if rest else self.roots[start : start + _ROOT_BYTES]
            first_serial -= size * times
            before += times
        return None


@dataclass(frozen=True, slots=True)
class LotLine:
    """A lot as the chain holds it; `accepted` and `surveyed` are None until there is one."""

    terms: Terms
    endorsed: int
    accepted: int | None
    surveyed: int | None
    closed: bool
    batches: Batches


@dataclass(frozen=True, slots=True)
class Told:
    """What the bundle knows of a record, in the ledger's own words."""

    is_minted: bool
    revoked: int
    replaced_by: TreeId | None
    replaces: TreeId | None
    claim: bytes | None


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """`contract` is lower-case hex, `block_time` Unix seconds. What befell single records is by
    their tree ids: `revoked` gives reasons, `replaced` successors; `claimed` are used up.
    `programmes` are their codes by number: none in a bundle of the first format."""

    chain_id: int
    contract: str
    block: int
    block_hash: bytes
    block_time: int
    keys: Mapping[tuple[int, bytes], IssuerKey]
    lots: Mapping[LotId, LotLine]
    revoked: Mapping[TreeId, int]
    replaced: Mapping[TreeId, TreeId]
    claimed: frozenset[TreeId]
    programmes: Mapping[int, str] = field(default_factory=dict)

    is_snapshot = True

    @property
    def as_of(self) -> datetime:
        return _moment(self.block_time)

    @property
    def height(self) -> int:
        return self.block

    def root_of(self, lot: LotId, first_serial: int) -> bytes | None:
        line = self.lots.get(lot)
        return line.batches.root_of(first_serial) if line else None

    def status(self, tree: TreeId) -> Told:
        line = self.lots.get(lot_of(tree))
        return Told(
            is_minted=line is not None and serial_of(tree) < line.batches.minted,
            revoked=self.revoked.get(tree, 0),
            replaced_by=self.replaced.get(tree),
            replaces=self._replaces.get(tree),
            claim=CLAIMED if tree in self.claimed else None,
        )

    def programme_code(self, programme: int) -> str | None:
        """None where a bundle of the first format does not tell."""
        return self.programmes.get(programme)

    def lot(self, lot: LotId) -> LotFacts | None:
        line = self.lots.get(lot)
        if line is None:
            return None
        terms, minted = line.terms, line.batches.minted
        cap = line.endorsed if line.accepted is None else line.accepted
        return LotFacts(
            site=_code(terms.site),
            species=_code(terms.species),
            unit=terms.unit,
            year=terms.year,
            dossier=terms.dossier,
            endorsed=line.endorsed,
            accepted=line.accepted,
            surveyed=line.surveyed,
            minted=minted,
            revoked=self._revoked_of[lot],
            deficit=max(0, minted - cap),
            closed=line.closed,
            block=self.block,
            block_hash=self.block_hash,
            as_of=self.as_of,
        )

    def issuer_key(self, programme: int, key_id: bytes) -> ListedKey | None:
        key = self.keys.get((programme, key_id))
        if key is None:
            return None
        retired = _moment(key.until) if key.until else None
        return ListedKey(
            public=key.public_key, valid_from=_moment(key.valid_from), retired=retired
        )

    def claimed_at(self, _: TreeId) -> datetime | None:
        """Never known: a bundle holds states, not their times."""
        return None

    @cached_property
    def _replaces(self) -> dict[TreeId, TreeId]:
        return {new: old for old, new in self.replaced.items()}

    @cached_property
    def _revoked_of(self) -> Counter[LotId]:
        return Counter(map(lot_of, self.revoked))


def _code(padded: bytes) -> str:
    return padded.rstrip(b"\0").decode("ascii", "replace")


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(seconds, _LATEST), UTC)
