"""POST /v1/verify: a credential that somebody brings, however he made it."""

import copy
import json

import pytest

from tests.web.test_redemptions import problem


@pytest.fixture
def document(client, number):
    return client.get(f"/v1/certificates/{number}").json()


def changed(document, *path, to):
    """The document with one value changed."""
    other = copy.deepcopy(document)
    place = other
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = to
    return other


def test_what_we_issued_is_valid(client, document):
    answer = client.post("/v1/verify", json=document)
    assert answer.headers["cache-control"] == "no-store"
    report = answer.json()
    assert (report["state"], report["verdict"]) == ("FINAL", "VALID")


@pytest.mark.parametrize(
    ("path", "to", "check"),
    [
        (("credentialSubject", "holderName"), "李*", "signature"),
        (("credentialSubject", "serial"), 9, "document"),
        (("credentialSubject", "plantingYear"), 2020, "lot"),
        (("evidence", 0, "root"), "0x" + "11" * 32, "proof"),
        (("validFrom",), "2020-01-01T00:00:00Z", "signature"),
    ],
)
def test_a_tampered_credential_is_altered_and_the_check_is_named(
    client, document, path, to, check
):
    report = client.post("/v1/verify", json=changed(document, *path, to=to)).json()
    assert (report["state"], report["verdict"]) == ("ALTERED", "INVALID")
    wrong = {finding["check"] for finding in report["findings"] if finding["verdict"] == "INVALID"}
    assert {"signature", check} <= wrong


def test_a_credential_of_another_chain_is_not_called_altered(client, world, number):
    report = client.post("/v1/verify", json=world.elsewhere(number)).json()
    assert (report["state"], report["verdict"]) == ("WRONG_NETWORK", "INVALID")


def test_a_credential_made_to_name_another_chain_is_altered(client, document):
    forged = changed(document, "evidence", 0, "chainId", to=11155111)
    assert client.post("/v1/verify", json=forged).json()["state"] == "ALTERED"


def test_a_silent_chain_leaves_it_unknown(client, world, document):
    world.silence()
    report = client.post("/v1/verify", json=document).json()
    assert (report["state"], report["verdict"]) == ("CANNOT_CHECK_NOW", "UNKNOWN")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        pytest.param(b"", "not JSON", id="nothing"),
        pytest.param(b"{", "line 1, column", id="half"),
        pytest.param(b"[1]", "JSON object", id="array"),
        pytest.param(b'"x"', "JSON object", id="text"),
        pytest.param(b'{"a":1,"a":2}', "'a' stands twice", id="duplicated key"),
        pytest.param(b'{"x":[{"a":1,"a":2}]}', "'a' stands twice", id="duplicated key inside"),
        pytest.param(b'{"a":NaN}', "NaN", id="NaN"),
        pytest.param(b'{"a":-Infinity}', "Infinity", id="infinity"),
        pytest.param(b'{"a":' + b"9" * 5000 + b"}", "JSON", id="endless number"),
        pytest.param(b'{"a":' + b"[" * 21 + b"]" * 21 + b"}", "deeper", id="deep"),
        pytest.param(b'{"a":' + b"[" * 100_000, "deeper", id="bottomless"),
        pytest.param(b'{"a":"\\ud800"}', "characters", id="lone surrogate"),
        pytest.param(b'{"a":"\xff"}', "characters", id="no UTF-8"),
    ],
)
def test_what_is_no_credential_is_refused_with_its_reason(client, body, why):
    assert why in problem(client.post("/v1/verify", content=body), 422, "TR314")["detail"]


@pytest.mark.parametrize("missing", ["credentialSubject", "evidence", "proof"])
def test_a_credential_with_a_part_cut_off_is_invalid(client, document, missing):
    del document[missing]
    report = client.post("/v1/verify", json=document).json()
    assert (report["state"], report["verdict"]) == ("ALTERED", "INVALID")
    assert [finding["code"] for finding in report["findings"]] == ["DOCUMENT_MALFORMED"]


def test_a_report_never_repeats_hostile_text_as_markup(client, document):
    hostile = changed(document, "credentialSubject", "number", to="<script>alert(1)</script>")
    answer = client.post("/verify", data={"document": json.dumps(hostile)})
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_a_document_beyond_the_limit_is_refused(client):
    problem(client.post("/v1/verify", content=b" " * 300_000), 413, "TR316")
