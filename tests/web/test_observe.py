"""Logs and metrics of the web: every request once, by its route, and nothing of people."""

import re

from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from tests.web.conftest import FAKE

SECRETS = ["张三丰", "user-1", "tr_test", "Bearer", "key-1"]


def samples(client) -> dict[tuple[str, tuple], float]:
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def value(found, name, **labels) -> float | None:
    return found.get((name, tuple(sorted(labels.items()))))


def test_each_request_is_one_line_by_its_route_and_tells_nothing_of_people(
    client, headers, redeem, world
):
    with capture_logs() as said:
        made = redeem()
        client.get(f"/v1/redemptions/{made['id']}", headers=headers)
        client.get(f"/c/{made['numbers'][0]}?name=张三丰")
        client.get("/c/张三丰")
        client.get("/nowhere/张三丰")
        client.post("/v1/redemptions", json={"holder": "user-1"}, headers=headers)
    lines = [line for line in said if line["event"] == "request"]
    assert [(line["method"], line["route"], line["status"]) for line in lines] == [
        # none for what is granted: admission tells of that by the group
        ("GET", "/v1/redemptions/{redemption_id}", 200),
        ("GET", "/c/{number}", 200),
        ("GET", "/c/{number}", 404),
        ("GET", "unmatched", 404),
        ("POST", "/v1/redemptions", 422),
    ]
    assert lines[0]["redemption"] == made["id"]
    assert lines[1]["certificate"] == made["numbers"][0]
    assert "certificate" not in lines[2]
    assert lines[4]["code"] == "TR312"
    assert all(line["ms"] >= 0 for line in lines)
    assert not [word for word in SECRETS if word in str(said)]


@FAKE
def test_a_request_keeps_the_id_that_it_came_with_or_gets_one(client):
    assert client.get("/", headers={"X-Request-ID": "abc-123_XYZ"}).headers["X-Request-ID"] == (
        "abc-123_XYZ"
    )
    made = client.get("/", headers={"X-Request-ID": 'a"\tb'}).headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{16}", made)


@FAKE
def test_machines_that_ask_every_few_seconds_leave_no_lines(client):
    with capture_logs() as said:
        for path in ("/healthz", "/readyz", "/metrics"):
            client.get(path)
    assert said == []


def test_requests_and_redemptions_are_counted_by_what_came_of_them(client, redeem, headers):
    redeem()
    client.post("/v1/redemptions", content=b"{}", headers=headers)
    client.get("/static/treering.css")
    found = samples(client)
    labels = {"method": "POST", "route": "/v1/redemptions"}
    assert value(found, "treering_http_requests_total", status="201", **labels) == 1
    assert value(found, "treering_http_request_seconds_count", **labels) == 2
    assert value(found, "treering_redemptions_total", outcome="granted", code="") == 1
    assert value(found, "treering_redemptions_total", outcome="refused", code="TR312") == 1
    static = {"method": "GET", "route": "/static", "status": "200"}
    assert value(found, "treering_http_requests_total", **static) == 1


def test_the_five_numbers_and_the_queue_are_told_by_unit_and_state(client, redeem, world):
    redeem(count=3)
    world.seal()
    found = samples(client)
    assert value(found, "treering_units", number="asked", unit="TREE") == 3
    assert value(found, "treering_units", number="counted", unit="TREE") == 0
    assert value(found, "treering_queue_records", state="sealed") == 3
    assert value(found, "treering_batches", state="sealed") == 1
    assert value(found, "treering_queue_oldest_seconds", state="sealed") >= 0
    (node,) = [
        dict(labels)["node"] for name, labels in found if name == "treering_node_head_block"
    ]
    assert value(found, "treering_node_up", node=node) == 1
    head = value(found, "treering_node_head_block", node=node)
    assert head >= value(found, "treering_node_final_block", node=node)


def test_a_silent_node_leaves_numbers_out_and_never_shows_nought_for_them(client, world):
    world.silence()
    found = samples(client)
    assert {found[key] for key in found if key[0] == "treering_node_up"} == {0}
    assert value(found, "treering_units", number="asked", unit="TREE") == 0
    assert value(found, "treering_units", number="counted", unit="TREE") is None
    assert "treering_node_head_block" not in {name for name, _ in found}


@FAKE
def test_no_address_that_somebody_makes_up_becomes_a_time_series(client):
    for number in range(20):
        client.get(f"/nowhere/{number}")
        client.request(f"METHOD{number}", "/")
    routes = {dict(labels).get("route") for _, labels in samples(client)}
    methods = {dict(labels).get("method") for _, labels in samples(client)}
    assert routes == {None, "unmatched", "/"}
    assert methods == {None, "GET", "OTHER"}


@FAKE
def test_a_fault_of_ours_is_counted_too(client, world):
    world.services.counts = lambda: 1 / 0
    assert client.get("/v1/counts").status_code == 500
    labels = {"method": "GET", "route": "/v1/counts", "status": "500"}
    assert value(samples(client), "treering_http_requests_total", **labels) == 1
