"""The way to the ground, over HTTP: W3C PROV for machines, a drawn graph for people."""

import csv
import io
import json

import pytest
from prov.model import ProvDocument
from pyarrow import parquet

from tests.web.conftest import REAL
from tests.web.exporting import taken
from treering.domain.role import Person, Role
from treering.errors import ExportsBusy
from treering.export.written import Form
from treering.store import api_keys
from treering.web import exports, search

SOMEBODY = Person(Role.AUDITOR, "key 0a1b2c3d")


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


def as_role(world, role: Role, *provinces: str) -> dict[str, str]:
    key = f"{role}-{'-'.join(provinces)}"
    with world.parts.engine.begin() as connection:
        api_keys.add(connection, key, world.parts.clock(), role, provinces=provinces or None)
    return {"X-API-Key": key}


@pytest.fixture
def auditor(world, number) -> dict[str, str]:
    world.parts.follower.step()
    return as_role(world, Role.AUDITOR)


def ask(client, headers, **asked):
    return client.post("/v1/provenance:search", json=asked, headers=headers)


@REAL
def test_an_auditor_finds_the_records_of_a_lot(client, number, auditor):
    answer = ask(client, auditor, lot="ANT_FOREST-277", state="FINAL").json()
    assert number in [item["number"] for item in answer["items"]]
    assert answer["as_of"]["block_hash"].startswith("0x")
    assert answer["next_cursor"] is None


@REAL
def test_pages_lead_on_by_their_cursor(client, redeem, auditor):
    redeem(count=3)
    first = ask(client, auditor, limit=2).json()
    second = ask(client, auditor, limit=2, cursor=first["next_cursor"]).json()
    assert second["as_of"]["block"] == first["as_of"]["block"]
    assert not {i["number"] for i in first["items"]} & {i["number"] for i in second["items"]}


@REAL
def test_all_that_is_found_comes_as_a_file_of_each_form(client, number, auditor):
    path = "/v1/provenance:search"
    found = {
        form: client.post(path, params={"form": form}, json={}, headers=auditor)
        for form in ("jsonl", "csv", "parquet")
    }
    lines = [json.loads(line) for line in found["jsonl"].text.splitlines()]
    rows = list(csv.DictReader(io.StringIO(found["csv"].content.decode("utf-8-sig"))))
    table = parquet.read_table(io.BytesIO(found["parquet"].content)).to_pylist()
    numbers = [line["number"] for line in lines]
    assert number in numbers
    assert [row["number"] for row in rows] == numbers == [row["number"] for row in table]
    for answer in found.values():
        assert "attachment" in answer.headers["content-disposition"]
        assert answer.headers["x-content-type-options"] == "nosniff"


@REAL
def test_a_regulator_sees_his_own_provinces_alone(world, client, number, auditor):
    here, elsewhere = (as_role(world, Role.REGULATOR, code) for code in ("150000", "440000"))
    assert ask(client, here).json()["items"]
    assert ask(client, elsewhere).json()["items"] == []
    refused = ask(client, elsewhere, province="150000")
    assert (refused.status_code, refused.json()["code"]) == (403, "TR353")


@REAL
@pytest.mark.parametrize(
    "asked",
    [
        {"limit": 100_000},
        {"limit": 0},
        {"nonsense": 1},
        {"province": "15"},
        {"state": "LOST"},
        {"lot": "a\0b"},
        {"box": [2, 0, 1, 1]},
        {"box": [0, -91, 1, 1]},
        {"box": [0, 0, 1]},
        {"cursor": "nonsense"},
        {"evidence": "0x12"},
        {"year": 1},
        {"redeemed_from": "2019-01-01T00:00:00"},
        {"as_of": {"block": 1, "at": "2019-01-01T00:00:00Z"}},
        {"as_of": {"at": "2999-01-01T00:00:00Z"}},
        {"as_of": {"block": -1}},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(client, auditor, asked):
    answer = ask(client, auditor, **asked)
    assert (answer.status_code, answer.json()["code"]) == (422, "TR312")


@REAL
def test_a_past_block_is_asked_by_its_number(client, auditor):
    newest = ask(client, auditor).json()["as_of"]["block"]
    past = ask(client, auditor, as_of={"block": newest - 1}).json()
    assert past["as_of"]["block"] == newest - 1
    to_come = ask(client, auditor, as_of={"block": newest + 1})
    assert (to_come.status_code, to_come.json()["code"]) == (503, "TR362")


@REAL
def test_as_many_exports_as_a_process_makes_at_once_and_no_more(client, number, auditor):
    with taken(exports.MOST):
        busy = client.post(
            "/v1/provenance:search", params={"form": "csv"}, json={}, headers=auditor
        )
    assert (busy.status_code, busy.json()["code"]) == (429, "TR363")
    assert busy.headers["retry-after"]


@REAL
def test_each_search_is_a_look_in_the_log_and_so_is_one_that_was_refused(world, client, auditor):
    chronicle = world.parts.chronicle
    begun, elsewhere = chronicle.head().size, as_role(world, Role.REGULATOR, "440000")
    page = ask(client, auditor, province="150000")
    assert ask(client, elsewhere, province="150000").status_code == 403
    file = client.get("/explore.csv?all=1", headers=elsewhere)
    shown = client.get("/explore?all=1", headers=elsewhere | {"Accept": "text/html"})
    client.get("/explore", headers=elsewhere | {"Accept": "text/html"})  # nothing was asked
    told = [json.loads(line) for line in chronicle.exported(begun)]
    assert [(line["act"], line["role"], line["subject"]) for line in told] == [
        ("holder.looked", "auditor", "records of 150000"),
        ("look.refused", "regulator", "records of 150000"),
        ("holder.looked", "regulator", "records of any province"),
        ("holder.looked", "regulator", "records of any province"),
    ]
    assert [told[0]["request"], told[2]["request"], told[3]["request"]] == [
        answer.headers["x-request-id"] for answer in (page, file, shown)
    ]


def test_whoever_hangs_up_before_he_reads_a_byte_keeps_no_place_of_an_export():
    for _ in range(9):  # more than there are places
        answer = search.as_file(Form.CSV, iter(()), SOMEBODY)
        assert answer.media_type == Form.CSV.media_type


def test_whoever_has_two_exports_under_way_waits_and_the_next_one_does_not():
    under_way = [exports.exported(iter([b"1"]), "key 1") for _ in range(exports.EACH)]
    with pytest.raises(ExportsBusy, match="of yours"):
        exports.exported(iter(()), "key 1")
    assert list(exports.exported(iter([b"2"]), "key 2")) == [b"2"]
    assert list(under_way.pop()) == [b"1"]
    assert list(exports.exported(iter([b"3"]), "key 1")) == [b"3"]
    under_way.clear()  # hung up
