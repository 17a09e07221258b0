"""The PDF of a certificate over HTTP, and a PDF that somebody brings."""

import zlib
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from tests.mutations import edited
from tests.paper import Paper, opened, text_of
from tests.web.conftest import FAKE, REAL, World
from tests.web.test_redemptions import problem
from treering.domain.verification import Check
from treering.web.app import create_app
from treering.web.body_limit import LIMIT

EN = {"Accept-Language": "en"}


def address(number: str) -> str:
    return f"/v1/certificates/{number}.pdf"


def test_a_final_certificate_is_a_page_to_print(client, number):
    answer = client.get(address(number))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert f'filename="{number}.pdf"' in answer.headers["content-disposition"]
    assert "张**" in text_of(answer.content)
    assert len(answer.content) < LIMIT
    assert client.get(address(number)).content == answer.content


def test_who_has_the_page_already_is_told_so(client, number):
    etag = client.get(address(number)).headers["etag"]
    again = client.get(address(number), headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["cache-control"] == "public, max-age=60"


def test_its_credential_is_the_one_that_the_service_gives(client, number, page):
    plain = client.post("/v1/verify", content=page).json()["number"]
    assert plain == number
    alone = client.get(f"/v1/certificates/{number}").content
    pdf = opened(page)
    assert pdf.attachments[f"{number}.json"].get_file().read_bytes() == alone


def test_until_it_is_final_there_is_no_page(client, redeem):
    number = redeem()["numbers"][0]
    assert problem(client.get(address(number)), 409, "TR315")["waits_for"] == "batch"
    assert ".pdf" not in client.get(f"/c/{number}").text


def test_of_a_revoked_or_replaced_certificate_there_is_no_page_any_more(client, world, redeem):
    revoked, old, new = redeem(count=3)["numbers"]
    world.settle()
    world.revoke(revoked)
    world.replace(old, new)
    for number, state in ((revoked, "REVOKED"), (old, "REPLACED")):
        answer = client.get(address(number))
        assert state in problem(answer, 409, "TR341")["detail"]
        assert answer.headers["cache-control"] == "no-store"
        assert ".pdf" not in client.get(f"/c/{number}").text
    assert client.get(address(new)).status_code == 200


def test_a_silent_chain_does_not_keep_anybody_from_printing(client, world, number):
    before = client.get(address(number)).content
    world.silence()
    assert client.get(address(number)).content == before


def test_the_certificates_page_leads_to_it(client, number):
    shown = client.get(f"/c/{number}", headers=EN).text
    assert f'href="/v1/certificates/{number}.pdf"' in shown


@pytest.mark.parametrize("ending", ["swapped", "0" * 28])
def test_a_number_that_is_none_has_no_page(client, number, ending):
    asked = number[:-1] + ("7" if number[-1] != "7" else "8") if ending == "swapped" else ending
    problem(client.get(address(asked)), 404, "TR301" if ending == "swapped" else "TR302")


@REAL
def test_without_the_font_only_this_address_is_missing(world: World, number):
    bare = replace(world.parts, fonts=None)
    app = create_app(bare.service, base_url="https://treering.example")
    with TestClient(app) as client:
        answer = client.get(address(number))
        assert "TREERING_FONTS" in problem(answer, 503, "TR340")["detail"]
        assert client.get(f"/v1/certificates/{number}").status_code == 200
        assert client.get(f"/c/{number}").status_code == 200


def test_a_page_that_somebody_brings_is_checked_in_nine_ways(client, page):
    report = client.post(
        "/v1/verify", content=page, headers={"Content-Type": "application/pdf"}
    ).json()
    assert (report["state"], report["verdict"]) == ("FINAL", "VALID")
    assert [found["check"] for found in report["findings"]] == list(Check)[:9]
    assert report["findings"][-1]["number"] == 9


def test_one_chosen_as_a_file_on_the_page_is_checked_too(client, page):
    sent = {"file": ("certificate.pdf", page, "application/pdf")}
    answer = client.post("/verify", files=sent, headers=EN)
    assert answer.status_code == 200
    assert "byte for byte as the issuer signed it" in answer.text
    sent = {"file": ("certificate.pdf", page + b"\n", "application/pdf")}
    answer = client.post("/verify", files=sent, headers=EN)
    assert "changed after it was signed" in answer.text
    assert "ALTERED" in answer.text


@pytest.mark.parametrize("change", ["appended", "saved", "truncated"])
def test_a_changed_page_is_altered_though_its_credential_is_genuine(client, page, number, change):
    forged = {
        "appended": lambda: page + b"\n",
        "saved": lambda: edited(lambda pdf: None)(Paper(None, number, page)),
        "truncated": lambda: page[:-1],
    }[change]()
    report = client.post("/v1/verify", content=forged).json()
    assert (report["state"], report["verdict"]) == ("ALTERED", "INVALID")
    wrong = [found["code"] for found in report["findings"] if found["verdict"] == "INVALID"]
    assert wrong == ["PDF_ALTERED"]


def test_a_page_of_which_the_chain_says_revoked_is_revoked(client, world, number, page):
    world.revoke(number)
    report = client.post("/v1/verify", content=page).json()
    assert (report["state"], report["verdict"]) == ("REVOKED", "INVALID")
    assert report["findings"][-1]["code"] == "PDF_OK"


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"MZ%PDF-"])
def test_any_other_pdf_is_none_of_ours(client, content):
    report = client.post("/v1/verify", content=content).json()
    assert (report["state"], report["verdict"], report["number"]) == ("NOT_FOUND", "INVALID", "")
    assert [found["code"] for found in report["findings"]] == ["PDF_EMPTY"]
    sent = {"file": ("invoice.pdf", content, "application/pdf")}
    shown = client.post("/verify", files=sent, headers=EN).text
    assert "This file holds no certificate of ours" in shown
    assert "ALTERED" not in shown


def unsigned(pdf):
    del pdf.Root.AcroForm
    del pdf.Root.Perms


@pytest.mark.parametrize("also", [lambda pdf: None, unsigned], ids=["signed", "unsigned"])
def test_a_page_of_ours_without_its_credential_is_altered(client, page, number, also):
    def without(pdf):
        del pdf.attachments[next(iter(pdf.attachments))]
        also(pdf)

    report = client.post("/v1/verify", content=edited(without)(Paper(None, number, page))).json()
    assert (report["state"], report["verdict"]) == ("ALTERED", "INVALID")
    assert [found["code"] for found in report["findings"]] == ["PDF_STRIPPED"]


def test_a_pdf_that_carries_something_like_a_credential_is_none_of_ours(client):
    like = zlib.compress(b'{"credentialSubject": {}}')
    report = client.post("/v1/verify", content=b"%PDF-1.7\nstream\n" + like).json()
    codes = [found["code"] for found in report["findings"]]
    assert codes == ["DOCUMENT_MALFORMED", "PDF_UNSIGNED"]


@FAKE
def test_a_pdf_beyond_the_limit_is_refused_before_it_is_read(client):
    problem(client.post("/v1/verify", content=b"%PDF-1.7" + bytes(LIMIT)), 413, "TR316")
