"""The credential: a certificate's machine-readable form, a W3C Verifiable Credential 2.0 and
an Open Badge 3.0.

It carries the record, its batch's root and the proof between them, so that one node, or
none for the signature alone, is enough to check it. It holds no personal data beyond the
masked name. `claims` reads it back.

Open Badges 3.0 asks for an issuer that is a Profile, a name of one text, a subject that is
known by an identifier, here the commitment on chain, and an achievement with its criteria.
"""

from treering.domain import contexts, instant
from treering.domain.certificate import Certificate
from treering.domain.proof import Document

TYPES = ["VerifiableCredential", "OpenBadgeCredential", "TreeCertificate"]


def unsigned(certificate: Certificate, *, issuer: str, base_url: str) -> Document:
    """The document to be signed. `issuer` is a DID, `base_url` the service that issues it."""
    here = f"{base_url}/v1/certificates/{certificate.number}"
    return {
        "@context": contexts.of_service(base_url),
        "id": here,
        "type": [*TYPES],
        "name": f"树木证书 Tree certificate {certificate.number}",
        "issuer": {"id": issuer, "type": ["Profile"], "name": certificate.programme},
        "validFrom": instant.to_text(certificate.inclusion.block_time),
        "credentialSubject": subject(certificate, base_url),
        "evidence": [evidence(certificate, base_url)],
        "credentialStatus": status(certificate, f"{here}/verification"),
        "termsOfUse": [{"id": f"{base_url}/terms", "type": "TreeringTerms"}],
        "relatedResource": [
            {
                "id": base_url + contexts.OURS_PATH,
                "mediaType": "application/ld+json",
                "digestSRI": contexts.OURS_SRI,
            }
        ],
    }


def subject(certificate: Certificate, base_url: str) -> Document:
    """Who, what, where, when: what the record and its lot say, in words."""
    lot = certificate.lot
    return {
        "type": ["AchievementSubject", "RedeemedUnit"],
        "identifier": [_holder(certificate)],
        "achievement": achievement(certificate, base_url),
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


def achievement(certificate: Certificate, base_url: str) -> Document:
    """What was achieved: a unit of this lot was redeemed. Whether it grows, the lot tells."""
    lot = certificate.lot
    return {
        "id": f"{base_url}/lots/{lot.slug}",
        "type": ["Achievement"],
        "name": f"{lot.species.zh} {lot.species.en}, {lot.site_zh} {lot.site_en}, {lot.year}",
        "description": (
            "为此地块兑换一份，并记录上链。"
            "One unit of this lot was redeemed and recorded on chain."
        ),
        "criteria": {
            "narrative": (
                "在项目中兑换即可获得；是否已种植、验收、存活，以地块的链上记录为准。"
                "Earned by redeeming in the programme. Whether it is planted, accepted and "
                "alive is told by the lot's own statements on chain."
            ),
        },
    }


def evidence(certificate: Certificate, base_url: str) -> Document:
    """The record, and how it leads to what the chain holds."""
    return {
        "id": f"{base_url}/c/{certificate.number}",
        "type": ["Evidence", "TreeLedgerRecord"],
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


def status(certificate: Certificate, where: str) -> Document:
    """Where it stands whether the record was revoked: the contract's `status` of this tree."""
    return {
        "id": where,
        "type": "TreeLedgerStatus",
        "statusPurpose": "revocation",
        "chainId": certificate.chain_id,
        "contract": certificate.contract,
        "treeId": f"0x{certificate.record.tree_id:024x}",
    }


def _holder(certificate: Certificate) -> Document:
    return {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": _hex(certificate.record.holder),
        "identityType": "ext:TreeringHolder",
    }


def _hex(value: bytes) -> str:
    return "0x" + value.hex()
