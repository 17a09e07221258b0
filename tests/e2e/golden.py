"""What certificate pages look like, kept as pictures: `python -m tests.e2e.golden` draws them.

One picture a page, width and language, without head and foot, at most HIGHEST pixels down, in
COLOURS colours. Two pictures are compared as blocks of so many pixels a side: another hinting of
the same fonts is no difference; a part that is moved, missing or recoloured is. Look at them,
and at what git shows, before committing.
"""

import io
import itertools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import Browser, Page

from tests.e2e.browser import browser, chromium, serving
from tests.fakes.preview import documents, furnished
from tests.ports import free_port
from treering.web.app import create_app

FOLDER = Path(__file__).parent / "golden"
BASE_URL = "https://treering.example"  # in the QR codes, whatever port this run has
BLOCK, HIGHEST, COLOURS = 16, 2000, 48  # pixels, pixels, and how many
# Of 255, on average over a page's three colours; and the share of its blocks that may differ by
# more than FAR in one. The kept colours are up to 0.45 off, hinting 0.02; the rings alone 0.7.
MEAN, FAR, SHARE = 0.5, 48, 0.004
PATHS = {"verify": "/verify", "unknown": "/c/TR-" + "-".join(["0000"] * 7)}
BROUGHT = {"altered": "altered", "foreign": "wrong network"}  # documents, by the preview's names
PAGES = ("final", "pending", "revoked", "replaced", "silent", *PATHS, *BROUGHT)
SCRIPTED = {"verify": "#scanner"}  # what scripts show, which is waited for


@dataclass(frozen=True)
class Look:
    width: int
    scheme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.language}-{self.scheme}"

    def picture(self, name: str) -> Path:
        return FOLDER / f"{name}-{self}.png"


LOOKS = [
    Look(width, *each)
    for width, each in itertools.product((360, 768, 1440), (("light", "zh"), ("dark", "en")))
]


@dataclass
class Studio:
    """A browser, the pages' address, and that of a service whose node is silent."""

    browser: Browser
    here: str
    silent: str
    numbers: dict[str, str]
    documents: dict[str, str]
    pages: dict[tuple[Look, bool], Page] = field(default_factory=dict)

    @contextmanager
    def drawing_with(self, *switches: str) -> Iterator["Studio"]:
        """The same in another browser."""
        arguments = ["--no-sandbox", *switches]
        kind = self.browser.browser_type
        running = kind.launch(executable_path=chromium(), args=arguments)
        yield Studio(running, self.here, self.silent, self.numbers, self.documents)
        running.close()

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

    def bring(self, page: Page, document: str) -> None:
        """To the page that verifies, by its form."""
        page.goto(f"{self.here}/verify")
        page.locator("#document").fill(document)
        with page.expect_navigation():
            page.locator("form[method=post] button").click()

    def drawn(self, look: Look, name: str, before: str = "") -> Image.Image:
        """The page as it is drawn, after the script `before`."""
        page = self.page(look, scripts=name in SCRIPTED or bool(before))
        if name in BROUGHT:
            self.bring(page, self.documents[BROUGHT[name]])
        else:
            page.goto(self.address(name))
        if name in SCRIPTED:
            page.locator(SCRIPTED[name]).wait_for()
        if before:
            page.evaluate(before)
        return cut(Image.open(io.BytesIO(page.locator("main").screenshot())))


def cut(drawn: Image.Image) -> Image.Image:
    """To whole blocks, and no more than HIGHEST of it."""
    size = drawn.width // BLOCK * BLOCK, min(drawn.height, HIGHEST) // BLOCK * BLOCK
    return drawn.convert("RGB").crop((0, 0, *size))


def kept(look: Look, name: str) -> Image.Image:
    return Image.open(look.picture(name)).convert("RGB")


def keep(drawn: Image.Image, path: Path) -> None:
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


def apart(drawn: Image.Image, golden: Image.Image) -> tuple[float, float]:
    """How far they are apart: the mean over all blocks, and the share of those that are FAR."""
    high = max(drawn.height, golden.height)
    difference = ImageChops.difference(_blocks(drawn, high), _blocks(golden, high))
    far = difference.point(lambda value: 255 if value > FAR else 0)
    return sum(ImageStat.Stat(difference).mean) / 3, max(ImageStat.Stat(far).mean) / 255


def alike(drawn: Image.Image, golden: Image.Image) -> bool:
    mean, share = apart(drawn, golden)
    return mean <= MEAN and share <= SHARE


def _blocks(picture: Image.Image, high: int) -> Image.Image:
    """As colours of blocks; what is below a shorter page is of a colour that no page has."""
    whole = Image.new("RGB", (picture.width, high), (255, 0, 255))
    whole.paste(picture)
    return whole.resize((whole.width // BLOCK, high // BLOCK), Image.Resampling.BOX)


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
        yield Studio(running, here, silent, numbers, documents(services, numbers))


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with studio(*sys.argv[1:]) as drawing:
        for look, name in itertools.product(LOOKS, PAGES):
            keep(drawing.drawn(look, name), look.picture(name))


if __name__ == "__main__":
    main()
