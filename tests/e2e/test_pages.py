"""Every page and each of the eight states in a real browser: phone and desk, two languages."""

import gzip
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.codes import texts_in
from tests.e2e.browser import browser, serving
from tests.fakes.preview import documents, furnished
from tests.ports import free_port
from treering.domain.verification import State
from treering.web.app import create_app

NOT_ISSUED = "TR-" + "-".join(["0000"] * 7)
PATHS = {
    "home": "/",
    "verify": "/verify",
    "check": "/check",
    "lots": "/lots",
    "lot": "/lots/ANT_FOREST-277",
    "placeholder lot": "/lots/ANT_FOREST-464",
    "audit": "/audit",
    "errors": "/errors",
    "problem": "/lots/NOWHERE-1",
}
FURTHER = {"inspect": "/inspect", "me": "/me", "provenance": "/c/{final}/provenance"}
STATES = {
    State.FINAL: "final",
    State.PENDING: "pending",
    State.REVOKED: "revoked",
    State.REPLACED: "replaced",
    State.ALTERED: "altered",
    State.NOT_FOUND: "not found",
    State.WRONG_NETWORK: "wrong network",
    State.CANNOT_CHECK_NOW: "silent",
}
WORDS = {
    "zh-CN": [
        "已最终确认",
        "尚未最终确认",
        "已撤销",
        "已被替换",
        "与原件不符",
        "未找到",
        "属于其他网络",
        "暂时无法核验",
    ],
    "en-US": [
        "Final",
        "Not final yet",
        "Revoked",
        "Replaced",
        "Altered",
        "Not found",
        "Another network",
        "Cannot be checked now",
    ],
}
# Text that leaves its box, to be written over by the next one; `time` is boxed by its parent.
_SPILLING = """.filter(e => e.tagName === 'TIME'
    ? e.getBoundingClientRect().right > e.parentElement.getBoundingClientRect().right + 1
    : e.clientWidth && e.scrollWidth > e.clientWidth + 1).map(e => e.outerHTML.slice(0, 120))"""
SIZES = {"phone": (360, 800), "desk": (1440, 900)}


@dataclass
class Stage:
    """The service with a certificate in each state, and the browser before it."""

    browser: Browser
    base_url: str
    numbers: dict[str, str]
    documents: dict[str, str]
    silent_url: str

    def show(self, page: Page, what: str) -> None:
        if what in self.documents:
            page.goto(f"{self.base_url}/verify")
            page.locator("#document").fill(self.documents[what])
            with page.expect_navigation():
                page.locator("form[method=post] button").click()
        else:
            page.goto(self.address(what))

    def address(self, what: str) -> str:
        if what == "silent":
            return f"{self.silent_url}/c/{self.numbers['final']}"
        if what == "not found":
            return f"{self.base_url}/c/{NOT_ISSUED}"
        if what in FURTHER:
            return self.base_url + FURTHER[what].format_map(self.numbers)
        return self.base_url + (PATHS.get(what) or f"/c/{self.numbers[what]}")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    ports = free_port(), free_port()
    here, silent = (f"http://127.0.0.1:{port}" for port in ports)
    services, numbers = furnished(here)
    quiet, _ = furnished(here)
    quiet.books.down = True
    with (
        serving(create_app(services, base_url=here), ports[0]),
        serving(create_app(quiet, base_url=here), ports[1]),
        browser() as running,
    ):
        yield Stage(running, here, numbers, documents(services, numbers), silent)


@pytest.fixture(params=list(itertools.product(SIZES, WORDS)), ids=" ".join)
def page(request, stage) -> Iterator[Page]:
    """A new window; what the browser complains of is kept in `page.complaints`."""
    size, language = request.param
    width, height = SIZES[size]
    context = stage.browser.new_context(
        viewport={"width": width, "height": height},
        locale=language,
        color_scheme="dark" if size == "phone" else "light",
    )
    page = context.new_page()
    page.language = language
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.add_init_script(
        "addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))"
    )
    yield page
    context.close()


def is_sound(page: Page) -> None:
    """What holds for every page."""
    # A browser also writes down that a page was a 404, which it is meant to be.
    real = [
        text for text in page.complaints if "the server responded with a status of" not in text
    ]
    assert real == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    boxes = "main dd, main p, main h1, main h2, main h3, main td, main time"
    assert page.evaluate(f"[...document.querySelectorAll('{boxes}')]" + _SPILLING) == []
    assert page.evaluate("document.documentElement.lang") == (
        "zh-Hans" if page.language == "zh-CN" else "en"
    )
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    # What lies further down is fetched when somebody comes near it.
    assert page.evaluate(
        "[...document.images].every("
        "i => i.hasAttribute('alt') && (i.loading === 'lazy' || i.naturalWidth))"
    )
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    fields = "input:not([type=hidden]), textarea"
    assert page.evaluate(f"[...document.querySelectorAll('{fields}')].every(i => i.labels.length)")
    assert page.evaluate("[...document.scripts].every(s => s.type === 'module' && s.src)")
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")


@pytest.mark.parametrize("what", [*PATHS, *FURTHER])
def test_every_page_is_sound_at_every_size(stage, page, what):
    stage.show(page, what)
    is_sound(page)


@pytest.mark.parametrize("state", STATES)
def test_each_state_is_the_first_thing_said(stage, page, state):
    stage.show(page, STATES[state])
    is_sound(page)
    heading = page.get_by_role("heading", level=1)
    assert heading.inner_text() == WORDS[page.language][list(STATES).index(state)]
    box = heading.bounding_box()
    assert box is not None
    assert box["y"] < 300, "seen without scrolling"
    assert page.locator(".state > svg.icon").is_visible()


@pytest.mark.parametrize("what", ["home", "final", "revoked", "lot", "audit"])
def test_a_tablet_between_the_two_shows_it_as_well(stage, page, what):
    page.set_viewport_size({"width": 768, "height": 1024})
    stage.show(page, what)
    is_sound(page)


@pytest.mark.parametrize("what", ["area", "seagrass", "mined", "pine"])
def test_other_units_and_steps_fit_as_well(stage, page, what):
    stage.show(page, what)
    is_sound(page)


def test_the_code_on_the_screen_opens_this_page(stage, page):
    stage.show(page, "final")
    code = page.locator(".certificate svg.qr")
    code.scroll_into_view_if_needed()
    photograph = Image.open(io.BytesIO(page.screenshot()))
    found = texts_in(photograph)
    assert [text[:8].upper() for text in found] == ["HTTP://1"]
    page.goto(found[0])
    assert page.url.startswith(stage.address("final"))


def test_a_number_typed_into_the_first_page_leads_to_its_certificate(stage, page):
    stage.show(page, "home")
    typed = stage.numbers["final"].lower().replace("-", " ")
    page.locator("#number").fill(typed)
    page.locator("#number").press("Enter")
    page.wait_for_url(stage.address("final"))
    is_sound(page)


def test_the_language_link_stays_on_the_page(stage, page):
    stage.show(page, "final")
    page.locator("a[rel=alternate]").click()
    page.wait_for_url(stage.address("final") + "?lang=*")
    page.language = "en-US" if page.language == "zh-CN" else "zh-CN"
    is_sound(page)


def test_everything_can_be_reached_by_keyboard(stage, page):
    stage.show(page, "final")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert {"A", "SUMMARY"} <= reached


def test_evidence_opens_without_breaking_the_page(stage, page):
    stage.show(page, "revoked")
    for summary in page.locator("summary").all():
        summary.click()
    is_sound(page)
    assert page.locator(".evidence").first.is_visible()


def test_the_certificate_prints_on_paper_with_its_state(stage, page):
    stage.show(page, "pending")
    page.emulate_media(media="print")
    assert page.locator(".certificate .seal").is_visible()
    assert not page.locator(".site nav").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_page_is_light(stage, page):
    """Compressed, as a proxy does it; scripts and the credential that they check included."""
    sizes = {}
    page.on("response", lambda got: sizes.update({got.url: len(gzip.compress(got.body()))}))
    stage.show(page, "final")
    page.locator(".own--HOLDS").wait_for()
    page.wait_for_load_state("networkidle")
    assert len(sizes) > 10
    assert sum(sizes.values()) < 60_000


def test_the_page_is_painted_before_any_script_has_come(stage, page):
    page.route("**/*.js", lambda route: None)  # none ever comes
    page.goto(stage.address("final"), wait_until="commit")
    page.get_by_role("heading", level=1).wait_for()
    assert page.locator(".certificate").is_visible()
