"""The page of a PDF: what it shows, in which form, and that it is the same every time."""

import re
from pathlib import Path

import pikepdf
import pytest
from lxml import etree

from tests.codes import texts_in
from tests.fakes.issuing import press
from tests.paper import BASE_URL, opened, paper, picture_of, text_of
from treering.errors import FontsMissing
from treering.render.pdf.press import Press
from treering.render.pdf.sheet import Sheet

XMP = {
    "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
    "pdfuaid": "http://www.aiim.org/pdfua/ns/id/",
}
DECLARED = ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")
A_TREE, A_PLANT, AN_AREA = "ANT_FOREST-277", "ANT_FOREST-100002", "ANT_FOREST-100001"


def sheet_of(**others) -> Sheet:
    found = paper(**others)
    return Sheet(
        certificate=found.services.certified(found.number),
        programme="Ant Forest",
        address=f"{BASE_URL}/c/{found.number}",
        credential=b"{}",
    )


def test_it_says_who_what_where_and_when_in_both_languages():
    said = text_of(paper().file)
    for words in ("梭梭", "Saxaul", "Haloxylon ammodendron", "张**", "内蒙古自治区", "2019"):
        assert words in said
    assert "Alxa Left Banner forest no. 277" in said
    assert paper().number in said
    assert "in block 101 of chain 31337 (2026-04-22 14:34 UTC+8), final" in said


@pytest.mark.parametrize("lot", [A_TREE, A_PLANT, AN_AREA])
def test_it_never_says_that_anything_is_planted(lot):
    said = text_of(paper(lot=lot).file)
    claims = re.findall(r"[^.,:;]*planted[^.,:;]*", said)
    assert claims
    assert all(" not " in f" {claim} " for claim in claims), claims
    assert "以扫码所见为准" in said


def test_only_a_tree_is_called_a_tree():
    assert "植树证书" in text_of(paper(lot=A_TREE).file).replace(" ", "")
    for lot in (A_PLANT, AN_AREA):
        said = text_of(paper(lot=lot).file).replace("never counted as a tree", "")
        assert not re.search(r"\btree\b", said.replace("Treering", ""), re.IGNORECASE)
        assert "植树" not in said.replace(" ", "")
    assert "protected, not planted" in text_of(paper(lot=AN_AREA).file)


def test_a_local_chain_and_a_made_up_lot_are_told_on_the_page():
    assert "no public network vouches for it" in text_of(paper().file)
    assert "made up" not in text_of(paper().file)
    assert "made up" in text_of(paper(lot="ANT_FOREST-464").file)


def test_its_code_is_read_from_the_printed_page_and_opens_the_certificates_page():
    for dpi in (100, 200):
        read = texts_in(picture_of(paper().file, dpi))
        assert read == [paper().services.address(paper().number)]


def test_one_sheet_has_one_form_whoever_prints_it_and_whenever():
    sheet = sheet_of()
    again = Press(press().fonts)
    assert press().printed(sheet) == again.printed(sheet) == press().printed(sheet)
    assert paper().services.pdf(paper().number) == paper().file
    assert sheet.key == sheet_of().key != sheet_of(place=1).key


def test_it_is_one_a4_page_archival_and_accessible():
    pdf = opened(paper().file)
    (page,) = pdf.pages
    assert [round(float(n)) for n in page.MediaBox] == [0, 0, 595, 842]
    metadata = etree.fromstring(pdf.Root.Metadata.read_bytes())
    said = [metadata.findtext(f".//{name}", None, XMP) for name in DECLARED]
    assert said == ["3", "A", "1"]


def test_it_keeps_to_what_those_forms_ask():
    pdf = opened(paper().file)
    assert pdf.Root.OutputIntents[0].S == pikepdf.Name.GTS_PDFA1
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "zh-CN"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle
    assert "Encrypt" not in pdf.trailer
    for name in ("OpenAction", "AA"):
        assert name not in pdf.Root
    assert "JavaScript" not in pdf.Root.Names
    assert paper().number in str(pdf.docinfo.Title)


def test_its_fonts_are_embedded_in_parts_and_all_text_can_be_copied():
    pdf = opened(paper().file)
    fonts = [obj for obj in pdf.objects if is_a(obj, "/Font")]
    drawn = [font for font in fonts if font.Subtype == pikepdf.Name.Type0]
    assert drawn
    for font in drawn:
        descriptor = font.DescendantFonts[0].FontDescriptor
        assert re.match(r"/[A-Z]{6}\+", str(descriptor.FontName))  # a subset
        assert {"/FontFile2", "/FontFile3"} & set(descriptor.keys())
        assert "/ToUnicode" in font
    assert len(paper().file) < 150_000


def is_a(obj: pikepdf.Object, kind: str) -> bool:
    return isinstance(obj, pikepdf.Dictionary) and obj.get("/Type") == pikepdf.Name(kind)


def tags(element: pikepdf.Object) -> list[str]:
    """The structure's types in reading order."""
    found = [str(element.S)] if "/S" in element else []
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            found += tags(kid)
    return found


def test_a_screen_reader_is_told_headings_lists_and_what_the_code_is():
    pdf = opened(paper().file)
    order = tags(pdf.Root.StructTreeRoot)
    assert order.index("/H1") < order.index("/H2") < order.index("/L") < order.index("/Figure")
    figures = [obj for obj in pdf.objects if structure(obj, "/Figure")]
    assert [str(figure.Alt) for figure in figures] == [
        "二维码，打开本证书的页面 QR code that opens this certificate's page"
    ]
    spoken = set(re.findall(rb"/Lang ?\(([^)]*)\)", pdf.pages[0].Contents.read_bytes()))
    assert spoken == {b"zh-CN", b"en", b"la"}


def structure(obj: pikepdf.Object, kind: str) -> bool:
    return isinstance(obj, pikepdf.Dictionary) and "/P" in obj and str(obj.get("/S")) == kind


def test_the_credential_is_attached_as_it_is_and_as_pdf_a_3_asks():
    found = paper()
    pdf = opened(found.file)
    name, spec = f"{found.number}.json", pdf.Root.AF[0]
    assert list(pdf.attachments) == [name]
    assert pdf.attachments[name].get_file().mime_type == "application/vc+json"
    assert str(spec.AFRelationship) == "/Data"
    attached = pdf.attachments[name].get_file().read_bytes()
    assert found.services.examine(attached).verdict == "VALID"


@pytest.mark.parametrize(
    ("name", "shown", "lacks"),
    [
        ("𠮷野家", "〓", "U+20BB7"),
        ("😀 Smith", "〓", "U+1F600"),
        ("\U0002f801", "〓|你|丽|\U0002f801|.", ""),
        ("محمد", "م", ""),
        ("Łukasz", "Ł", ""),
        ("Ñandú", "Ñ", ""),
        ("Ω", "Ω", ""),
        ("ༀ", "〓|ༀ", ""),
        ("<img src=file:///x>", "<", ""),
        ("#sys.inputs", "#", ""),
        ("\\u{0}", r"\\", ""),
    ],
)
def test_a_rare_character_never_breaks_a_page_and_what_it_was_is_told(name, shown, lacks):
    said = text_of(paper(name=name).file)
    assert re.search(shown, said)
    assert lacks in said
    assert (f"〓 = {lacks}" in said) == bool(lacks) or not lacks


def test_a_character_is_looked_up_once():
    sheet = sheet_of(name="𠮷野家")
    printer = Press(press().fonts)
    printer.printed(sheet)
    known = dict(printer._covered)
    assert known["𠮷"] is False
    assert known["梭"] is True
    printer.printed(sheet)
    assert printer._covered == known


@pytest.mark.parametrize("folder", [None, "nowhere", "empty"])
def test_without_the_font_there_is_no_page_and_the_setting_is_named(tmp_path: Path, folder):
    (tmp_path / "empty/400Regular").mkdir(parents=True)
    fonts = tmp_path / folder if folder else None
    with pytest.raises(FontsMissing, match="TREERING_FONTS"):
        Press(fonts).printed(sheet_of())
