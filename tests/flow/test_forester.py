"""What the web is told of a lot's ground, from a real database."""

import json
from dataclasses import replace

import pytest

from tests import pictures
from tests.flow.test_evidence import KEY, TOLD
from tests.flow.test_land import file_of, ground, moved
from treering.domain.land import outline
from treering.errors import NotAllowed, SiteNotFound
from treering.flow.parts import Parts


def test_forest_277_is_told_whole(parts: Parts):
    book = parts.forester.book(parts.gazetteer.lot("ANT_FOREST-277"))
    assert book.ground.site.project_en.startswith("Alxa planting 2019")
    assert book.ground.in_band is True
    assert book.ground.band == (45.0, 167.0)
    assert [each.code for each in book.ground.disputes] == ["ANT-277-2021"]
    roles = [each.role for each in book.ground.parties]
    assert set(roles) == {"FOUNDATION", "FUNDER", "GOVERNMENT", "IMPLEMENTER", "INSPECTOR"}


def test_a_lot_of_which_nothing_was_told_is_told_as_nothing(parts: Parts):
    book = parts.forester.book(parts.gazetteer.lot("ANT_FOREST-464"))
    assert (book.ground.site, book.ground.parties, book.ground.in_band) == (None, (), None)
    assert book.due is None  # its lot is not even on chain
    with pytest.raises(SiteNotFound):
        parts.forester.site("ANT_FOREST-464")


def test_the_exact_polygon_is_another_question_than_the_page(parts: Parts):
    lot, site = parts.forester.site("ANT_FOREST-277")
    assert lot.adcode == "150000"
    shown = json.dumps(outline.rounded(site.geometry))
    assert json.dumps(site.geometry["coordinates"][0][0][0]) not in shown


def test_each_of_two_sites_in_dispute_names_the_other(parts: Parts):
    claim = moved(ground(), 0.005)
    claim = claim | {
        "properties": {
            "kind": "claim",
            "register": "CCER",
            "reference": "P-17",
            "standing": "reported",
        }
    }
    parts.forester.load_land(KEY, file_of(moved(ground(), 0.005), claim))

    def beside(slug: str) -> set[str | None]:
        found = parts.forester.book(parts.gazetteer.lot(slug)).ground.disputes
        return {each.beside for each in found}

    assert beside("ANT_FOREST-277") == {None, "ANT_FOREST-464", "CCER P-17"}
    assert beside("ANT_FOREST-464") == {"ANT_FOREST-277", "CCER P-17"}


def test_a_programme_brings_evidence_of_its_own_lots(parts: Parts):
    kept = parts.forester.add_evidence(KEY, "ANT_FOREST-277", pictures.jpeg(), TOLD)
    assert parts.forester.evidence(kept.hash) == kept
    assert parts.forester.file(kept.hash)[0] == kept
    assert parts.forester.book(parts.gazetteer.lot("ANT_FOREST-277")).ground.evidence == (kept,)
    with pytest.raises(NotAllowed):
        parts.forester.add_evidence(
            replace(KEY, programme="GFOREST"), "ANT_FOREST-277", pictures.jpeg(1), TOLD
        )
