"""The credential: a certificate's machine-readable form, a W3C Verifiable Credential 2.0.

It carries the record, its batch's root and the proof between them, so that one node, or
none for the signature alone, is enough to check it. It holds no personal data beyond the
masked name. `facts` reads it back, and refuses whatever has another shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treering.domain import instant
from treering.domain.certificate import Certificate
from treering.domain.proof import Document
from treering.domain.record import Record, TreeId
from treering.errors import CredentialMalformed

CONTEXT = (
    "https://www.w3.org/ns/credentials/v2",
    "https://www.w3.org/ns/credentials/undefined-terms/v2",
)


def unsigned(certificate: Certificate, *, issuer: str, url: str) -> Document:
    """The document to be signed. `issuer` is a DID, `url` where the certificate is shown."""
    return {
        "@context": list(CONTEXT),
        "id": url,
        "type": ["VerifiableCredential", "TreeCertificate"],
        "name": [
            {"@value": f"Certificate {certificate.number}", "@language": "en"},
            {"@value": f"证书 {certificate.number}", "@language": "zh"},
        ],
        "issuer": {"id": issuer, "name": certificate.programme},
        "validFrom": instant.to_text(certificate.inclusion.block_time),
        "credentialSubject": subject(certificate),
        "evidence": [evidence(certificate)],
    }


def subject(certificate: Certificate) -> Document:
    """Who, what, where, when: what the record and its lot say, in words."""
    lot = certificate.lot
    return {
        "type": "RedeemedUnit",
        "number": certificate.number,
        "holderName": certificate.masked_name,
        "programme": certificate.programme,
        "lot": lot.slug,
        "serial": certificate.record.serial,
        "site": lot.site,
        "siteName": {"en": lot.site_en, "zh": lot.site_zh},
        "species": lot.species.code,
        "unit": lot.unit.name,
        "plantingYear": lot.year,
        "redeemedAt": instant.to_text(certificate.redeemed_at),
    }


def evidence(certificate: Certificate) -> Document:
    """The record, and how it leads to what the chain holds."""
    return {
        "type": "TreeLedgerRecord",
        "record": _hex(certificate.record.word),
        "firstSerial": certificate.first_serial,
        "count": certificate.count,
        "root": _hex(certificate.root),
        "merkleProof": [_hex(sibling) for sibling in certificate.proof],
        "chainId": certificate.chain_id,
        "contract": certificate.contract,
        "transaction": _hex(certificate.inclusion.transaction),
        "block": certificate.inclusion.block_number,
        "blockHash": _hex(certificate.inclusion.block_hash),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a credential claims, read and typed. Nothing here is checked yet."""

    number: str
    method: str
    created: datetime
    record: Record
    lot: str
    serial: int
    site: str
    species: str
    unit: str
    year: int
    redeemed_at: datetime
    first_serial: int
    root: bytes
    proof: tuple[bytes, ...]
    chain_id: int
    contract: str
    block: int

    @property
    def tree(self) -> TreeId:
        return self.record.tree_id


def facts(document: Document) -> Facts:
    """What the document claims; CredentialMalformed if it is not one of ours."""
    try:
        return _facts(document)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise CredentialMalformed(
            f"a part is missing or of another kind: {error!r:.200}"
        ) from error


def _facts(document: Document) -> Facts:
    about = document["credentialSubject"]
    ledger = document["evidence"][0]
    proof = document["proof"]
    return Facts(
        number=_text(about["number"]),
        method=_text(proof["verificationMethod"]),
        created=instant.from_text(_text(proof["created"])),
        record=Record.from_word(_bytes(ledger["record"], 32)),
        lot=_text(about["lot"]),
        serial=_whole(about["serial"]),
        site=_text(about["site"]),
        species=_text(about["species"]),
        unit=_text(about["unit"]),
        year=_whole(about["plantingYear"]),
        redeemed_at=instant.from_text(_text(about["redeemedAt"])),
        first_serial=_whole(ledger["firstSerial"]),
        root=_bytes(ledger["root"], 32),
        proof=_siblings(ledger["merkleProof"]),
        chain_id=_whole(ledger["chainId"]),
        contract=_text(ledger["contract"]),
        block=_whole(ledger["block"]),
    )


def _siblings(values: Sequence[Any]) -> tuple[bytes, ...]:
    if not isinstance(values, list) or len(values) > 32:
        raise ValueError("a proof has at most 32 hashes")
    return tuple(_bytes(value, 32) for value in values)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a {type(value).__name__} is not a text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or value not in range(2**64):
        raise TypeError(f"a {type(value).__name__} is not a whole number below 2^64")
    return value


def _bytes(value: Any, length: int) -> bytes:
    """Lower case after 0x: one value has one writing, as everything that is signed."""
    decoded = bytes.fromhex(_text(value).removeprefix("0x"))
    if len(decoded) != length or _hex(decoded) != value:
        raise ValueError(f"{length} bytes were expected in lower case after 0x")
    return decoded


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
