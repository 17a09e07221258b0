"""The page /check, taken along: no network, no server, and it still tells what is true."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.e2e.browser import browser, serving
from tests.ports import free_port
from tests.web.real_world import RealWorld, real_world, scene
from treering.chain.node import Node
from treering.domain import badge
from treering.domain.redemption import Wish
from treering.web.app import create_app

FATES = {"final": "Final", "revoked": "Revoked", "replaced": "Replaced"}


@dataclass
class Trip:
    """What a visitor took along before the server was stopped for good, and his browser."""

    browser: Browser
    context: BrowserContext
    base_url: str
    world: RealWorld
    numbers: dict[str, str]
    credentials: dict[str, dict[str, Any]]
    codes: dict[str, str]
    pdf: bytes
    badges: dict[str, bytes]
    before: list[str]  # what the console said while there was a server


def ready(page: Page) -> None:
    """Once the service worker has taken over and keeps what it needs."""
    page.evaluate(
        """() => new Promise((taken) => {
          navigator.serviceWorker.addEventListener("controllerchange", () => taken(true));
          if (navigator.serviceWorker.controller) taken(true);
        })"""
    )


def numbers_of(world: RealWorld) -> dict[str, str]:
    numbers = {}
    for name in (*FATES, "successor", "unopened"):
        wish = Wish(lot="ANT_FOREST-277", holder=name, name="张三丰")
        (numbers[name],) = world.parts.redeem("ANT_FOREST", name, wish).numbers
    world.settle()
    world.revoke(numbers["revoked"])
    world.replace(numbers["replaced"], numbers["successor"])
    return numbers


@pytest.fixture(scope="module")
def trip(anvil: Node, postgres: str, tmp_path_factory) -> Iterator[Trip]:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    keys = tmp_path_factory.mktemp("keys")
    with ExitStack() as stack:
        built = stack.enter_context(scene(anvil, postgres, keys))
        world = stack.enter_context(real_world(built, here))
        running = stack.enter_context(browser())
        numbers, service = numbers_of(world), world.services
        context = running.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
        page, said = context.new_page(), []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        with serving(create_app(service, base_url=here), port):
            page.goto(f"{here}/check")
            ready(page)
            page.get_by_role("button", name="Take the newest along").click()
            page.locator("#held").wait_for()
            for name in FATES:
                page.goto(f"{here}/c/{numbers[name]}")
                page.locator(".own--HOLDS").wait_for()
            page.goto("about:blank")  # what is held open would keep the server from ending
        context.set_offline(True)
        yield Trip(
            running,
            context,
            here,
            world,
            numbers,
            {name: service.credential(number) for name, number in numbers.items()},
            {name: service.address(number) for name, number in numbers.items()},
            service.pdf(numbers["final"]),
            {
                "badge.png": service.badges.png(numbers["final"], "square"),
                "badge.svg": service.badges.svg(numbers["final"]),
            },
            said,
        )


@pytest.fixture
def page(trip: Trip) -> Iterator[Page]:
    page = trip.context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{trip.base_url}/check")
    page.locator("#held").wait_for()
    yield page
    page.close()


@pytest.fixture
def brought(page: Page, tmp_path: Path) -> Callable[[bytes, str], Page]:
    """The page, once it has checked a file of these bytes."""

    def bring(content: bytes, name: str = "brought.json") -> Page:
        (tmp_path / name).write_bytes(content)
        page.locator("#file").set_input_files(tmp_path / name)
        return checked(page)

    return bring


def checked(page: Page, typed: str | None = None) -> Page:
    if typed is not None:
        page.locator("#number").fill(typed)
    page.get_by_role("button", name="Check here").click()
    page.locator("#outcome:visible, #fault:visible").first.wait_for()
    return page


def state(page: Page) -> str:
    return page.locator("#state .state__word").inner_text()


def codes(page: Page) -> list[str]:
    return [text.split(" · ")[0] for text in page.locator("#findings .source").all_inner_texts()]


def test_while_there_is_a_network_nothing_is_complained_of(trip: Trip):
    assert trip.before == []


@pytest.mark.parametrize("fate", FATES)
def test_a_credential_is_checked_to_the_end_and_the_knowledge_has_an_age(trip, brought, fate):
    page = brought(json.dumps(trip.credentials[fate]).encode())
    assert state(page) == FATES[fate]
    assert len(codes(page)) == 8
    assert "0 h " in page.inner_text("#aged")
    assert str(trip.world.parts.ledger.at("finalized").height) in page.inner_text("#aged")
    assert trip.numbers[fate] in page.inner_text("#said")
    assert not page.locator("#nodeless").is_visible()
    assert page.complaints == []


@pytest.mark.parametrize("fate", FATES)
def test_the_text_of_a_code_is_checked_by_the_signature_that_it_carries(trip, page, fate):
    assert state(checked(page, trip.codes[fate])) == FATES[fate]
    assert len(codes(page)) == 4
    assert trip.numbers[fate] in page.inner_text("#said")


@pytest.mark.parametrize("fate", FATES)
def test_a_number_that_was_opened_on_this_device_is_known_by_its_number(trip, page, fate):
    assert state(checked(page, trip.numbers[fate])) == FATES[fate]
    assert not page.locator("#agrees").is_visible(), "nobody else said anything"


def test_a_number_that_was_never_opened_says_what_would_help(trip, page):
    checked(page, trip.numbers["unopened"])
    assert "was not opened on this device" in page.inner_text("#fault")
    assert not page.locator("#outcome").is_visible()


def test_what_a_camera_opens_without_a_network_is_checked_at_once(trip, page):
    page.goto(trip.codes["revoked"])
    page.locator("#outcome").wait_for()
    assert page.url.startswith(f"{trip.base_url}/check#")
    assert state(page) == "Revoked"
    page.goto(f"{trip.base_url}/c/{trip.numbers['final']}?lang=zh")
    page.locator("#outcome").wait_for()
    assert page.url == f"{trip.base_url}/check?lang=zh#{trip.numbers['final']}"
    assert state(page) == "已最终确认"


def test_it_opens_in_both_languages_and_leads_there_from_the_start(trip, page):
    for language, title in (("en", "Checked by your own browser"), ("zh", "由您的浏览器自行核验")):
        page.goto(f"{trip.base_url}/check?lang={language}")
        assert page.get_by_role("heading", level=1).inner_text() == title
        page.locator("#held").wait_for()
    page.goto(f"{trip.base_url}/verify?lang=zh")
    assert page.url == f"{trip.base_url}/check?lang=zh"


def test_no_page_of_a_certificate_is_kept_and_only_credentials_that_were_opened(trip, page):
    kept = page.evaluate(
        """async () => {
          const places = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
          const kept = await Promise.all(places.map((one) => one.keys()));
          return kept.flat().map((one) => new URL(one.url).pathname);
        }"""
    )
    assert not [path for path in kept if path.startswith(("/c/", "/Q/", "/lots", "/verify"))]
    opened = {path.rpartition("/")[2] for path in kept if path.startswith("/v1/certificates/")}
    assert opened == {trip.numbers[fate] for fate in FATES}


def test_a_pdf_is_checked_byte_for_byte(trip, brought):
    page = brought(trip.pdf, "certificate.pdf")
    assert state(page) == "Final"
    assert codes(page)[-1] == "PDF_OK"


def test_a_pdf_that_anything_was_appended_to_or_changed_in_is_altered(trip, brought):
    place = trip.pdf.index(b"endstream") - 40
    flipped = trip.pdf[:place] + bytes([trip.pdf[place] ^ 1]) + trip.pdf[place + 1 :]
    for content in (trip.pdf + b"\n", flipped):
        page = brought(content, "certificate.pdf")
        assert "PDF_ALTERED" in codes(page)
        assert state(page) == "Altered"
    unsigned = trip.pdf.replace(b"/ByteRange", b"/BiteRange")
    assert "PDF_UNSIGNED" in codes(brought(unsigned, "certificate.pdf"))


@pytest.mark.parametrize("name", ["badge.png", "badge.svg"])
def test_a_baked_badge_is_checked_by_the_credential_in_it(trip, brought, name):
    whole = trip.badges[name]
    assert state(brought(whole, name)) == "Final"
    assert state(brought(whole.replace("张".encode(), "李".encode()), name)) == "Altered"
    twice = badge.baked(whole, json.dumps(trip.credentials["revoked"]).encode())
    assert brought(twice, name).locator("#fault").is_visible(), "two credentials are none"


def test_a_credential_that_was_changed_is_altered(trip, brought):
    forged = json.loads(json.dumps(trip.credentials["final"]))
    forged["credentialSubject"]["holderName"] = "李*"
    assert state(brought(json.dumps(forged).encode())) == "Altered"


def test_what_is_no_certificate_is_told(trip, brought):
    for content in (b"%PDF-1.7 nothing", b"[1]", b'{"a":1,"a":2}', b"\xff\xfe", b"x" * 1_000_001):
        page = brought(content)
        assert page.locator("#fault").is_visible() or state(page) == "Altered"


def test_a_bundle_that_was_altered_or_of_another_signer_is_refused(trip, page, tmp_path):
    data = trip.world.services.bundles.newest().data
    for place in (len(data) // 2, len(data) - 1):
        other = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        (tmp_path / "other.bundle").write_bytes(other)
        page.locator("#bundle").set_input_files(tmp_path / "other.bundle")
        page.locator("#bundle-fault").wait_for()
        assert "TR412" in page.inner_text("#bundle-fault")
    (tmp_path / "whole.bundle").write_bytes(data)
    page.locator("summary").click()
    page.locator("#signer").fill("z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp")
    page.locator("#bundle").set_input_files(tmp_path / "whole.bundle")
    page.locator("#bundle-fault").wait_for()
    checked(page, trip.codes["final"])
    assert "TR412" in page.inner_text("#fault"), "nor is the one that is kept believed then"


def test_a_bundle_of_another_contract_answers_for_nothing(trip, page):
    page.locator("summary").click()
    page.locator("#contract").fill("0x" + "11" * 20)
    checked(page, trip.codes["final"])
    assert "TR414" in page.inner_text("#fault")


def test_an_old_bundle_says_how_old_it_is(trip, page):
    known = trip.world.services.bundles.newest().bundle.as_of
    page.clock.set_fixed_time(known + timedelta(days=40, hours=3))
    checked(page, trip.codes["final"])
    assert "40 d 3 h" in page.inner_text("#aged")


def test_it_is_usable_by_all(trip, brought):
    page = brought(json.dumps(trip.credentials["replaced"]).encode())
    assert page.evaluate("document.activeElement.id") == "outcome"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def test_what_is_kept_is_forgotten_when_the_visitor_says_so(trip, page):
    page.get_by_role("button", name="Forget all that is kept here").click()
    page.locator("#none").wait_for()
    names = page.evaluate("caches.keys()")
    assert [name for name in names if name in ("treering-bundle", "treering-opened")] == []
    checked(page, trip.codes["final"])
    assert "take one along first" in page.inner_text("#fault")
