"""The way to the ground, over HTTP: W3C PROV for machines, a drawn graph for people."""

import io

from prov.model import ProvDocument

from tests.web.conftest import REAL


@REAL
def test_the_way_is_prov_json_that_an_independent_reader_takes(client, number):
    answer = client.get(f"/v1/provenance/{number}")
    assert answer.headers["content-type"] == "application/json"
    read = ProvDocument.deserialize(io.StringIO(answer.text), format="json")
    types = {str(t) for record in read.get_records() for t in record.get_asserted_types()}
    assert {"treering:Record", "treering:Batch", "treering:Lot", "treering:Trace"} <= types


@REAL
def test_linked_data_comes_by_accept_or_by_form(client, number):
    path = f"/v1/provenance/{number}"
    accepted = client.get(path, headers={"Accept": "application/ld+json"})
    asked = client.get(path, params={"form": "json-ld"})
    for answer in (accepted, asked):
        assert answer.headers["content-type"] == "application/ld+json"
        ProvDocument.deserialize(io.StringIO(answer.text), format="jsonld")
    plain = client.get(
        path, params={"form": "prov-json"}, headers={"Accept": "application/ld+json"}
    )
    assert plain.headers["content-type"] == "application/json"


@REAL
def test_the_page_names_what_is_missing_in_both_languages(client, number):
    for language, missing in (("en", "Missing:"), ("zh", "缺少：")):
        answer = client.get(f"/c/{number}/provenance", params={"lang": language})
        assert answer.status_code == 200
        assert missing in answer.text
    assert f"/c/{number}/provenance" in client.get(f"/c/{number}").text


@REAL
def test_a_number_typed_another_way_leads_to_the_right_page(client, number):
    answer = client.get(f"/c/{number.lower()}/provenance")
    assert answer.status_code == 308
    assert answer.headers["location"] == f"/c/{number}/provenance"


@REAL
def test_what_is_no_number_has_no_way(client):
    assert client.get("/v1/provenance/TR-0000").json()["code"] == "TR301"
    unknown = "TR-0000-0000-0000-0000-0000-0000-0000"
    assert client.get(f"/v1/provenance/{unknown}").status_code == 404
    page = client.get(f"/c/{unknown}/provenance", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "text/html" in page.headers["content-type"]
