"""What the pages look like, without their head and foot: 2,400 pixels as luminance of blocks.

Another hinting of the same fonts is no difference; a moved, missing or recoloured part is.

`python -m tests.e2e.golden` draws the sheets in tests/e2e/golden again: one a look, the pages
beside each other. Look at them, and at what git shows, before committing.
"""

import io
import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, Page

from tests.e2e.browser import browser, free_port, serving
from tests.fakes.preview import furnished
from treering.web.app import create_app

FOLDER = Path(__file__).parent / "golden"
BASE_URL = "https://treering.example"  # in the QR codes, whatever port this run has
BLOCK, HIGHEST = 16, 2400  # pixels
# Of 255, on average over a page; and the share of its blocks that may differ by more than FAR.
# Without hinting the pages are 0.0 apart, without a banner 0.5, in another state 2.7 and more.
MEAN, FAR, SHARE = 0.4, 48, 0.004
NUMBERS = ("final", "pending", "revoked", "replaced")
PATHS = {
    "home": "/",
    "verify": "/verify",
    "check": "/check",
    "unknown": "/c/TR-" + "-".join(["0000"] * 7),
}
PAGES = (*PATHS, *NUMBERS, "silent")
SCRIPTED = {"verify": "#scanner", "check": "#ways"}  # what scripts show, which is waited for


@dataclass(frozen=True)
class Look:
    width: int
    scheme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}-{self.language}"

    @property
    def sheet(self) -> Path:
        return FOLDER / f"{self}.png"


LOOKS = [
    Look(width, *each)
    for width, each in itertools.product((360, 768, 1440), (("light", "zh"), ("dark", "en")))
]


@dataclass
class Studio:
    """A browser, the pages' addresses, and those of a service whose node is silent."""

    browser: Browser
    here: str
    silent: str
    numbers: dict[str, str]
    pages: dict[tuple[Look, bool], Page] = field(default_factory=dict)

    def page(self, look: Look, *, scripts: bool) -> Page:
        """One for each look, with scripts and without: to open it costs more than to draw."""
        if (look, scripts) not in self.pages:
            context = self.browser.new_context(
                viewport={"width": look.width, "height": 900},
                color_scheme=look.scheme,
                locale="zh-CN" if look.language == "zh" else "en-GB",
                reduced_motion="reduce",
                java_script_enabled=scripts,
                service_workers="block",
            )
            self.pages[look, scripts] = context.new_page()
        return self.pages[look, scripts]

    def address(self, name: str) -> str:
        if name == "silent":
            return f"{self.silent}/c/{self.numbers['final']}"
        return self.here + (PATHS.get(name) or f"/c/{self.numbers[name]}")

    def blocks(self, look: Look, name: str, before: str = "") -> Image.Image:
        """The page as it is drawn, after the script `before`; in blocks."""
        scripts = name in SCRIPTED or bool(before)
        page = self.page(look, scripts=scripts)
        page.goto(self.address(name))
        if name in SCRIPTED:
            page.locator(SCRIPTED[name]).wait_for()
        if before:
            page.evaluate(before)
        drawn = Image.open(io.BytesIO(page.locator("main").screenshot()))
        return in_blocks(drawn)


def in_blocks(drawn: Image.Image) -> Image.Image:
    high = min(drawn.height, HIGHEST) // BLOCK
    wide = drawn.width // BLOCK
    whole = drawn.convert("L").crop((0, 0, wide * BLOCK, high * BLOCK))
    return whole.resize((wide, high), Image.Resampling.BOX)


def sheet(pages: list[Image.Image]) -> Image.Image:
    """The pages beside each other, on the luminance 128 that no page has."""
    wide = pages[0].width
    whole = Image.new("L", (wide * len(pages), HIGHEST // BLOCK), 128)
    for place, page in enumerate(pages):
        whole.paste(page, (place * wide, 0))
    return whole


def on_sheet(look: Look, name: str) -> Image.Image:
    """The page as it was drawn once, with what is below it."""
    whole = Image.open(look.sheet).convert("L")
    wide = look.width // BLOCK
    left = PAGES.index(name) * wide
    return whole.crop((left, 0, left + wide, whole.height))


def apart(page: Image.Image, golden: Image.Image) -> tuple[float, float]:
    """How far they are apart: the mean over all blocks, and the share of those that are FAR."""
    difference = ImageChops.difference(sheet([page]), golden)
    far = difference.point(lambda value: 255 if value > FAR else 0)
    return ImageStat.Stat(difference).mean[0], ImageStat.Stat(far).mean[0] / 255


def alike(page: Image.Image, golden: Image.Image) -> bool:
    mean, share = apart(page, golden)
    return mean <= MEAN and share <= SHARE


@contextmanager
def studio(*switches: str) -> Iterator[Studio]:
    ports = free_port(), free_port()
    services, numbers = furnished(BASE_URL)
    quiet, _ = furnished(BASE_URL)
    quiet.books.down = True
    with (
        serving(create_app(services, base_url=BASE_URL), ports[0]),
        serving(create_app(quiet, base_url=BASE_URL), ports[1]),
        browser(*switches) as running,
    ):
        here, silent = (f"http://127.0.0.1:{port}" for port in ports)
        yield Studio(running, here, silent, numbers)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with studio() as drawing:
        for look in LOOKS:
            sheet([drawing.blocks(look, name) for name in PAGES]).save(look.sheet, optimize=True)


if __name__ == "__main__":
    main()
