"""Print: from a final certificate to its signed PDF, the same bytes each time.

A PDF says what will always be true: that the record became final, in which block, of which
lot. A record that still waits has no PDF, and one that was revoked or replaced none any more.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from treering.chain.keys import KeyFolder
from treering.domain.pdf.envelope import Notary
from treering.domain.pdf.identity import certificate
from treering.domain.record import tree_id
from treering.flow.certifying.certify import Found, Issuer, Office
from treering.render.pdf.press import Press
from treering.render.pdf.sheet import Sheet
from treering.render.pdf.shelf import Shelf
from treering.store.care import Range

_SHELF = 32 * 1024 * 1024  # bytes: some 350 certificates


@dataclass(frozen=True, slots=True, kw_only=True)
class Printer:
    """`notary_of` gives a programme's key for PDFs."""

    office: Office
    press: Press
    notary_of: Callable[[str], Notary]
    shelf: Shelf = field(default_factory=lambda: Shelf(_SHELF))
    notaries: dict[str, Notary] = field(default_factory=dict)  # each opened once

    def pdf(self, found: Found) -> bytes:
        """NotFinal while the record waits for the chain; FontsMissing."""
        sheet = self.sheet(found)
        tree = found.number.tree
        return self.shelf.get(sheet.key, lambda: self._made(sheet, found), tree)

    def sheet(self, found: Found) -> Sheet:
        document = self.office.credential(found)
        credential = json.dumps(document, ensure_ascii=False, indent=2).encode()
        return replace(self._facts(found), credential=credential)

    def _facts(self, found: Found) -> Sheet:
        return Sheet(
            certificate=self.office.certificate(found),
            programme=found.tenant.name,
            address=self.office.address(found),
            credential=b"",
        )

    def picture(self, found: Found, shape: str) -> bytes:
        """To share, as PNG: "wide" or "square". NotFinal, FontsMissing."""
        sheet = self._facts(found)
        key = sheet.key + shape.encode()
        tree = found.number.tree
        return self.shelf.get(key, lambda: self.press.pictured(sheet, shape), tree)

    def forget(self, gone: Range) -> None:
        """Drops what was printed of these records (`forgetting`)."""
        lot, first, count = gone
        self.shelf.drop(tree_id(lot, first), count)

    def _made(self, sheet: Sheet, found: Found) -> bytes:
        # pyHanko takes a third of a second to load, and only those who print need it.
        from treering.render.pdf.signature import signed  # noqa: PLC0415

        programme = found.tenant.code
        if programme not in self.notaries:
            self.notaries[programme] = self.notary_of(programme)
        at = self.office.dated(found)
        return signed(self.press.printed(sheet), self.notaries[programme], at)


def printer(office: Office, keys: KeyFolder, fonts: Path | None) -> Printer:
    """Prints with the fonts of this folder and the keys of that one."""

    def notary_of(programme: str) -> Notary:
        return notary(programme, keys.notary(programme), office.issuer_of(programme))

    return Printer(office=office, press=Press(fonts), notary_of=notary_of)


def notary(programme: str, key: EllipticCurvePrivateKey, issuer: Issuer) -> Notary:
    """The key for PDFs, certified by the issuer's: the same keys give the same certificate."""
    point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    signs = ECDSA(SHA256(), deterministic_signing=True)
    return Notary(
        certificate=certificate(programme, point, issuer.key, issuer.sign),
        sign=lambda message: key.sign(message, signs),
    )
