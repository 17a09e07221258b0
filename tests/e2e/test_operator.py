"""The operator's page in a real browser: asked for its key, dark and light, wide and narrow."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.browser import browser, serving
from tests.e2e.test_pages import SIZES, is_sound
from tests.fakes.preview import furnished
from tests.fakes.services import OPERATOR_KEY
from tests.ports import free_port
from treering.domain.batch import BatchState
from treering.web.app import create_app

LOOKS = list(itertools.product(SIZES, ("zh-CN", "en-US"), ("light", "dark")))


@dataclass
class Stage:
    browser: Browser
    base_url: str


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    services, _ = furnished(here)
    services.books.batches[-1] = replace(
        services.books.batches[-1], state=BatchState.BLOCKED, reason="EnforcedPause()"
    )
    with serving(create_app(services, base_url=here), port), browser() as running:
        yield Stage(running, here)


@pytest.fixture(params=LOOKS, ids=" ".join)
def page(request, stage: Stage) -> Iterator[Page]:
    size, language, scheme = request.param
    width, height = SIZES[size]
    context = stage.browser.new_context(
        viewport={"width": width, "height": height},
        locale=language,
        color_scheme=scheme,
        java_script_enabled=True,  # for axe; the page itself has none
        http_credentials={"username": "anybody", "password": OPERATOR_KEY},
    )
    page = context.new_page()
    page.language = language
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    yield page
    context.close()


def test_everything_is_there_and_sound_and_usable_by_all(stage: Stage, page: Page):
    page.goto(f"{stage.base_url}/operator")
    is_sound(page)
    assert page.locator("section").count() == 7
    assert page.get_by_text("EnforcedPause()").is_visible()
    assert page.get_by_text("not reached").is_visible()
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert len(found.response["passes"]) > 20


def test_a_browser_without_the_key_sees_nothing_of_it(stage: Stage):
    context = stage.browser.new_context()
    page = context.new_page()
    answer = page.request.get(f"{stage.base_url}/operator", headers={"Accept": "text/html"})
    assert answer.status == 401
    assert "ANT_FOREST" not in answer.text()
    context.close()
