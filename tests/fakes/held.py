"""Books in memory, and the keys of those who sign."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.fakes.books import Books, number_key
from tests.fakes.example import LOTS
from treering import errors
from treering.domain.issuer_key import IssuerKey
from treering.domain.keccak import keccak
from treering.domain.lot import Lot
from treering.domain.number import is_issued, parse
from treering.domain.redemption import Redemption
from treering.domain.view import Programme


class Held:
    """What each part of the fake service looks things up in."""

    def __init__(self, base_url: str, programmes: Mapping[str, Programme]) -> None:
        """`programmes`: by their API keys."""
        self.base_url = base_url
        self.books = Books(dict(programmes), {lot.slug: lot for lot in LOTS})
        self.books.accepted["ANT_FOREST-277"] = 150_000
        self.signers = {
            programme.code: Ed25519PrivateKey.from_private_bytes(keccak(programme.code.encode()))
            for programme in programmes.values()
        }

    def _lot(self, slug: str) -> Lot:
        if slug not in self.books.lots:
            raise errors.LotNotFound(slug)
        return self.books.lots[slug]

    def _programme(self, code: str) -> Programme:
        return next(found for found in self.books.programmes.values() if found.code == code)

    def _key(self, code: str) -> IssuerKey:
        return IssuerKey(self.signers[code].public_key().public_bytes_raw())

    def _redemption_of(self, number: str) -> Redemption:
        parsed = parse(number)
        found = self.books.redemption_of(parsed.tree)
        if found is None or not is_issued(parsed, number_key(found.programme)):
            raise errors.CertificateNotFound(number)
        return found

    def _insist(self) -> None:
        if self.books.halted:
            raise errors.Diverged(self.books.halted)
