"""A lot's dossier: what was published, under a hash that stands on chain for good."""

from dataclasses import replace

import pytest

from tests.domain.example import LOT
from treering.domain.dossier import dossier, dossier_hash
from treering.domain.lot import Lot, Standing, Unit

PUBLISHED = {
    "slug": "ANT_FOREST-278",
    "site": "150000/278",
    "site_en": "another forest",
    "site_zh": "另一片林",
    "adcode": "620000",
    "species": replace(LOT.species, code="FIR"),
    "unit": Unit.M2,
    "year": 2020,
    "capacity": 1,
    "area_m2": None,
    "implementer_en": "somebody else",
    "standing": Standing.PLACEHOLDER,
    "note": "",
}


def test_the_hash_is_what_it_always_was():
    """Computed apart from the code: an open lot keeps its dossier's hash for ever."""
    assert dossier_hash(LOT).hex() == (
        "059f680dab3a09bf38fd24275a1cea825f95e74a534020b218785f600b1215fc"
    )


@pytest.mark.parametrize("field", PUBLISHED)
def test_every_published_fact_is_in_the_hash(field):
    other = replace(LOT, **{field: PUBLISHED[field]})
    assert dossier(other) != dossier(LOT)
    assert dossier_hash(other) != dossier_hash(LOT)


@pytest.mark.parametrize(
    "later",
    [
        {"asked": 149_999},
        {"inspector": "CAF", "inspected_on": "2026-12"},
        {"species": replace(LOT.species, energy_grams=1)},
    ],
)
def test_what_changes_later_is_not(later):
    assert dossier_hash(replace(LOT, **later)) == dossier_hash(LOT)


def test_every_fact_of_a_lot_is_either_published_or_known_to_change():
    """A new field of a lot must be put on one side or the other."""
    derived = {"id", "programme", "province_en", "province_zh", "implementer_zh"}
    inspection = {"inspector", "inspector_en", "inspector_zh", "inspected_on"}
    assert set(Lot.__dataclass_fields__) == set(PUBLISHED) | derived | inspection | {"asked"}
