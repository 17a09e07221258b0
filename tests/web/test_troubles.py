"""A node that is frozen, a database that is gone: what is said meanwhile, and how soon."""

import time

import pytest

from tests.web.conftest import REAL
from tests.web.test_pages import EN, seen
from tests.web.test_redemptions import WISH, problem

pytestmark = REAL
PATIENCE = 8.0  # seconds that a person waits for a page
PAGES = ["/c/{number}", "/lots/ANT_FOREST-277", "/lots", "/audit"]


@pytest.mark.parametrize("path", PAGES)
def test_a_page_waits_for_a_frozen_node_no_longer_than_once(client, world, number, path):
    world.freeze()
    answer = client.get(path.format(number=number), headers=EN)
    assert answer.status_code == 200
    assert world.unanswered == 1


@pytest.mark.parametrize("after", [1, 2, 3, 4, 5])
def test_a_node_may_freeze_in_the_middle_of_a_page(client, world, number, after):
    world.freeze(after)
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    assert tree.find(".//h1").text_content() == "Cannot be checked now"
    assert world.unanswered == 1


def test_as_set_up_a_certificate_is_shown_before_a_person_loses_patience(client, world, number):
    world.freeze(patience=5.0)
    before = time.monotonic()
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    assert time.monotonic() - before < PATIENCE
    assert tree.find(".//h1").text_content() == "Cannot be checked now"


def test_while_the_node_is_frozen_nobody_else_waits_for_it(client, world, headers):
    world.freeze()
    for _ in range(3):
        assert client.get("/lots").status_code == 200
    assert client.post("/v1/redemptions", json=WISH, headers=headers).status_code == 201
    assert world.unanswered == 1


def test_a_node_that_thawed_is_asked_again(client, world, number):
    world.freeze(patience=0.2)
    assert client.get(f"/v1/certificates/{number}/verification").json()["verdict"] == "UNKNOWN"
    world.ended.set()
    deadline = time.monotonic() + PATIENCE
    while client.get(f"/v1/certificates/{number}/verification").json()["verdict"] != "VALID":
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_node_that_says_no_leaves_it_unknown(client, world, number):
    world.refuse()
    report = client.get(f"/v1/certificates/{number}/verification").json()
    assert (report["state"], report["verdict"]) == ("CANNOT_CHECK_NOW", "UNKNOWN")
    assert client.get("/v1/lots/ANT_FOREST-277").json()["facts"] is None
    assert client.get("/v1/counts").json()["counts"][0]["counted"] is None
    assert client.get("/readyz").json() == {
        "database": True,
        "schema": True,
        "chain": False,
        "books": True,
    }


@pytest.mark.parametrize("ending", [".png", ".svg"])
def test_the_picture_of_a_code_asks_no_node(client, world, number, ending):
    world.refuse()
    assert client.get(f"/v1/certificates/{number}{ending}").status_code == 200
    assert world.asked == 0


def test_what_is_no_credential_is_told_without_a_node(client, world):
    world.refuse()
    assert client.post("/v1/verify", json={}).json()["verdict"] == "INVALID"
    assert world.asked == 0


def test_what_a_certificate_waits_for_asks_no_node(client, world, redeem):
    (number,) = redeem()["numbers"]
    world.refuse()
    problem(client.get(f"/v1/certificates/{number}"), 409, "TR315")
    assert world.asked == 0


@pytest.mark.parametrize("path", [*PAGES, "/c/{number}?lang=zh"])
def test_without_the_database_a_page_says_so_and_nothing_of_itself(client, world, number, path):
    world.lose_database()
    answer = client.get(path.format(number=number), headers=EN)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert answer.headers["cache-control"] == "no-store"
    _, words = seen(answer)
    assert "TR319" in words
    for inside in ("psycopg", "SELECT", "scene_", "Traceback", "sqlalche", "pgserver"):
        assert inside not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/certificates/{number}"),
        ("GET", "/v1/certificates/{number}.png"),
        ("GET", "/v1/certificates/{number}/verification"),
        ("GET", "/v1/lots/ANT_FOREST-277"),
        ("GET", "/v1/counts"),
        ("POST", "/v1/redemptions"),
        ("POST", "/v1/redemptions:bulk"),
        ("GET", "/programmes/ANT_FOREST/did.json"),
    ],
)
def test_without_the_database_the_api_asks_to_come_again(
    client, world, headers, number, method, path
):
    world.lose_database()
    given = {"json": WISH} if method == "POST" else {}
    answer = client.request(method, path.format(number=number), headers=headers, **given)
    said = problem(answer, 503, "TR319")
    assert set(said) == {"type", "title", "status", "code", "detail"}
    assert answer.headers["retry-after"] == "30"


def test_what_needs_no_database_is_there_without_it(client, world):
    world.lose_database()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {
        "database": False,
        "schema": False,
        "chain": True,
        "books": False,
    }
    for path in ("/", "/verify", "/errors"):
        assert client.get(path).status_code == 200


def test_when_the_database_is_back_so_is_everything(client, world, headers, number):
    world.lose_database()
    wish = {**WISH, "holder": "user-9"}
    problem(client.post("/v1/redemptions", json=wish, headers=headers), 503, "TR319")
    world.find_database()
    assert client.post("/v1/redemptions", json=wish, headers=headers).status_code == 201
    assert client.get(f"/v1/certificates/{number}/verification").json()["state"] == "FINAL"


def test_of_a_query_that_fails_no_name_gets_into_an_answer_or_a_log(world, client, headers, capfd):
    change_table(world, "ALTER TABLE holders RENAME TO lost")
    try:
        answer = client.post("/v1/redemptions:bulk", json=WISH, headers=headers)
        single = client.post("/v1/redemptions", json=WISH, headers=headers)
    finally:
        change_table(world, "ALTER TABLE lost RENAME TO holders")
    assert answer.json()["code"] == single.json()["code"] == "TR000"
    logged = "".join(capfd.readouterr())
    assert "UndefinedTable" in logged
    for told in (answer.text, single.text, logged):
        assert WISH["name"] not in told
        assert WISH["holder"] not in told


def change_table(world, command):
    with world.parts.engine.begin() as connection:
        connection.exec_driver_sql(command)
