"""The picture to share: its size, its code, and nothing that could be untrue tomorrow."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image

from tests.codes import texts_in
from tests.fakes.issuing import press
from tests.paper import paper
from tests.render.test_pdf_page import sheet_of
from treering.render.pdf.sheet import Sheet

SIZES = {"wide": (1200, 630), "square": (1080, 1080)}


def a_sheet(**others: str) -> Sheet:
    found = paper(**others)
    return replace(sheet_of(**others), address=found.services.address(found.number))


@pytest.mark.parametrize("shape", SIZES)
@pytest.mark.parametrize("lot", ["ANT_FOREST-277", "ANT_FOREST-100002", "ANT_FOREST-100001"])
def test_it_has_its_size_and_a_code_that_survives_a_messengers_jpeg(shape, lot):
    sheet = a_sheet(lot=lot)
    picture = Image.open(BytesIO(press().pictured(sheet, shape)))
    assert picture.size == SIZES[shape]
    sent = BytesIO()
    picture.convert("RGB").save(sent, "JPEG", quality=60)
    assert texts_in(Image.open(sent)) == [sheet.address]


@pytest.mark.parametrize("shape", SIZES)
def test_it_is_light_enough_for_every_programme_and_the_same_each_time(shape):
    sheet = a_sheet()
    made = press().pictured(sheet, shape)
    assert len(made) < 200_000
    assert press().pictured(sheet, shape) == made


def test_the_longest_name_and_a_character_that_no_font_has_do_not_break_it():
    for name in ("𠮷野家", "W" * 100, "欧阳修文远"):
        assert press().pictured(a_sheet(name=name), "wide")
