"""A certificate for machines: credential, QR code, report."""

import io

import pytest
import zxingcpp
from PIL import Image

from tests.web.test_redemptions import problem
from treering.domain.number import parse
from treering.render import qr
from treering.render.rings import rings


def swapped(number):
    """The number with one character changed."""
    last = "7" if number[-1] != "7" else "8"
    return number[:-1] + last


def loose(number):
    """As a person might write it."""
    return number.lower().replace("-", "").replace("0", "o").replace("1", "l")


def test_a_final_certificate_is_a_signed_credential(client, number):
    answer = client.get(f"/v1/certificates/{number}")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vc+json"
    document = answer.json()
    assert document["credentialSubject"]["number"] == number
    assert document["credentialSubject"]["holderName"] == "张**"
    assert [proof["cryptosuite"] for proof in document["proof"]] == [
        "eddsa-jcs-2022",
        "eddsa-rdfc-2022",
    ]
    assert answer.headers["cache-control"] == "public, max-age=60", "it holds a name, too"
    assert client.post("/v1/verify", json=document).json()["verdict"] == "VALID"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("application/vc+json", "application/vc+json"),
        ("application/vc+json, application/json;q=0.5", "application/vc+json"),
        ("text/html,*/*;q=0.8", "application/json"),
        ("*/*", "application/vc+json"),
    ],
)
def test_its_media_type_is_what_the_reader_understands(client, number, accept, media_type):
    answer = client.get(f"/v1/certificates/{number}", headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept"


def test_who_has_it_already_is_told_so(client, number):
    address = f"/v1/certificates/{number}"
    etag = client.get(address).headers["etag"]
    again = client.get(address, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_until_it_is_final_it_says_what_it_waits_for(client, world, redeem):
    number = redeem()["numbers"][0]
    for step, waits_for in (
        (world.seal, "batch"),
        (world.mine, "block"),
        (world.settle, "finality"),
    ):
        answer = client.get(f"/v1/certificates/{number}")
        assert problem(answer, 409, "TR315")["waits_for"] == waits_for
        assert answer.headers["cache-control"] == "no-store"
        step()
    assert client.get(f"/v1/certificates/{number}").status_code == 200


@pytest.mark.parametrize("ending", ["", ".png", ".svg", "/verification"])
def test_a_number_is_read_as_people_write_it(client, number, ending):
    written = client.get(f"/v1/certificates/{loose(number)}{ending}")
    assert written.status_code == 200
    assert written.content == client.get(f"/v1/certificates/{number}{ending}").content


@pytest.mark.parametrize("ending", ["", ".png", ".svg", "/verification"])
def test_one_wrong_character_is_called_a_mistype(client, number, ending):
    answer = client.get(f"/v1/certificates/{swapped(number)}{ending}")
    assert "a character is wrong" in problem(answer, 404, "TR301")["detail"]


@pytest.mark.parametrize("ending", ["", ".png", ".svg", "/verification"])
def test_a_well_formed_number_that_was_never_issued_is_not_found(client, ending):
    answer = client.get(f"/v1/certificates/TR-{'-'.join(['0000'] * 7)}{ending}")
    problem(answer, 404, "TR302")


def test_the_qr_code_opens_the_page(client, world, number):
    for size in (160, 512, 2048):
        answer = client.get(f"/v1/certificates/{number}.png?size={size}")
        assert answer.headers["content-type"] == "image/png"
        picture = Image.open(io.BytesIO(answer.content))
        assert picture.width == picture.height
        assert picture.width <= size
        read = zxingcpp.read_barcode(picture)
        assert read is not None
        assert read.text == world.services.address(number)
        path = read.text.removeprefix("HTTPS://TREERING.EXAMPLE")
        assert client.get(path, follow_redirects=False).headers["location"] == f"/c/{number}"
    assert client.get(f"/c/{number}").status_code == 200


def test_the_qr_code_is_always_the_same_bytes(client, number):
    for ending in (".png", ".svg"):
        address = f"/v1/certificates/{number}{ending}"
        assert client.get(address).content == client.get(address).content


def test_the_svg_draws_the_same_modules(number):
    text = f"https://treering.example/c/{number}"
    drawn = {(x, y) for y, row in enumerate(qr.matrix(text)) for x, dark in enumerate(row) if dark}
    painted = set()
    for run in qr.path(text).removeprefix("M").split("M"):
        x, y = run.partition("h")[0].split()
        width = int(run.partition("h")[2].partition("v")[0])
        painted |= {(int(x) + i, int(y)) for i in range(width)}
    assert painted == drawn


@pytest.mark.parametrize("size", ["63", "2049", "-1", "x", "1e9"])
def test_a_size_out_of_bounds_is_refused(client, number, size):
    answer = client.get(f"/v1/certificates/{number}.png?size={size}")
    assert problem(answer, 422, "TR312")["errors"][0]["field"] == "query size"


def test_the_report_numbers_its_checks_and_speaks_both_languages(client, number):
    report = client.get(f"/v1/certificates/{number}/verification").json()

    assert (report["number"], report["state"], report["verdict"]) == (number, "FINAL", "VALID")
    assert [finding["number"] for finding in report["findings"]] == [1, 2, 3, 4, 5, 6, 7, 8]
    for finding in report["findings"]:
        assert finding["text"]["zh"]
        assert finding["text"]["en"]
        assert finding["as_of"]


def test_a_revoked_certificate_says_so(client, world, number):
    world.revoke(number)
    report = client.get(f"/v1/certificates/{number}/verification").json()
    assert (report["state"], report["verdict"]) == ("REVOKED", "INVALID")
    found = report["findings"][5]
    assert (found["code"], found["detail"]) == ("RECORD_REVOKED", "NOT_PLANTED")


def test_a_replaced_certificate_names_the_new_record(client, world, redeem):
    old, new = redeem(count=2)["numbers"]
    world.settle()
    world.replace(old, new)
    report = client.get(f"/v1/certificates/{old}/verification").json()
    assert (report["state"], report["verdict"]) == ("REPLACED", "INVALID")
    assert report["findings"][5]["detail"] == f"0x{parse(new).tree:024x}"
    report = client.get(f"/v1/certificates/{new}/verification").json()
    assert (report["state"], report["verdict"]) == ("FINAL", "VALID")


def test_a_silent_chain_makes_it_unknown_never_invalid(client, world, number):
    world.silence()
    answer = client.get(f"/v1/certificates/{number}/verification")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    report = answer.json()
    assert (report["state"], report["verdict"]) == ("CANNOT_CHECK_NOW", "UNKNOWN")


def test_numbers_of_other_trees_do_not_share_rings(number):
    tree = parse(number).tree
    assert rings(tree) == rings(tree)
    assert rings(tree) != rings(tree + 1)
    assert all(20 <= len(rings(tree + i)) <= 35 for i in range(50))
