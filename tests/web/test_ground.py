"""The ground over HTTP: evidence brought and looked at, land, statements, what is due."""

import io
import json
import re
from typing import Any

import msgspec
import pytest
from PIL import Image

from tests import pictures
from tests.chain_kit import mining
from tests.domain.test_inspection import SHEET
from tests.flow.test_land import GROUND, file_of, ground, moved
from tests.web.conftest import REAL
from tests.web.test_provenance import as_role
from treering.chain import statements
from treering.domain.role import Role
from treering.intake.evidence import digest

TOLD = {"kind": "PHOTO", "caption_en": "Rows", "caption_zh": "成行", "source": "the inspector"}
HTML = {"Accept": "text/html", "Accept-Language": "en"}


def bring(client, key: str, lot: str = "ANT_FOREST-277", content: bytes | None = None, **told):
    return client.post(
        f"/v1/lots/{lot}/evidence",
        params=TOLD | told,
        content=pictures.jpeg() if content is None else content,
        headers={"Authorization": f"Bearer {key}", "Content-Type": "image/jpeg"},
    )


@REAL
def test_a_programme_brings_a_photo_and_anybody_sees_it_without_the_photographer(world, client):
    answer = bring(client, world.api_key, party="CGF")
    assert answer.status_code == 201, answer.text
    kept = answer.json()
    assert kept["received"] == digest(pictures.jpeg()).hex()
    assert (kept["longitude"], kept["latitude"]) == (105.423, 38.971)
    file = client.get(f"/v1/evidence/{kept['hash']}/file")
    assert digest(file.content).hex() == kept["hash"]
    assert (
        file.headers["content-type"],
        "sandbox" in file.headers["content-security-policy"],
    ) == (
        "image/jpeg",
        True,
    )
    assert not Image.open(io.BytesIO(file.content)).getexif()
    assert client.get(f"/v1/evidence/{kept['received']}").json() == kept
    lot = client.get("/v1/lots/ANT_FOREST-277").json()
    assert lot["ground"]["evidence"] == [kept]
    page = client.get("/lots/ANT_FOREST-277", headers=HTML).text
    assert f"/v1/evidence/{kept['hash']}/file" in page


@REAL
def test_a_photo_of_another_lot_is_refused_with_that_lots_number(world, client):
    assert bring(client, world.api_key).status_code == 201
    refused = bring(client, world.api_key, "ANT_FOREST-464")
    assert (refused.status_code, refused.json()["code"]) == (409, "TR612")
    assert "ANT_FOREST-277" in refused.json()["detail"]


@REAL
@pytest.mark.parametrize(
    ("lot", "content", "told", "status", "code"),
    [
        ("ANT_FOREST-277", b"", {}, 422, "TR611"),
        ("ANT_FOREST-277", pictures.png_of(20_000, 20_000), {}, 422, "TR611"),
        ("ANT_FOREST-277", b"PK\x03\x04", {}, 422, "TR611"),
        ("ANT_FOREST-277", b"x" * ((32 << 20) + 1), {}, 413, "TR313"),
        ("NOWHERE-1", None, {}, 404, "TR304"),
        ("ANT_FOREST-277", None, {"party": "NOBODY"}, 404, "TR604"),
        ("ANT_FOREST-277", None, {"kind": "SELFIE"}, 422, "TR312"),
        ("ANT_FOREST-277", None, {"taken_on": "yesterday"}, 422, "TR312"),
        ("ANT_FOREST-277", None, {"caption_en": "\x00"}, 422, "TR312"),
        ("ANT_FOREST-277", None, {"taken_on": "2019-13"}, 422, "TR606"),
    ],
)
def test_bad_evidence_is_refused_by_its_code(world, client, lot, content, told, status, code):
    refused = bring(client, world.api_key, lot, content, **told)
    assert refused.status_code == status, refused.text
    assert refused.json()["code"].startswith("TR")
    if status != 413 and lot != "NOWHERE-1":
        assert refused.json()["code"] == code


@REAL
def test_a_lot_of_another_programme_is_not_touched(world, client):
    assert bring(client, world.other_api_key).status_code == 403
    assert bring(client, "tr_nobody").status_code == 401


@pytest.mark.parametrize("hash_", ["00" * 32, "zz", "12"])
def test_evidence_that_nobody_knows_is_not_found(client, hash_):
    for path in (f"/v1/evidence/{hash_}", f"/v1/evidence/{hash_}/file"):
        assert client.get(path).json()["code"] == "TR613"
    assert client.get(f"/v1/statements/{hash_}").json()["code"] == "TR623"


def test_no_public_answer_tells_a_place_to_more_than_three_decimals(client):
    """T44: neither the lot's answer nor its page; the exact polygon is for regulators."""
    lot = client.get("/v1/lots/ANT_FOREST-277").json()
    exact = {
        number
        for point in GROUND["features"][0]["geometry"]["coordinates"][0]
        for number in point
        if round(number, 3) != number
    }
    page = client.get("/lots/ANT_FOREST-277", headers=HTML).text
    for number in exact:
        assert str(number) not in page
        assert str(number) not in json.dumps(lot)
    told = json.dumps([lot["ground"]["site"], lot["ground"]["evidence"]])
    places = re.findall(r"1?[0-9]{2}\.([0-9]{4,})\b", told)
    areas = [str(lot["ground"]["site"]["area_m2"]).partition(".")[2]]
    assert [each for each in places if each not in areas] == []


@REAL
def test_the_exact_polygon_opens_to_a_regulator_of_the_province_alone(world, client):
    path = "/v1/lots/ANT_FOREST-277/site"
    here, elsewhere = (as_role(world, Role.REGULATOR, code) for code in ("150000", "440000"))
    assert client.get(path, headers=here).json()["geometry"] == GROUND["features"][0]["geometry"]
    assert client.get(path, headers=elsewhere).json()["code"] == "TR353"
    assert client.get(path).status_code == 401
    assert client.get(path, headers={"X-API-Key": world.api_key}).status_code == 403
    unknown = client.get("/v1/lots/ANT_FOREST-464/site", headers=here)
    assert unknown.json()["code"] == "TR607"


@REAL
def test_land_is_loaded_by_its_programme_and_refused_by_its_fault(world, client):
    def load(content: bytes, key: str) -> Any:
        return client.post("/v1/land", content=content, headers={"X-API-Key": key})

    site = ground(lot="ANT_FOREST-666")
    crossed = moved(site, -5)
    ring = crossed["geometry"]["coordinates"][0]
    ring[1], ring[5] = ring[5], ring[1]
    refused = load(file_of(crossed), world.api_key)
    assert (refused.status_code, refused.json()["code"]) == (422, "TR602")
    assert "CROSSES_ITSELF" in refused.json()["detail"]
    assert load(b"{}", world.api_key).json()["code"] == "TR601"
    assert load(file_of(ground()), world.other_api_key).json()["code"] == "TR601"
    assert client.post("/v1/land", content=b"{}").status_code == 401


@REAL
def test_what_is_due_is_told_to_everybody(client):
    due = {each["lot"]: each for each in client.get("/v1/inspections/due").json()["due"]}
    assert due["ANT_FOREST-277"]["why"] == "PRESERVATION"
    assert due["ANT_FOREST-277"]["overdue"] is True
    page = client.get("/inspect", headers=HTML).text
    assert "/lots/ANT_FOREST-277" in page


@REAL
def test_a_statement_is_prepared_signed_and_brought_by_anybody(world, client):
    inspector = world.parts.keys.account("UNNAMED_2019")
    asked = {"inspector": inspector.address, "sheet": SHEET.document()}
    typed = client.post("/v1/statements:prepare", json=asked).json()
    statement = statements.from_message(typed["message"])
    network = world.parts.network
    signature = statements.sign(
        statement, inspector, chain_id=network.chain_id, contract=network.contract
    )
    signed = {
        "message": typed["message"],
        "inspector": inspector.address,
        "signature": "0x" + signature.hex(),
        "sheet": SHEET.document(),
    }
    brought = client.post("/v1/statements", json=signed)
    assert brought.status_code == 201, brought.text
    assert brought.json()["state"] == "received"
    with mining(world.parts.ledger.node):
        assert world.parts.inspectorate.relay() is True
    world.scene.chain.finalise()
    assert client.get(f"/v1/statements/{brought.json()['id']}").json()["state"] == "stated"
    ground = client.get("/v1/lots/ANT_FOREST-277").json()["ground"]
    assert ground["survival"]["per_mille"] == 720
    assert ground["survival"]["from_sheet"] is True
    assert ground["sheets"]["0x" + SHEET.hash().hex()]["n1"] == 7_200
    counts = {each["name"]: each for each in ground["counts"]}
    assert (counts["alive"]["value"], counts["alive"]["stated_on"]) == (108_000, "2022-10-14")
    by_form = client.post("/inspect", data={"signed": json.dumps(signed)}, headers=HTML)
    assert (by_form.status_code, "It stands on the chain" in by_form.text) == (202, True)


@REAL
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"inspector": 1}',
        b'{"inspector": "0x12"}',
        b'{"inspector": "0x12", "report": "zz"}',
        b"[" * 100_000,
    ],
)
def test_what_is_no_finding_is_not_prepared(client, body):
    answer = client.post("/v1/statements:prepare", content=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "TR312")
    assert client.post("/v1/statements", content=body).status_code == 422


@REAL
def test_a_report_without_a_sheet_is_prepared_too(world, client):
    asked = {
        "inspector": world.parts.keys.account("UNNAMED_2019").address,
        "lot": "ANT_FOREST-277",
        "stage": "ENDORSEMENT",
        "count": 150_000,
        "inspected_on": "2019-03-01",
        "report": "ab" * 32,
    }
    typed = client.post("/v1/statements:prepare", json=asked).json()
    assert typed["message"]["report"] == "0x" + "ab" * 32
    wrong = msgspec.structs.replace(SHEET, inspected_on="2022-02-30").document()
    refused = client.post("/v1/statements:prepare", json={**asked, "sheet": wrong})
    assert refused.json()["code"] == "TR621"


@pytest.mark.parametrize(
    ("alive", "outcome", "said"),
    [(720, "PASSED", "Passed"), (680, "REPLANT", "replanted"), (400, "FAILED", "done again")],
)
@pytest.mark.parametrize("world", ["fake"], indirect=True)
def test_survival_is_seen_on_the_lots_page_and_on_each_certificate(
    world, client, number, alive, outcome, said
):
    world.services.ground.alive = alive
    for path in ("/lots/ANT_FOREST-277", f"/c/{number}"):
        page = client.get(path, headers=HTML).text
        assert f'data-outcome="{outcome}"' in page, path
        assert said in page
