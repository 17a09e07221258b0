"""The certificate's pages look as they did when somebody last looked: at 360, 768 and 1440
pixels, light in Chinese and dark in English. docs/looks.md says what to do when they shall not."""

from collections.abc import Iterator

import pytest
from PIL import Image

from tests.e2e.golden import LOOKS, PAGES, Look, Studio, alike, apart, keep, kept, studio

DESK, PHONE = Look(1440, "light", "zh"), Look(360, "dark", "en")


@pytest.fixture(scope="module")
def drawing() -> Iterator[Studio]:
    with studio() as opened:
        yield opened


@pytest.mark.timeout(300)
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_looks_as_it_did(drawing: Studio, look: Look, tmp_path):
    others = {}
    for name in PAGES:
        drawn = drawing.drawn(look, name)
        if not alike(drawn, kept(look, name)):
            keep(drawn, tmp_path / f"{name}.png")
            others[name] = apart(drawn, kept(look, name))
    assert others == {}, f"see {tmp_path} beside tests/e2e/golden, and docs/looks.md"


@pytest.mark.parametrize("look", [DESK, PHONE], ids=str)
@pytest.mark.parametrize(
    "change",
    [
        "document.querySelector('.state').style.visibility = 'hidden'",
        "document.querySelector('.certificate > .rings').style.display = 'none'",
        "document.querySelector('.certificate').style.marginTop = '40px'",
        "document.querySelector('.qr').style.visibility = 'hidden'",
        "document.querySelector('.state').style.backgroundColor = '#c33'",
    ],
)
def test_what_a_person_would_see_is_seen(drawing: Studio, look: Look, change: str):
    assert not alike(drawing.drawn(look, "final", change), kept(look, "final"))


def test_each_state_is_told_from_every_other(drawing: Studio):
    for look in (DESK, PHONE):
        for name in ("pending", "revoked", "replaced", "silent"):
            assert not alike(drawing.drawn(look, name), kept(look, "final")), name
        assert not alike(drawing.drawn(look, "altered"), kept(look, "foreign"))


def test_another_hinting_of_the_same_fonts_is_no_difference(drawing: Studio):
    with drawing.drawing_with("--font-render-hinting=none", "--disable-lcd-text") as unhinted:
        for look in (DESK, PHONE):
            assert alike(unhinted.drawn(look, "final"), kept(look, "final"))


def test_a_page_that_is_longer_or_shorter_is_another():
    page = kept(DESK, "final")
    longer = Image.new("RGB", (page.width, page.height + 160), "white")
    longer.paste(page)
    shorter = page.crop((0, 0, page.width, page.height - 160))
    assert not alike(longer, page)
    assert not alike(shorter, page)
