"""Lots, counts and issuers, as anybody may read them; and the list of all codes."""

import json
from base64 import b64encode
from hashlib import sha384
from pathlib import Path

from tests.web.test_redemptions import problem
from treering.domain.codes import CODES
from treering.web.errors_page import main, markdown
from treering.web.pages import all_refusals

KNOWN_OTHERWISE = {
    ("/readyz", "503"),
    ("/v1/certificates/{number}", "304"),
    ("/v1/certificates/{number}.pdf", "304"),
    ("/v1/bundle", "304"),
    ("/v1/bundle/{block}", "304"),
    ("/v1/differences", "304"),
    ("/v1/statistics/fulfilment", "304"),
}
DOCS = Path(__file__).parents[2] / "docs" / "errors.md"


def test_a_lot_tells_what_was_published_and_what_the_chain_says(client, number):
    lot = client.get("/v1/lots/ANT_FOREST-277").json()
    assert (lot["lot"], lot["unit"], lot["planting_year"]) == ("ANT_FOREST-277", "TREE", 2019)
    assert (lot["capacity"], lot["asked"], lot["left"]) == (150_000, 1, 149_999)
    assert lot["facts"]["minted"] == lot["facts"]["live"] == 1
    assert lot["standing"] == "reported"
    assert [s["stage"] for s in lot["statements"]] == ["ENDORSEMENT", "ACCEPTANCE"]


def test_without_the_chain_its_facts_are_null_not_old(client, world, number):
    world.silence()
    assert client.get("/v1/lots/ANT_FOREST-277").json()["facts"] is None


def test_a_lot_that_is_not_there_is_not_found(client):
    for slug in ("ANT_FOREST-227", "x" * 65, "%00", "%F0%9F%8C%B2"):
        problem(client.get(f"/v1/lots/{slug}"), 404, "TR304")


def test_all_lots_stand_in_the_list(client):
    slugs = [lot["lot"] for lot in client.get("/v1/lots").json()["lots"]]
    assert "ANT_FOREST-277" in slugs
    assert len(slugs) == len(set(slugs))


def test_the_five_numbers_come_unit_by_unit(client, world, redeem):
    redeem(count=3)
    world.settle()
    redeem(count=2)
    rows = {row["unit"]: row for row in client.get("/v1/counts").json()["counts"]}
    tree = rows["TREE"]
    five = [tree[name] for name in ("asked", "sent", "mined", "final", "counted")]
    assert five == [5, 3, 3, 3, 3]
    assert rows["M2"]["asked"] == 0
    world.silence()
    rows = {row["unit"]: row for row in client.get("/v1/counts").json()["counts"]}
    assert rows["TREE"]["counted"] is None
    assert rows["TREE"]["final"] == 3


def test_a_programme_publishes_the_keys_that_sign(client, number):
    answer = client.get("/programmes/ANT_FOREST/did.json")
    assert answer.headers["content-type"] == "application/did+json"
    methods = [method["id"] for method in answer.json()["verificationMethod"]]
    credential = client.get(f"/v1/certificates/{number}").json()
    assert credential["proof"][0]["verificationMethod"] in methods
    for code in ("NOBODY", "ant forest", "%00"):
        problem(client.get(f"/programmes/{code}/did.json"), 404, "TR317")


def test_a_credential_points_only_at_what_is_there(client, number):
    credential = client.get(f"/v1/certificates/{number}").json()
    base = credential["id"].removesuffix(f"/v1/certificates/{number}")
    (resource,) = credential["relatedResource"]
    places = [credential["id"], credential["credentialStatus"]["id"], resource["id"]]
    places += [credential["termsOfUse"][0]["id"], credential["evidence"][0]["id"]]
    places.append(credential["credentialSubject"]["achievement"]["id"])
    for place in places:
        assert client.get(place.removeprefix(base)).status_code == 200, place


def test_the_words_of_a_credential_are_served_as_they_were_pinned(client, number):
    (resource,) = client.get(f"/v1/certificates/{number}").json()["relatedResource"]
    answer = client.get("/ns/treering/v2")
    assert answer.headers["content-type"] == resource["mediaType"] == "application/ld+json"
    assert answer.headers["access-control-allow-origin"] == "*"
    digest = b64encode(sha384(answer.content).digest()).decode()
    assert resource["digestSRI"] == f"sha384-{digest}"


def test_the_list_of_codes_is_current():
    assert DOCS.read_text("utf-8") == markdown(), (
        "docs/errors.md is out of date: python -m treering.web.errors_page docs/errors.md"
    )


def test_the_list_is_written_where_it_is_asked_for(tmp_path, capsys):
    assert main([str(tmp_path / "errors.md")]) == 0
    assert (tmp_path / "errors.md").read_text("utf-8") == markdown()
    assert main([]) == 2


def test_every_code_stands_on_its_page_and_is_unique(client):
    codes = [kind.code for kind in all_refusals()]
    assert len(codes) == len(set(codes))
    page = client.get("/errors").text
    assert all(f'id="{code}"' in page for code in [*codes, *CODES])


def test_what_the_api_says_can_be_read_as_json_schema(client):
    document = client.get("/openapi.json").json()
    assert document["info"]["title"] == "Treering"
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            where = f"{method} {path}"
            assert operation["summary"], where
            assert {"200", "201", "202"} & set(operation["responses"]), where
            for status, response in operation["responses"].items():
                assert response["description"], f"{where} {status}"
                if not status.startswith("2") and (path, status) not in KNOWN_OTHERWISE:
                    assert "application/problem+json" in response["content"], f"{where} {status}"
    assert "HTTPValidationError" not in json.dumps(document)
