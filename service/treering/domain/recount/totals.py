"""Sums over lots. Each sum is of one unit: trees, plants and square metres are never added."""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import TypeVar

from treering.domain.record import LotId
from treering.domain.recount.books import Books, LotBook

K = TypeVar("K", bound=Hashable)


@dataclass(slots=True)
class Totals:
    """`accepted` sums only lots with an acceptance; `deficit` sums the lots' own deficits."""

    lots: int = 0
    endorsed: int = 0
    accepted: int = 0
    minted: int = 0
    revoked: int = 0
    deficit: int = 0

    @property
    def live(self) -> int:
        return self.minted - self.revoked

    def add(self, book: LotBook) -> None:
        self.lots += 1
        self.endorsed += book.endorsed
        self.accepted += book.accepted or 0
        self.minted += book.minted
        self.revoked += book.revoked
        self.deficit += book.deficit


def totals_by(books: Books, key: Callable[[LotId, LotBook], K]) -> dict[tuple[K, int], Totals]:
    """The totals of each (key, unit), in the order of their keys as text."""
    sums: defaultdict[tuple[K, int], Totals] = defaultdict(Totals)
    for lot, book in books.lots.items():
        sums[(key(lot, book), book.terms.unit)].add(book)
    return dict(sorted(sums.items(), key=lambda item: (str(item[0][0]), item[0][1])))


def code_text(code: bytes) -> str:
    """A code as people read it, such as 150000/277; in hex if it is not printable ASCII."""
    text = code.rstrip(b"\0")
    if all(0x21 <= byte <= 0x7E for byte in text):
        return text.decode("ascii")
    return "0x" + code.hex()


def province_of(site: bytes) -> str:
    """The part of a site's code before its slash: an adcode such as 150000."""
    return code_text(site).partition("/")[0]
