"""Headers of every answer, and what a fault tells."""

import pytest
from starlette.testclient import TestClient

from tests.web.conftest import FAKE
from tests.web.test_redemptions import problem
from treering.errors import ChainUnavailable, SettingsWrong
from treering.web.app import create_app

BROWSER = {"Accept": "text/html"}


def policy_of(answer):
    parts = answer.headers["content-security-policy"].split("; ")
    return {part.split()[0]: part.split()[1:] for part in parts}


@pytest.mark.parametrize("path", ["/", "/c/x", "/nothing", "/v1/lots/x", "/static/treering.css"])
def test_every_page_keeps_to_itself(client, path):
    answer = client.get(path, headers=BROWSER)
    headers, policy = answer.headers, policy_of(answer)
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == policy["script-src"] == policy["style-src"] == ["'self'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert policy["trusted-types"] == ["treering-worker"]
    assert policy["manifest-src"] == policy["worker-src"] == ["'self'"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["strict-transport-security"].startswith("max-age=63072000")
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/nothing", "/v1/lots", "/v1/lots/x", "/healthz", "/v1/counts"])
def test_what_programs_read_runs_nothing_wherever_it_is_opened(client, path):
    answer = client.get(path)
    assert "json" in answer.headers["content-type"]
    assert policy_of(answer) == {"default-src": ["'none'"], "frame-ancestors": ["'none'"]}
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["strict-transport-security"].startswith("max-age=63072000")
    assert "access-control-allow-origin" not in answer.headers


def test_only_the_page_that_asks_a_visitors_node_may_connect_elsewhere(client):
    def policy(path):
        return client.get(path, headers=BROWSER).headers["content-security-policy"]

    assert "connect-src 'self' https: http://127.0.0.1:* http://localhost:*;" in policy("/check")
    for path in ("/", "/verify", "/c/x", "/check/x", "/lots"):
        assert "connect-src 'self';" in policy(path)


def test_only_the_scanners_may_ask_for_the_camera(client):
    for path in ("/verify", "/check"):
        assert "camera=(self)" in client.get(path).headers["permissions-policy"]
    for path in ("/", "/lots", "/c/x"):
        assert "camera=()" in client.get(path).headers["permissions-policy"]


def test_certificates_are_not_for_search_engines(client, number):
    for path in (f"/c/{number}", f"/v1/certificates/{number}", "/verify"):
        assert client.get(path).headers["x-robots-tag"] == "noindex"
    assert "x-robots-tag" not in client.get("/lots").headers


@pytest.mark.parametrize("path", ["/lots/", "/c/TR-1/", "/verify/?number=1&lang=zh", "/check/"])
def test_a_stroke_too_many_leads_to_the_page_and_never_to_another_host(client, path):
    answer = client.get(path, headers={"Host": "evil.example"}, follow_redirects=False)
    place, _, query = path.partition("?")
    rest = f"?{query}" if query else ""
    assert (answer.status_code, answer.headers["location"]) == (308, place.rstrip("/") + rest)


@pytest.mark.parametrize(
    "path", ["/audit/", "/v1/counts/", "//evil.example/", "/c//evil.example/"]
)
def test_no_address_leads_to_the_host_that_the_request_names(client, path):
    url = "https://treering.example" + path
    answer = client.get(url, headers={"Host": "evil.example"}, follow_redirects=False)
    assert answer.status_code == 404
    assert "location" not in answer.headers


def test_without_https_nobody_is_told_to_insist_on_it(world):
    client = TestClient(create_app(world.services, base_url="http://127.0.0.1:8000/"))
    assert "strict-transport-security" not in client.get("/").headers


@FAKE  # nobody knows a fault of the flow, or it would be mended
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_an_unknown_fault_tells_nothing_of_itself(client, world, monkeypatch, accept):
    def fail():
        raise RuntimeError("password=hunter2")

    monkeypatch.setattr(world.services, "lots", fail)
    answer = client.get("/v1/lots", headers={"Accept": accept})
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    assert "content-security-policy" in answer.headers


@FAKE  # the flow raises none that the table lacks
def test_a_refusal_that_no_table_foresees_is_a_fault_of_ours(client, world, monkeypatch):
    def fail():
        raise SettingsWrong("TREERING_SECRET is hunter2")

    monkeypatch.setattr(world.services, "lots", fail)
    problem(client.get("/v1/lots"), 500, "TR000")
    assert "hunter2" not in client.get("/v1/lots").text


@FAKE  # the flow answers without the node wherever it can
def test_a_node_that_is_down_is_no_fault_of_the_one_who_asks(client, world, monkeypatch):
    def fail():
        raise ChainUnavailable("no answer in 3 s")

    monkeypatch.setattr(world.services, "counts", fail)
    answer = client.get("/v1/counts")
    problem(answer, 503, "TR101")
    assert answer.headers["retry-after"] == "30"
    page = client.get("/audit", headers={"Accept": "text/html"})
    assert page.status_code == 503
    assert "Cannot be checked now" in page.text


def test_health_needs_nothing_and_readiness_names_the_parts(client, world):
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").status_code == 200
    world.silence()
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["chain"] is False
    assert client.get("/healthz").status_code == 200
