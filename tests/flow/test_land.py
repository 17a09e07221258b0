"""Land from GeoJSON: taken as a whole or not at all, held against all other land."""

import json
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.flow.test_evidence import KEY
from treering import errors
from treering.domain.land.faults import Fault
from treering.flow.inspecting.land import Loaded, Surveyor
from treering.flow.publish import Example
from treering.store import example as published
from treering.store.tables.ground import disputes, ground_facts, lot_parties, sites

GROUND: dict[str, Any] = json.loads(published.ground())


@pytest.fixture
def surveyor(engine: Engine, clock, example: Example) -> Surveyor:
    return Surveyor(engine, clock)


def ground(**changes: Any) -> dict[str, Any]:
    """A file of one site: forest no. 464's, beside no. 277, with these properties changed."""
    feature = deepcopy(GROUND["features"][0])
    feature["properties"] |= {
        "lot": "ANT_FOREST-464",
        "parties": [],
        "facts": {},
        "disputes": [],
        "declared_m2": None,
    }
    feature["properties"] |= changes
    return feature


def file_of(*features: dict[str, Any]) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def moved(feature: dict[str, Any], east: float) -> dict[str, Any]:
    ring = feature["geometry"]["coordinates"][0]
    feature["geometry"]["coordinates"] = [[[x + east, y] for x, y in ring]]
    return feature


def rows(engine: Engine, table) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(table)))


def test_forest_277_stands_on_a_polygon_of_the_area_that_was_reported(engine, surveyor):
    (site,) = rows(engine, sites)
    assert (site.code, site.standing, site.zone) == ("150000/277", "placeholder", "ARID")
    assert site.geometry == GROUND["features"][0]["geometry"]
    assert site.area_m2 == pytest.approx(2_222_667, rel=1e-4)
    facts = {row.fact: (row.value, row.standing) for row in rows(engine, ground_facts)}
    assert facts["DENSITY_PER_MU"] == ("44.99", "derived")
    assert facts["DESIGN_COUNT"] == ("150000", "reported")
    roles = {(row.role, row.party) for row in rows(engine, lot_parties)}
    assert {("IMPLEMENTER", "CGF"), ("INSPECTOR", "NWSURVEY"), ("FUNDER", "ANT_GROUP")} <= roles
    (dispute,) = rows(engine, disputes)
    assert (dispute.opened_on, dispute.answered_on) == ("2021-09", "2021")


def test_the_same_file_again_changes_nothing(engine, surveyor):
    assert surveyor.load(published.ground()) == Loaded()
    assert len(rows(engine, sites)) == len(rows(engine, disputes)) == 1


def test_a_site_that_lies_over_another_is_a_dispute_of_both_and_told_once(engine, surveyor):
    other = moved(ground(), 0.005)
    loaded = surveyor.load(file_of(other))
    assert (loaded.sites, len(loaded.disputes)) == (1, 1)
    (dispute,) = [row for row in rows(engine, disputes) if row.kind == "OVERLAP"]
    assert (dispute.site, dispute.other_site) == ("150000/277", "150000/464")
    assert 1_000_000 < dispute.area_m2 < 2_000_000
    assert surveyor.load(file_of(other)) == Loaded()


def test_neighbours_are_no_dispute(surveyor):
    assert surveyor.load(file_of(moved(ground(), 0.05))).disputes == []


@pytest.mark.parametrize("claim_first", [True, False])
def test_land_that_others_claim_elsewhere_is_a_dispute_whichever_came_first(
    engine, surveyor, claim_first
):
    site = moved(ground(), 1.0)
    claim = {
        "type": "Feature",
        "geometry": site["geometry"],
        "properties": {
            "kind": "claim",
            "register": "CCER",
            "reference": "P-17",
            "standing": "reported",
        },
    }
    files = [claim, site] if claim_first else [site, claim]
    found = [surveyor.load(file_of(each)) for each in files]
    assert [len(each.disputes) for each in found] == [0, 1]
    (dispute,) = [row for row in rows(engine, disputes) if row.kind == "CLAIM"]
    assert dispute.site == "150000/464"
    assert surveyor.load(file_of(*files)) == Loaded()


def test_a_file_is_taken_whole_or_not_at_all_and_its_refusal_names_the_feature(engine, surveyor):
    bad = ground(lot="ANT_FOREST-666")
    with pytest.raises(errors.PolygonRefused) as caught:
        surveyor.load(file_of(ground(), bad | {"geometry": None}))
    assert str(caught.value).startswith("feature 2: ")
    assert caught.value.fault == Fault.NOT_A_POLYGON
    assert len(rows(engine, sites)) == 1


def test_a_site_keeps_its_polygon(surveyor):
    surveyor.load(file_of(ground()))
    with pytest.raises(errors.SiteStands):
        surveyor.load(file_of(moved(ground(), 0.01)))


def test_a_programme_loads_its_own_lots_only(surveyor):
    assert surveyor.load(file_of(ground()), KEY).sites == 1
    with pytest.raises(errors.GroundUnreadable):
        surveyor.load(file_of(ground()), replace(KEY, programme="GFOREST"))


def test_a_party_must_be_known_and_an_inspector_neither_plants_nor_funds(surveyor):
    def party(code: str, role: str) -> dict[str, str]:
        return {"party": code, "role": role, "standing": "reported", "source": "x"}

    with pytest.raises(errors.PartyNotFound):
        surveyor.load(file_of(ground(parties=[party("NOBODY", "FUNDER")])))
    surveyor.load(file_of(ground(parties=[party("ELION", "IMPLEMENTER")])))
    with pytest.raises(errors.RolesConflict):  # though the file itself tells of one role only
        surveyor.load(file_of(ground(parties=[party("ELION", "INSPECTOR")])))


def test_a_density_outside_the_band_is_loaded_and_remarked_upon(engine, surveyor):
    count = {"value": 4_000_000, "standing": "reported", "source": "x"}
    loaded = surveyor.load(file_of(moved(ground(facts={"DESIGN_COUNT": count}), 1)))
    (remark,) = loaded.remarks
    assert remark.startswith("ANT_FOREST-464: 1199.")


def test_a_dispute_is_answered_later_and_never_told_otherwise(engine, surveyor):
    told = dict(GROUND["features"][0]["properties"]["disputes"][0])
    answer = {name: told.pop(name) for name in list(told) if name.startswith("answer")}
    dispute = told | {"code": "D-1"}
    surveyor.load(file_of(ground(disputes=[dispute])))
    surveyor.load(file_of(ground(disputes=[dispute | answer | {"statement_en": "other"}])))
    surveyor.load(file_of(ground(disputes=[dispute])))
    (row,) = [row for row in rows(engine, disputes) if row.code == "D-1"]
    assert row.statement_en == told["statement_en"]
    assert row.answer_en == answer["answer_en"]


def test_a_ring_that_turns_clockwise_is_taken_and_remarked_upon(surveyor):
    feature = ground()
    feature["geometry"]["coordinates"][0].reverse()
    (remark,) = surveyor.load(file_of(moved(feature, 1))).remarks
    assert "clockwise" in remark


def overlap(surveyor: Surveyor) -> str:
    """Forest no. 464 on the ground of no. 277, and the dispute that this is."""
    surveyor.load(file_of(GROUND["features"][0]))
    (code,) = surveyor.load(file_of(ground())).disputes
    return code


def answered(code: str, **changes: Any) -> bytes:
    told = dict(GROUND["features"][0]["properties"]["disputes"][0])
    dispute = told | {"code": code, "opened_on": "2026-01-01", "closed_on": None}
    dispute |= {"answered_on": "2026-04-01", "answer_en": "Both were drawn from one old map."}
    return file_of(ground(disputes=[dispute | changes]))


def test_an_overlap_is_answered_by_whom_it_is_about_and_closed_by_others(engine, surveyor):
    code = overlap(surveyor)
    surveyor.load(answered(code), KEY)
    with pytest.raises(errors.GroundRefused, match="not closed by those"):
        surveyor.load(answered(code, closed_on="2026-04-02"), KEY)
    (row,) = [row for row in rows(engine, disputes) if row.code == code]
    assert (row.answer_en, row.closed_on) == ("Both were drawn from one old map.", None)
    assert row.statement_en == "Two polygons lie over each other."
    surveyor.load(answered(code, closed_on="2026-04-02"))  # whoever runs the service
    (row,) = [row for row in rows(engine, disputes) if row.code == code]
    assert row.closed_on == "2026-04-02"


def test_nobody_takes_the_code_of_an_overlap_before_it_is_found(engine, surveyor):
    """Who did would have his own words in the place of the dispute, and it would never show."""
    between = "150000/277|150000/464"
    code = f"OVERLAP-{sha256(between.encode()).hexdigest()[:12].upper()}"
    with pytest.raises(errors.GroundRefused, match="given by Treering"):
        surveyor.load(answered(code, closed_on="2026-04-02"), KEY)
    assert overlap(surveyor) == code


def test_a_dispute_of_another_lot_is_neither_answered_nor_silently_dropped(surveyor):
    surveyor.load(file_of(GROUND["features"][0]))
    theirs = GROUND["features"][0]["properties"]["disputes"][0]["code"]
    with pytest.raises(errors.GroundRefused, match="no dispute of ANT_FOREST-464"):
        surveyor.load(file_of(moved(json.loads(answered(theirs))["features"][0], 1)), KEY)
