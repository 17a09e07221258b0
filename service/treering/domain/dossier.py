"""A lot's dossier: its published description, whose hash the contract holds for good."""

import rfc8785

from treering.domain.keccak import keccak
from treering.domain.lot import Lot
from treering.domain.proof import Document


def dossier(lot: Lot) -> Document:
    """What was published of the lot when it was opened."""
    return {
        "lot": lot.slug,
        "site": {"code": lot.site, "en": lot.site_en, "zh": lot.site_zh},
        "province": lot.adcode,
        "species": lot.species.code,
        "unit": lot.unit.name,
        "plantingYear": lot.year,
        "quantity": lot.capacity,
        "areaM2": lot.area_m2,
        "implementer": lot.implementer_en,
        "standing": lot.standing.value,
        "note": lot.note,
    }


def dossier_hash(lot: Lot) -> bytes:
    """keccak256 of the dossier's canonical JSON (RFC 8785)."""
    return keccak(rfc8785.dumps(dossier(lot)))
