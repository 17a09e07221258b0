"""Certificates in every form in which they leave the house, truly signed."""

import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from tests.fakes.books import CHAIN_ID, CONTRACT, NOW
from tests.fakes.held import Held
from treering import errors
from treering.domain import address, compact, own
from treering.domain.certificate import Certificate, certificate
from treering.domain.credential import unsigned
from treering.domain.keccak import keccak
from treering.domain.number import parse
from treering.domain.own import Asked
from treering.domain.pdf.envelope import Notary
from treering.domain.proof import JCS, secured
from treering.domain.role import Person
from treering.domain.verification import State
from treering.flow.certifying.badges import Baker
from treering.flow.certifying.certify import Issuer
from treering.flow.certifying.printing import notary
from treering.render.pdf.press import Press
from treering.render.pdf.sheet import Sheet
from treering.render.pdf.signature import signed
from treering.settings import Settings
from treering.web.waiting import waits_for


@cache
def press() -> Press:
    """Tests share one, since it opens the fonts."""
    return Press(Settings.from_environ({}).fonts)


class Issuing(Held):
    """Credential, PDF, picture, own copy, code and keys."""

    def credential(self, number: str) -> dict[str, Any]:
        return self.signed(number, chain_id=CHAIN_ID)

    def certified(self, number: str, *, chain_id: int = CHAIN_ID) -> Certificate:
        """The certificate as a ledger on that chain would have it."""
        redemption = self._redemption_of(number)
        parsed = parse(number)
        batch = self.books.batch_of(parsed.tree)
        if waits := waits_for(batch):
            raise errors.NotFinal(number, waits)
        return certificate(
            parsed,
            redemption,
            self.books.lot_by_id(redemption.lot),
            batch,
            chain_id=chain_id,
            contract=CONTRACT,
        )

    def signed(self, number: str, *, chain_id: int) -> dict[str, Any]:
        """The credential as a ledger on that chain would have it, truly signed."""
        found = self.certified(number, chain_id=chain_id)
        programme = self._programme(found.programme)
        document = unsigned(found, issuer=programme.issuer, base_url=self.base_url)
        signer = self.signers[programme.code]
        method = f"{programme.issuer}#{self._key(programme.code).multikey}"
        created = found.inclusion.block_time
        return secured(document, method=method, created=created, sign=signer.sign)

    def pdf(self, number: str) -> bytes:
        sheet = self._sheet(number)
        return signed(press().printed(sheet), self.notary(sheet.certificate.programme), sheet.time)

    def picture(self, number: str, shape: str) -> bytes:
        return press().pictured(self._sheet(number), shape)

    def own_copy(self, by: Person, number: str, asked: Asked) -> dict[str, Any]:
        redemption = self._redemption_of(number)
        if redemption.programme != by.programme:
            raise errors.CertificateNotFound(number)
        found = self.certified(number)
        secret = self.books.secret_of(redemption)
        statement, parts = own.drawn_up(found.record, found.masked_name, secret, asked)
        programme = self._programme(redemption.programme)
        method = f"{programme.issuer}#{self._key(programme.code).multikey}"
        sign = self.signers[programme.code].sign
        signed = secured(statement, method=method, created=NOW, sign=sign, suites=(JCS,))
        return own.copy(self.credential(number), signed, parts)

    @property
    def badges(self) -> Baker:
        return Baker(self.credential, self.picture)

    def notary(self, programme: str) -> Notary:
        scalar = int.from_bytes(keccak(b"pdf" + programme.encode())[1:], "big")
        issuer = Issuer(key=self._key(programme), sign=self.signers[programme].sign)
        return notary(programme, derive_private_key(scalar, SECP256R1()), issuer)

    def address(self, number: str) -> str:
        short = f"{self.base_url}/c/{self.issued(number)}"
        try:
            found = self.certified(number, chain_id=CHAIN_ID)
        except errors.NotFinal:
            return short
        code = found.programme
        compacted = compact.signed(compact.of(found), self._key(code), self.signers[code].sign)
        return address.written(self.base_url, compacted) or short

    def did_document(self, programme: str) -> dict[str, Any]:
        if programme not in self.signers:
            raise errors.ProgrammeNotFound(programme)
        issuer = self._programme(programme).issuer
        multikey = self._key(programme).multikey
        method = {
            "id": f"{issuer}#{multikey}",
            "type": "Multikey",
            "controller": issuer,
            "publicKeyMultibase": multikey,
        }
        return {"id": issuer, "verificationMethod": [method], "assertionMethod": [method["id"]]}

    def _sheet(self, number: str) -> Sheet:
        made = self.certified(number)
        _, stands = self._judged(number, self.books.batch_of(parse(number).tree))
        if stands in (State.REVOKED, State.REPLACED):
            raise errors.CertificateFallen(f"{number} is {stands}")
        credential = json.dumps(self.credential(number), ensure_ascii=False, indent=2)
        return Sheet(
            certificate=made,
            programme=self._programme(made.programme).name,
            address=self.address(number),
            credential=credential.encode(),
        )
