"""Own: the copy of a certificate that a holder shows to prove that it is his.

Only the programme that redeemed for him may fetch it, with his reference: the books know
neither his name nor his reference, but only what both must agree with.
"""

from datetime import datetime

from treering.domain import own
from treering.domain.own import Asked
from treering.domain.proof import JCS, Document, secured
from treering.errors import CertificateNotFound, NotTheHolder
from treering.flow.certifying.certify import Found, Office
from treering.store.stretches import secrets


def own_copy(office: Office, found: Found, asked: Asked, now: datetime) -> Document:
    """NotFinal, NameRefused; NotTheHolder if the reference or name is not of this record."""
    credential = office.credential(found)
    record = office.certificate(found).record
    if not found.redemption.masked_name:
        raise NotTheHolder("the holder has withdrawn: the record is nobody's")
    with office.engine.connect() as connection:
        secret = secrets(connection, office.vault, {found.holder})[found.holder]
    statement, parts = own.drawn_up(record, found.redemption.masked_name, secret, asked)
    issuer, did = office.issuer_of(found.tenant.code), office.did(found.tenant.code)
    method = f"{did}#{issuer.key.multikey}"
    signed = secured(statement, method=method, created=now, sign=issuer.sign, suites=(JCS,))
    return own.copy(credential, signed, parts)


def of_programme(found: Found, programme: str | None) -> None:
    """CertificateNotFound for another programme's, as if it were not there."""
    if found.tenant.code != programme:
        raise CertificateNotFound(str(found.number))
