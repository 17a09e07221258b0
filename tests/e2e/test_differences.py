"""The regulator's pages in a real browser: sound and usable by all, and without any script."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.browser import browser, serving
from tests.e2e.test_pages import is_sound
from tests.fakes.preview import furnished
from tests.ports import free_port
from treering.web.app import create_app

PATHS = (
    "/differences",
    "/differences/00000000-0000-0000-0000-000000000003",
    "/statistics",
    "/mirror",
)


@pytest.fixture(scope="module")
def stage():
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    with serving(create_app(furnished(here)[0], base_url=here), port), browser() as running:
        yield running, here


def opened(stage, language: str, *, scripts: bool, width: int = 1280, scheme: str = "light"):
    running, here = stage
    context = running.new_context(
        base_url=here,
        viewport={"width": width, "height": 900},
        locale=language,
        color_scheme=scheme,
        java_script_enabled=scripts,
        http_credentials={"username": "anybody", "password": "re_test"},
    )
    page = context.new_page()
    page.language = language
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    return page


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("look", ["zh-CN 1280 light", "en-US 375 dark"])
def test_the_pages_are_sound_and_usable_by_all(stage, path, look):
    language, width, scheme = look.split()
    page = opened(stage, language, scripts=True, width=int(width), scheme=scheme)
    page.goto(path)
    is_sound(page)
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    page.context.close()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_on_a_small_phone_nothing_has_to_be_pushed_sideways(stage, path, language):
    page = opened(stage, language, scripts=False, width=360)
    page.goto(path)
    wide = page.evaluate(
        "() => [document.documentElement, ...document.querySelectorAll('.scroll')]"
        ".filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.className)"
    )
    assert wide == []
    cells = page.locator("table.stacks td[data-is]")
    assert cells.count() > 0, "each cell says what it is"
    assert page.get_by_role("columnheader").count() > 0, "and is still in a table"
    page.context.close()


def test_filters_and_files_need_no_script(stage):
    page = opened(stage, "en-US", scripts=False)
    page.goto("/differences")
    page.get_by_label("Kind").select_option("root_differs")
    page.get_by_role("button", name="Show").click()
    rows = page.locator("tbody tr")
    assert rows.count() == 1
    assert "Root differs" in rows.first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert download.value.suggested_filename == "differences.csv"
    page.get_by_role("link", name="Root differs").click()
    assert page.get_by_role("heading", name="History").is_visible()
    page.context.close()
