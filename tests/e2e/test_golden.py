"""The pages look as they did when somebody last looked: at 360, 768 and 1440 pixels, light in
Chinese and dark in English. docs/looks.md says what to do when they shall look otherwise."""

from collections.abc import Iterator

import pytest

from tests.e2e.golden import LOOKS, PAGES, Look, Studio, alike, apart, on_sheet, sheet, studio

DESK, PHONE = Look(1440, "light", "zh"), Look(360, "dark", "en")


@pytest.fixture(scope="module")
def drawing() -> Iterator[Studio]:
    with studio() as opened:
        yield opened


@pytest.mark.timeout(300)
@pytest.mark.parametrize("look", LOOKS, ids=str)
def test_every_page_looks_as_it_did(drawing: Studio, look: Look, tmp_path):
    drawn = {name: drawing.blocks(look, name) for name in PAGES}
    sheet(list(drawn.values())).save(tmp_path / "drawn.png")
    others = {
        name: apart(page, on_sheet(look, name))
        for name, page in drawn.items()
        if not alike(page, on_sheet(look, name))
    }
    assert others == {}, f"see {tmp_path / 'drawn.png'} beside {look.sheet}, and docs/looks.md"


@pytest.mark.parametrize(
    "change",
    [
        "document.querySelector('.state').style.visibility = 'hidden'",
        "document.querySelector('.certificate > .rings').style.display = 'none'",
        "document.querySelector('.certificate').style.marginTop = '40px'",
        "document.querySelector('.qr').style.visibility = 'hidden'",
    ],
)
def test_what_a_person_would_see_is_seen(drawing: Studio, change: str):
    assert not alike(drawing.blocks(DESK, "final", change), on_sheet(DESK, "final"))


def test_each_state_is_told_from_every_other(drawing: Studio):
    for look in (DESK, PHONE):
        for name in ("pending", "revoked", "replaced", "silent"):
            assert not alike(drawing.blocks(look, name), on_sheet(look, "final")), name
