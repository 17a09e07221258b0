"""The books: everything the events have told so far, kept as an auditor would keep it.

Memory grows with lots, batches and records that something happened to, never with the
records minted: a batch of 4,096 leaves one root here.
"""

from dataclasses import dataclass, field

from treering.domain.lot import Unit
from treering.domain.record import LotId, TreeId, lot_of, serial_of
from treering.domain.recount.duties import Duties
from treering.domain.stage import Stage

NOTHING = bytes(32)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a lot is, as the chain holds it: `site` has 32 bytes, `species` 16."""

    site: bytes
    species: bytes
    year: int
    unit: int
    dossier: bytes


@dataclass(slots=True)
class LotBook:
    """`counts` and `statements` hold the newest count and statement id of each stage.

    `minted` counts the records seen; `next_serial` is where the next batch must begin. They
    are equal unless a batch is missing.
    """

    terms: Terms
    counts: dict[Stage, int] = field(default_factory=dict)
    statements: dict[Stage, bytes] = field(default_factory=dict)
    minted: int = 0
    next_serial: int = 0
    revoked: int = 0
    closed: bool = False

    @property
    def endorsed(self) -> int:
        return self.counts.get(Stage.ENDORSEMENT, 0)

    @property
    def accepted(self) -> int | None:
        """None until there is an acceptance: zero may be accepted."""
        return self.counts.get(Stage.ACCEPTANCE)

    @property
    def surveyed(self) -> int | None:
        """None until there is a survey."""
        return self.counts.get(Stage.SURVEY)

    @property
    def cap(self) -> int:
        return self.endorsed if self.accepted is None else self.accepted

    @property
    def live(self) -> int:
        return self.minted - self.revoked

    @property
    def deficit(self) -> int:
        return max(0, self.minted - self.cap)


@dataclass(slots=True)
class RecordBook:
    """Records that something happened to. A released claim stays, as NOTHING."""

    revoked: dict[TreeId, int] = field(default_factory=dict)
    replaced_by: dict[TreeId, TreeId] = field(default_factory=dict)
    replaces: dict[TreeId, TreeId] = field(default_factory=dict)
    claims: dict[TreeId, bytes] = field(default_factory=dict)

    def touched(self) -> list[TreeId]:
        return sorted({*self.revoked, *self.replaces, *self.claims})


@dataclass(slots=True)
class IssuerKey:
    """`valid_from` and `until` are Unix seconds; `until` is 0 while the key is not retired."""

    public_key: bytes
    valid_from: int
    until: int = 0


@dataclass(slots=True)
class Books:
    """`batches` gives each batch's rebuilt root by the tree id of its first record."""

    programmes: dict[int, bytes] = field(default_factory=dict)
    lots: dict[LotId, LotBook] = field(default_factory=dict)
    batches: dict[TreeId, bytes] = field(default_factory=dict)
    records: RecordBook = field(default_factory=RecordBook)
    nonces: dict[str, int] = field(default_factory=dict)
    feeds: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    keys: dict[tuple[int, bytes], IssuerKey] = field(default_factory=dict)
    duties: Duties = field(default_factory=Duties)
    successor: str | None = None
    paused: bool = False

    @property
    def minted(self) -> int:
        """How many records were seen, over all units: a number of words, not of trees."""
        return sum(book.minted for book in self.lots.values())

    def is_minted(self, tree: TreeId) -> bool:
        book = self.lots.get(lot_of(tree))
        return book is not None and serial_of(tree) < book.next_serial

    def is_tree(self, tree: TreeId) -> bool:
        book = self.lots.get(lot_of(tree))
        return book is not None and book.terms.unit == Unit.TREE

    def take_back(self, tree: TreeId, reason: int) -> None:
        """Count a record out of the live ones; once, however often it is told."""
        book = self.lots.get(lot_of(tree))
        if book is not None and tree not in self.records.revoked:
            book.revoked += 1
        self.records.revoked[tree] = reason
