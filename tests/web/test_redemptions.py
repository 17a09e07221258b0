"""POST /v1/redemptions: what is granted, and every way in which it is refused."""

from datetime import UTC, datetime

import pytest

from treering.domain.record import lot_id, tree_id
from treering.domain.redemption import Redemption, redemption_id
from treering.domain.view import Redeemed
from treering.web import answers

WISH = {"lot": "ANT_FOREST-277", "holder": "user-1", "name": "张三丰"}


def problem(answer, status, code):
    """The problem, after checking that it is the one that was meant."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"].endswith(f"/errors#{code}")
    assert body["title"]
    return body


def test_a_redemption_answers_with_its_certificates(client, headers):
    wish = {**WISH, "count": 3, "unit": "TREE", "year": 2019, "campaign": "spring"}
    answer = client.post(
        "/v1/redemptions",
        json={**wish, "redeemed_at": "2026-03-12T10:00:00+08:00"},
        headers=headers,
    )

    assert answer.status_code == 201
    body = answer.json()
    assert (body["lot"], body["first_serial"], body["count"]) == ("ANT_FOREST-277", 0, 3)
    assert (body["programme"], body["price_grams"]) == ("ANT_FOREST", 17900)
    assert body["redeemed_at"] == "2026-03-12T02:00:00Z"
    assert body["replayed"] is False
    assert len(set(body["numbers"])) == 3
    assert body["urls"] == [f"https://treering.example/c/{n}" for n in body["numbers"]]
    assert answer.headers["location"].endswith(f"/v1/redemptions/{body['id']}")


@pytest.mark.parametrize("campaign", [None, 'spring "a\\b" 春'])
@pytest.mark.parametrize("moment", [datetime(2026, 3, 12, 2, tzinfo=UTC), datetime.now(UTC)])
def test_an_answer_is_written_as_its_model_would_write_it(campaign, moment):
    first = tree_id(lot_id(1, 277), 2**32 - 2)
    redeemed = Redeemed(
        redemption=Redemption(
            id=redemption_id(first),
            programme="ANT_FOREST",
            lot=lot_id(1, 277),
            first_serial=2**32 - 2,
            count=2,
            masked_name="张**",
            price_grams=17_900,
            campaign=campaign,
            redeemed_at=moment,
            recorded_at=moment,
        ),
        lot_slug="ANT_FOREST-277",
        numbers=("TR-1", "TR-2"),
        replayed=False,
    )
    written = answers.redemption_json(redeemed, "https://treering.example")
    model = answers.redemption(redeemed, "https://treering.example")
    assert written.decode() == model.model_dump_json()


def test_a_key_in_its_own_header_will_do(client, headers, world):
    given = {"X-API-Key": world.api_key, "Idempotency-Key": "k"}
    assert client.post("/v1/redemptions", json=WISH, headers=given).status_code == 201


def test_the_same_key_and_body_give_the_same_answer_and_nothing_new(client, headers):
    first = client.post("/v1/redemptions", json=WISH, headers=headers)
    again = client.post("/v1/redemptions", json=WISH, headers=headers)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "replayed": True}
    lot = client.get("/v1/lots/ANT_FOREST-277").json()
    assert lot["asked"] == 1


def test_the_same_answer_comes_in_the_same_words(client, headers):
    wish = {**WISH, "count": 2, "campaign": "spring", "redeemed_at": "2026-03-12T10:00:00+08:00"}
    first = client.post("/v1/redemptions", json=wish, headers=headers).json()
    again = client.post("/v1/redemptions", json=wish, headers=headers).json()
    assert again == {**first, "replayed": True}
    assert client.get(f"/v1/redemptions/{first['id']}", headers=headers).json() == first


def test_the_same_key_with_another_body_is_refused(client, headers):
    client.post("/v1/redemptions", json=WISH, headers=headers)
    answer = client.post("/v1/redemptions", json={**WISH, "count": 2}, headers=headers)
    problem(answer, 422, "TR309")


def test_a_full_lot_says_what_is_left(client, headers):
    address = "/v1/lots/ANT_FOREST-1"
    left = client.get(address).json()["left"]
    wish = {**WISH, "lot": "ANT_FOREST-1", "count": left + 1}
    answer = client.post("/v1/redemptions", json=wish, headers=headers)
    assert problem(answer, 409, "TR305")["left"] == left == client.get(address).json()["left"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        pytest.param({"lot": "ANT_FOREST-227"}, 404, "TR304", id="unknown lot"),
        pytest.param({"unit": "M2"}, 422, "TR306", id="another unit"),
        pytest.param({"year": 2020}, 422, "TR307", id="another year"),
        pytest.param({"redeemed_at": "2999-01-01T00:00:00Z"}, 422, "TR308", id="future"),
        pytest.param({"lot": "OCEAN_BUDDY-1"}, 403, "TR311", id="another programme's lot"),
        pytest.param({"name": "x" * 10_000}, 422, "TR303", id="10,000 characters"),
        pytest.param({"name": "\u202e张三"}, 422, "TR303", id="right-to-left mark"),
        pytest.param({"name": "a\x00b"}, 422, "TR303", id="NUL"),
        pytest.param({"name": "  "}, 422, "TR303", id="empty name"),
    ],
)
def test_what_cannot_be_granted_is_refused_with_its_reason(client, headers, change, status, code):
    answer = client.post("/v1/redemptions", json={**WISH, **change}, headers=headers)
    assert problem(answer, status, code)["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"count": 0}, "count"),
        ({"count": 100_001}, "count"),
        ({"count": "1"}, "count"),
        ({"count": 1.0}, "count"),
        ({"count": True}, "count"),
        ({"unit": "FOREST"}, "unit"),
        ({"year": 1900}, "year"),
        ({"redeemed_at": "2026-01-01T00:00:00"}, "redeemed_at"),
        ({"redeemed_at": 1_700_000_000}, "redeemed_at"),
        ({"lot": "a b"}, "lot"),
        ({"lot": "ANT_FOREST-277\n"}, "lot"),
        ({"holder": ""}, "holder"),
        ({"holder": "a\x00"}, "holder"),
        ({"holder": "a\n"}, "holder"),
        ({"campaign": "x" * 101}, "campaign"),
        ({"name": None}, "name"),
        ({"first_serial": 7}, "first_serial"),
        ({"price_grams": 0}, "price_grams"),
        ({"asked": 0}, "asked"),
    ],
)
def test_a_malformed_body_names_the_field_and_why(client, headers, change, field):
    answer = client.post("/v1/redemptions", json={**WISH, **change}, headers=headers)
    (fault,) = problem(answer, 422, "TR312")["errors"]
    assert fault["field"] == field
    assert fault["why"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"\xff", b'{"lot":"\\ud800"}'])
def test_what_is_no_object_is_refused(client, headers, body):
    problem(client.post("/v1/redemptions", content=body, headers=headers), 422, "TR312")


@pytest.mark.parametrize("key", [None, "", "x" * 201, "caf\xe9", "tab\there"])
def test_without_a_printable_idempotency_key_nothing_is_redeemed(client, world, key):
    given = {"Authorization": f"Bearer {world.api_key}"}
    if key is not None:
        given["Idempotency-Key"] = key.encode("latin-1")
    answer = client.post("/v1/redemptions", json=WISH, headers=given)
    (fault,) = problem(answer, 422, "TR312")["errors"]
    assert fault["field"] == "header Idempotency-Key"


@pytest.mark.parametrize(
    "given",
    [{}, {"Authorization": "Bearer wrong"}, {"X-API-Key": "wrong"}, {"Authorization": "x"}],
)
def test_without_a_key_of_a_programme_nothing_is_redeemed(client, given):
    answer = client.post("/v1/redemptions", json=WISH, headers={**given, "Idempotency-Key": "k"})
    problem(answer, 401, "TR310")
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_redemption_is_found_again_by_its_programme_only(client, headers, world, redeem):
    made = redeem()
    address = f"/v1/redemptions/{made['id']}"

    assert client.get(address, headers=headers).json() == made
    problem(client.get(address, headers={"X-API-Key": world.other_api_key}), 404, "TR313")
    problem(client.get(address), 401, "TR310")
    problem(client.get("/v1/redemptions/1", headers=headers), 422, "TR312")


def test_a_body_beyond_the_limit_is_refused_unread(client, headers):
    body = b" " * (256 * 1024 + 1)
    problem(client.post("/v1/redemptions", content=body, headers=headers), 413, "TR316")


def test_a_body_that_hides_its_length_is_refused_at_the_limit(client, headers):
    pieces = (b" " * 65536 for _ in range(5))
    problem(client.post("/v1/redemptions", content=pieces, headers=headers), 413, "TR316")
