"""/verify with scripts: a code before the camera, a code in a picture, a file that is dropped."""

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.e2e.browser import browser, serving
from tests.fakes.preview import furnished
from tests.fakes.services import FakeServices
from tests.ports import free_port
from treering.render import qr
from treering.web.app import create_app

FOREIGN = "https://treering.example.evil.test/c/TR-0000-0080-000H-A000-0008-JDBK-GQT8"


@dataclass
class Stage:
    browser: Browser
    base_url: str
    services: FakeServices
    number: str


def picture(text: str) -> Image.Image:
    """What a camera sees of a code."""
    seen = Image.new("RGB", (640, 480), "#ccc9c0")
    code = Image.open(io.BytesIO(qr.png(text, 360))).convert("RGB")
    seen.paste(code, (140, 60))
    return seen


def film(path: Path, text: str) -> None:
    """Chromium's fake camera plays it over and over."""
    frame = io.BytesIO()
    picture(text).save(frame, "JPEG", quality=85)
    path.write_bytes(frame.getvalue() * 10)


@pytest.fixture(scope="module")
def stage(tmp_path_factory) -> Iterator[Stage]:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    services, numbers = furnished(here)
    camera = tmp_path_factory.mktemp("camera") / "camera.mjpeg"
    film(camera, f"{here}/c/{numbers['final']}")
    switches = (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={camera}",
    )
    with serving(create_app(services, base_url=here), port), browser(*switches) as running:
        yield Stage(running, here, services, numbers["final"])


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    context = stage.browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(f"{stage.base_url}/verify")
    yield page
    context.close()


def test_a_code_before_the_camera_opens_its_certificate(stage: Stage, page: Page):
    page.get_by_role("button", name="Scan with the camera").click()
    page.wait_for_url(f"{stage.base_url}/c/{stage.number}")
    assert page.complaints == []


def test_the_camera_is_let_go_when_it_is_stopped(stage: Stage, page: Page, tmp_path: Path):
    page.evaluate("BarcodeDetector = undefined")
    button = page.get_by_role("button", name="Scan with the camera")
    page.route("**/vendor/jsqr.js", lambda route: None)  # nothing is ever decoded
    button.click()
    page.locator("#video").wait_for()
    track = "document.getElementById('video').srcObject.getTracks()[0].readyState"
    assert page.evaluate(track) == "live"
    button.click()
    assert page.evaluate(track) == "ended"
    assert not page.locator("#video").is_visible()


@pytest.mark.parametrize("text", [FOREIGN, "javascript:alert(1)"])
def test_a_code_that_leads_elsewhere_is_named_and_never_opened(
    stage: Stage, page: Page, tmp_path: Path, text: str
):
    picture(text).save(tmp_path / "code.png")
    page.locator("#picture").set_input_files(tmp_path / "code.png")
    said = page.locator("#scanner-said.scanner__bad")
    said.wait_for()
    assert "leads elsewhere" in said.inner_text()
    assert ("treering.example.evil.test" in said.inner_text()) is (text == FOREIGN)
    assert page.url == f"{stage.base_url}/verify"


def test_a_number_alone_is_looked_up(stage: Stage, page: Page, tmp_path: Path):
    picture(stage.number).save(tmp_path / "code.png")
    page.locator("#picture").set_input_files(tmp_path / "code.png")
    page.wait_for_url(f"{stage.base_url}/c/{stage.number}")


def test_the_certificates_own_signed_code_is_read_by_the_shipped_decoder(
    stage: Stage, page: Page, tmp_path: Path
):
    text = stage.services.address(stage.number)
    assert "/Q/" in text
    picture(text).save(tmp_path / "code.png")
    page.locator("#picture").set_input_files(tmp_path / "code.png")
    page.wait_for_url(f"{stage.base_url}/c/{stage.number}")


def test_a_picture_without_a_code_says_so(stage: Stage, page: Page, tmp_path: Path):
    Image.new("RGB", (5000, 40), "white").save(tmp_path / "none.png")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG nothing")
    for name in ("none.png", "broken.png"):
        page.locator("#picture").set_input_files(tmp_path / name)
        page.locator("#scanner-said.scanner__bad").wait_for()
        assert "no code in this picture" in page.inner_text("#scanner-said")
        page.reload()


def test_a_file_dropped_anywhere_is_checked(stage: Stage, page: Page):
    altered = stage.services.credential(stage.number)
    altered["credentialSubject"]["holderName"] = "李*"
    transfer = page.evaluate_handle(
        """text => { const data = new DataTransfer();
        data.items.add(new File([text], 'certificate.json', {type: 'application/json'}));
        return data; }""",
        json.dumps(altered),
    )
    page.dispatch_event("body", "dragover", {"dataTransfer": transfer})
    assert page.locator(".drop").is_visible()
    with page.expect_navigation():
        page.dispatch_event("body", "drop", {"dataTransfer": transfer})
    assert page.get_by_role("heading", level=1).inner_text() == "Altered"


def test_the_scanner_is_usable_by_all(stage: Stage, page: Page):
    page.locator("#scanner").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def test_without_scripts_the_page_is_a_plain_form(stage: Stage):
    context = stage.browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{stage.base_url}/verify")
    assert not page.locator("#scanner").is_visible()
    assert page.locator("#file").is_visible()
    context.close()
