"""What a camera opens, and what a scanner of ours says of a code: also of one that lies."""

import pytest

from tests.web.test_redemptions import problem
from treering.domain.number import parse


@pytest.fixture
def text(client, world, number):
    """What the certificate's QR code holds."""
    return world.services.address(number)


@pytest.fixture
def path(text, client):
    return "/" + text.split("/", 3)[3]


def test_a_camera_opens_the_certificates_page(client, number, path):
    assert path.startswith("/Q/")
    answer = client.get(path, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/{number}")
    page = client.get(path + "?lang=en", follow_redirects=True)
    assert page.status_code == 200
    assert number in page.text


def test_the_short_address_of_old_codes_keeps_working(client, number):
    assert client.get(f"/c/{number}").status_code == 200


def test_a_code_with_a_changed_character_is_shown_as_altered_and_leads_nowhere(client, path):
    changed = path[:-30] + ("A" if path[-30] != "A" else "B") + path[-29:]
    page = client.get(changed + "?lang=en", follow_redirects=False)
    assert page.status_code == 200
    assert "SIGNATURE_BROKEN" in page.text


def test_a_code_that_is_none_is_shown_as_such(client):
    page = client.get("/Q/AAAA?lang=en", follow_redirects=False)
    assert page.status_code == 200
    assert "DOCUMENT_MALFORMED" in page.text


def test_the_text_of_a_code_can_be_verified(client, text, number):
    report = client.post("/v1/verify", content=text).json()
    assert report["number"] == number
    signature = [f for f in report["findings"] if f["check"] == "signature"]
    assert [finding["code"] for finding in signature] == ["SIGNATURE_OK"]
    assert report["verdict"] != "INVALID"


def test_the_short_address_can_be_verified_too(client, text, number):
    short = text.rsplit("/Q/", 1)[0] + f"/c/{number}"
    report = client.post("/v1/verify", content=short).json()
    assert (report["number"], report["verdict"]) == (number, "VALID")


def test_a_code_that_leads_elsewhere_is_refused_by_api_and_page(client, text):
    for other in (
        text.replace("://", "://EVIL.EXAMPLE/", 1),
        text.replace("://", "://user@", 1),
        "https://xn--treerng-q2a.example/Q/AAAA",
    ):
        problem(client.post("/v1/verify", content=other), 422, "TR342")
        page = client.get("/verify", params={"number": other, "lang": "en"})
        assert page.status_code == 422
        assert "not the address of a certificate of this service" in page.text
        assert client.post("/verify?lang=en", data={"document": other}).status_code == 422


def test_the_page_takes_what_a_scanner_read(client, text, path, number):
    answer = client.get("/verify", params={"number": text}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    short = text.rsplit("/Q/", 1)[0] + f"/c/{number}"
    answer = client.get("/verify", params={"number": short}, follow_redirects=False)
    assert answer.headers["location"] == f"/c/{number}"
    pasted = client.post("/verify?lang=en", data={"document": text})
    assert pasted.status_code == 200
    assert number in pasted.text


def test_a_code_that_waits_is_short(client, world, redeem):
    (number,) = redeem()["numbers"]
    assert world.services.address(number).endswith(f"/c/{number}")
    code = f"/v1/certificates/{number}.svg"
    assert client.get(code).headers["cache-control"] == "no-store", "it is soon another"
    world.settle()
    kept = client.get(code).headers["cache-control"]
    assert kept == "public, max-age=60", "it holds a name, which its holder may take away"


def test_no_search_engine_keeps_what_a_code_leads_to(client, path):
    assert client.get(path, follow_redirects=False).headers["x-robots-tag"] == "noindex"


def test_what_claims_no_number_is_not_shown_with_an_empty_one(client, path):
    assert "The number it claims" not in client.get("/Q/ABC?lang=en").text
    changed = path[:-30] + ("A" if path[-30] != "A" else "B") + path[-29:]
    assert "The number it claims" in client.get(changed + "?lang=en").text


def test_codes_are_of_numbers_that_were_issued(client, world, number):
    other = str(parse(number)).replace(number[-1], "0" if number[-1] != "0" else "1")
    assert client.get(f"/v1/certificates/{other}.svg").status_code == 404


def test_a_number_a_code_a_credential_and_a_pdf_are_one_question(client, text, number):
    brought = [
        number.encode(),
        number.lower().encode(),
        text.encode(),
        client.get(f"/v1/certificates/{number}").content,
        client.get(f"/v1/certificates/{number}.pdf").content,
    ]
    reports = [client.post("/v1/verify", content=content) for content in brought]
    assert {report.status_code for report in reports} == {200}
    assert {report.json()["number"] for report in reports} == {number}
    assert "INVALID" not in {report.json()["verdict"] for report in reports}


def test_a_mistyped_number_is_told_as_such_in_the_form_for_files(client, number):
    other = number[:-1] + ("0" if number[-1] != "0" else "1")
    problem(client.post("/v1/verify", content=other), 404, "TR301")
    assert client.post("/verify?lang=en", data={"document": other}).status_code == 422
