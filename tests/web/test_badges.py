"""Baked badges by HTTP, and what becomes of one that somebody brings."""

import json
from io import BytesIO

import pytest
from PIL import Image

from tests.web.test_redemptions import problem
from treering.domain import badge

KINDS = ["badge.png", "badge.png?shape=wide", "badge.svg"]


def judged(client, content: bytes) -> dict:
    return client.post("/v1/verify", content=content).json()


@pytest.mark.parametrize("kind", KINDS)
def test_a_badge_carries_the_very_credential_and_is_checked_as_it_comes(client, number, kind):
    answer = client.get(f"/v1/certificates/{number}/{kind}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{number}.')
    assert badge.credential(answer.content) == client.get(f"/v1/certificates/{number}").json()
    report = judged(client, answer.content)
    assert (report["number"], report["state"]) == (number, "FINAL")
    page = client.post("/verify", files={"file": ("badge", answer.content)})
    assert 'data-state="FINAL"' in page.text


def test_the_picture_is_the_one_to_share(client, number):
    baked = client.get(f"/v1/certificates/{number}/badge.png?shape=wide").content
    shared = client.get(f"/v1/certificates/{number}/share.png").content
    pixels = [Image.open(BytesIO(one)).convert("RGB").tobytes() for one in (baked, shared)]
    assert pixels[0] == pixels[1]
    assert len(baked) < 200_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_badge_whose_credential_was_changed_is_altered(client, number, kind):
    made = client.get(f"/v1/certificates/{number}/{kind}").content
    forged = made.replace("张".encode(), "李".encode())
    assert forged != made
    assert judged(client, forged)["state"] == "ALTERED"


def test_a_picture_without_a_credential_says_what_happened_to_it(client, number):
    for path in (f"/v1/certificates/{number}/share.png", f"/v1/certificates/{number}.svg"):
        report = judged(client, client.get(path).content)
        assert [one["code"] for one in report["findings"]] == ["BADGE_EMPTY"]
        assert (report["verdict"], report["state"]) == ("INVALID", "NOT_FOUND")


def test_a_strangers_photo_is_not_called_altered(client):
    photo = BytesIO()
    Image.new("RGB", (64, 48), "green").save(photo, "PNG")
    assert judged(client, photo.getvalue())["state"] == "NOT_FOUND"
    sent = {"file": ("photo.png", photo.getvalue(), "image/png")}
    shown = client.post("/verify", files=sent, headers={"accept-language": "en"}).text
    assert "This file holds no certificate of ours" in shown
    assert "Altered" not in shown


@pytest.mark.parametrize("kind", KINDS)
def test_a_badge_whose_credential_cannot_be_read_or_is_there_twice_is_altered(
    client, number, kind
):
    made = client.get(f"/v1/certificates/{number}/{kind}").content
    twice = badge.baked(made, b"{}")
    broken = made.replace(b'"@context"', b'"@context')
    for one in (twice, broken):
        report = judged(client, one)
        assert [found["code"] for found in report["findings"]] == ["BADGE_BROKEN"]
        assert report["state"] == "ALTERED"


def test_a_credential_that_names_another_record_in_a_pretty_picture_convinces_nobody(
    client, number
):
    document = client.get(f"/v1/certificates/{number}").json()
    document["credentialSubject"]["serial"] += 1
    picture = client.get(f"/v1/certificates/{number}/share.png").content
    baked = badge.baked(picture, json.dumps(document).encode())
    assert judged(client, baked)["state"] == "ALTERED"


def test_one_that_waits_has_no_badge_and_nobody_elses_number_has_one(client, world, redeem):
    (waiting,) = redeem()["numbers"]
    for kind in KINDS:
        problem(client.get(f"/v1/certificates/{waiting}/{kind}"), 409, "TR315")
        problem(client.get(f"/v1/certificates/TR-1/{kind}"), 404, "TR301")


def test_one_that_fell_has_rings_for_the_record_and_no_picture_to_show_off(client, world, number):
    world.revoke(number)
    problem(client.get(f"/v1/certificates/{number}/badge.png"), 409, "TR341")
    rings = client.get(f"/v1/certificates/{number}/badge.svg").content
    assert judged(client, rings)["state"] == "REVOKED"
