"""Who walks through numbers finds none, and is slowed down; who opens what there is, never."""

import asyncio
import random

import pytest
from starlette.testclient import TestClient

from tests.fakes.preview import furnished
from tests.flow.conftest import Ticks
from treering.domain.number import CertificateNumber, is_issued, parse
from treering.domain.record import TreeId
from treering.web import walkers
from treering.web.app import create_app
from treering.web.walkers import Walkers

BASE_URL = "https://trees.example"
SERVICES, NUMBERS = furnished(BASE_URL)
KNOWN = NUMBERS["final"]
AS_SHIPPED, BURST = walkers.BURST, 6


@pytest.fixture(autouse=True)
def short_bursts(monkeypatch) -> None:
    monkeypatch.setattr(walkers, "BURST", BURST)


class Street:
    """The pages, watched by walkers whose clock a test moves on."""

    def __init__(self, ticks: Ticks) -> None:
        app = create_app(SERVICES, base_url=BASE_URL)
        app.user_middleware = [each for each in app.user_middleware if each.cls is not Walkers]
        self.app, self.walkers = app, Walkers(app, now=ticks)

    async def __call__(self, scope, receive, send) -> None:
        await self.walkers({**scope, "app": self.app}, receive, send)


def street(ticks: Ticks, *, address: str = "203.0.113.7") -> TestClient:
    """The pages as somebody at this address sees them."""
    return TestClient(Street(ticks), client=(address, 1))


def guesses(count: int) -> list[str]:
    """Well-formed numbers of the very record that there is, with other MACs."""
    chance = random.Random(5)
    tree = parse(KNOWN).tree
    return [str(CertificateNumber(tree, chance.getrandbits(39))) for _ in range(count)]


def test_guesses_hit_nothing_and_after_a_burst_are_not_even_looked_up():
    ticks = Ticks()
    walker = street(ticks)
    answers = [walker.get(f"/v1/certificates/{one}") for one in guesses(BURST + 3)]
    assert [one.status_code for one in answers] == [404] * BURST + [429] * 3
    assert answers[-1].json()["code"] == "TR333"
    assert answers[-1].headers["retry-after"]
    assert walker.get(f"/c/{KNOWN}").status_code == 429, "nor may he find out so what hits"
    page = walker.get(f"/c/{KNOWN}", headers={"accept": "text/html", "accept-language": "zh"})
    assert "不存在的编号过多" in page.text
    assert walker.get("/lots").status_code == 200


@pytest.mark.parametrize(
    "ask",
    [
        lambda walker, number: walker.post("/v1/verify", content=number),
        lambda walker, number: walker.post("/verify", data={"document": number}),
        lambda walker, number: walker.post("/verify", files={"file": ("n", number)}),
        lambda walker, number: walker.get(f"/v1/provenance/{number}"),
        lambda walker, number: walker.get(f"/c/{number}/provenance"),
        lambda walker, number: walker.get(f"/v1/certificates/{number}/verification"),
        lambda walker, number: walker.get(f"/v1/certificates/{number}.svg"),
    ],
)
def test_whichever_way_he_asks_he_is_slowed_down(ask):
    walker = street(Ticks())
    answers = [ask(walker, one).status_code for one in guesses(BURST + 1)]
    assert answers == [404] * BURST + [429]
    assert ask(walker, KNOWN).status_code == 429
    assert ask(street(Ticks()), KNOWN).status_code == 200


def test_it_is_forgiven_with_time():
    ticks = Ticks()
    walker = street(ticks)
    for one in guesses(BURST):
        walker.get(f"/v1/certificates/{one}")
    ticks.seconds += 1
    assert walker.get(f"/c/{KNOWN}").status_code == 200
    assert walker.get("/c/TR-1").status_code == 404
    assert walker.get("/c/TR-1").status_code == 429


def test_who_opens_certificates_that_there_are_is_never_slowed_down():
    visitor = street(Ticks())
    for _ in range(BURST + 10):
        assert visitor.get(f"/v1/certificates/{KNOWN}/verification").status_code == 200


def test_others_are_not_held_up_and_one_customer_of_ipv6_is_one(monkeypatch):
    ticks = Ticks()
    app = Street(ticks)
    monkeypatch.setattr(walkers, "BURST", 3)

    def at(address: str) -> TestClient:
        return TestClient(app, client=(address, 1))

    for host in range(3):
        assert at(f"2001:db8:1:2::{host}").get("/c/TR-1").status_code == 404
    assert at("2001:db8:1:2:ffff::9").get("/c/TR-1").status_code == 429
    assert at("2001:db8:1:3::1").get("/c/TR-1").status_code == 404
    assert at("198.51.100.1").get("/c/TR-1").status_code == 404


def test_a_crowd_of_addresses_takes_no_more_than_its_room(monkeypatch):
    monkeypatch.setattr(walkers, "_MOST_CLIENTS", 5)
    app = Street(Ticks())
    for host in range(20):
        TestClient(app, client=(f"198.51.100.{host}", 1)).get("/c/TR-1")
    assert len(app.walkers._missed) == 5


def test_a_neighbouring_record_has_another_number_altogether():
    tree = parse(KNOWN).tree
    for near in (tree - 1, tree + 1, tree + 2):
        stolen = CertificateNumber(TreeId(near), parse(KNOWN).mac)
        assert street(Ticks()).get(f"/c/{stolen}").status_code == 404


def test_a_proxy_that_stands_for_everybody_is_not_held_to_their_misses(monkeypatch):
    monkeypatch.setattr(walkers, "BURST", 2)
    for address in ("127.0.0.1", "10.1.2.3", "192.168.0.9", "::1", "fd00::1", "a-socket"):
        app = Street(Ticks())
        answers = [TestClient(app, client=(address, 1)).get("/c/TR-1") for _ in range(5)]
        assert {one.status_code for one in answers} == {404}, address


def test_whoever_guesses_day_and_night_is_let_look_once_a_second_and_finds_nothing(monkeypatch):
    """As shipped, twenty guesses a second for a thousand seconds: a million take him eleven days,
    though he asks for them in one, and test_number finds none among so many."""
    monkeypatch.setattr(walkers, "BURST", AS_SHIPPED)
    ticks, answered, seconds, each = Ticks(), [], 1000, 20

    async def judge(scope, receive, send) -> None:
        hit = is_issued(parse(scope["path"].removeprefix("/c/")), bytes(32))
        await send({"type": "http.response.start", "status": 200 if hit else 404, "headers": []})

    async def send(message) -> None:
        answered.append(message.get("status"))

    async def walk() -> None:
        watched = Walkers(judge, now=ticks)
        scope = {"type": "http", "method": "GET", "client": ("203.0.113.7", 1), "headers": []}
        app = create_app(SERVICES, base_url=BASE_URL)
        for guess in guesses(seconds * each):
            await watched({**scope, "path": f"/c/{guess}", "app": app}, None, send)
            ticks.seconds += 1 / each

    asyncio.run(walk())
    assert answered.count(200) == 0
    assert answered.count(404) == pytest.approx(AS_SHIPPED + seconds, abs=2)
    assert answered.count(429) == seconds * each - answered.count(404)
