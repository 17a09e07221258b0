"""A certificate of the real flow in a real browser: database, chain, page, and its QR code."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.codes import texts_in
from tests.e2e.browser import browser, serving
from tests.ports import free_port
from tests.web.real_world import RealWorld, real_world, scene
from treering.chain.node import Node
from treering.domain.redemption import Wish
from treering.web.app import create_app


@pytest.fixture(scope="module")
def base_url() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def world(anvil: Node, postgres: str, tmp_path_factory, base_url: str) -> Iterator[RealWorld]:
    keys = tmp_path_factory.mktemp("keys")
    with scene(anvil, postgres, keys) as built, real_world(built, base_url) as world:
        yield world


@pytest.fixture(scope="module")
def number(world: RealWorld) -> str:
    """The number of a final certificate."""
    wish = Wish(lot="ANT_FOREST-277", holder="user-1", name="张三丰")
    (found,) = world.parts.redeem("ANT_FOREST", "one", wish).numbers
    world.settle()
    return found


@pytest.fixture
def page(world: RealWorld, base_url: str) -> Iterator[Page]:
    """A phone's window; what the browser complains of is kept in `page.complaints`."""
    app = create_app(world.services, base_url=base_url)
    with serving(app, int(base_url.rpartition(":")[2])), browser() as running:
        page = running.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("requestfailed", lambda request: page.complaints.append(request.url))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))"
        )
        yield page


def codes_in(picture: bytes) -> list[str]:
    return texts_in(Image.open(io.BytesIO(picture)))


def test_the_pages_own_code_leads_back_to_the_page(page: Page, number: str, base_url: str):
    address = f"{base_url}/c/{number}"
    page.goto(address)
    assert page.get_by_role("heading", level=1).inner_text() == "Final"
    assert page.locator("main").inner_text().count("张**") == 1

    png = page.request.get(f"{base_url}/v1/certificates/{number}.png")
    assert png.headers["content-type"] == "image/png"
    (code,) = codes_in(png.body())
    assert code.startswith(f"{base_url.upper()}/Q/")
    assert codes_in(page.screenshot(full_page=True)) == [code]
    page.goto(code)
    assert page.url == address
    assert page.complaints == []


def test_the_lot_and_the_counts_show_it_too(page: Page, number: str, base_url: str):
    page.goto(f"{base_url}/c/{number}")
    page.locator("article a[href^='/lots/']").click()
    page.wait_for_url(f"{base_url}/lots/ANT_FOREST-277")
    assert "Example inspector (made up)" in page.locator("main").inner_text()
    page.goto(f"{base_url}/audit")
    row = page.locator("table").first.locator("tbody tr").first.locator("td").all_inner_texts()
    assert row == ["1"] * 5
    assert page.complaints == []
