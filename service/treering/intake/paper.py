"""PDF reports of evidence: without authors, scripts, attachments, people's notes, and cameras'
words in their pictures; and not one that unpacks without end."""

import io
from collections.abc import Iterator
from typing import Any

import pikepdf

from treering.errors import EvidenceRefused
from treering.intake import paper_streams
from treering.intake.picture import Clean

MOST_PAGES = 2_000
_OF_ROOT = (
    *("/Metadata", "/OpenAction", "/AA", "/AcroForm", "/PieceInfo", "/Collection", "/AF"),
    *("/Threads", "/Perms", "/DSS", "/Legal"),
)
_OF_NAMES = ("/JavaScript", "/EmbeddedFiles")
_ANYWHERE = (
    *("/Metadata", "/PieceInfo", "/AA", "/AF", "/LastModified", "/JS", "/EF"),
    *("/Creator", "/CreatorInfo"),
)
# A mark on a page stays as it is drawn, a seal as well; who made it, when and why does not.
_OF_NOTES = tuple("/T /Contents /RC /Subj /NM /M /CreationDate /Popup /V /DV /TU".split())
_NOTES = ("/Text", "/Popup", "/FileAttachment", "/Sound", "/Movie", "/RichMedia", "/Screen", "/3D")
_ACTIONS = ("/URI", "/GoTo", "/Named")  # others run, send or open something


def cleaned(content: bytes) -> Clean:
    """EvidenceRefused for what is no PDF, is locked, or unpacks to more than a report has."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise EvidenceRefused(f"{len(pdf.pages)} pages, at most {MOST_PAGES} are taken")
            paper_streams.bound(pdf)
            _strip(pdf)
            rest = _saved(pdf)
        with pikepdf.open(io.BytesIO(rest)) as pdf:  # without what nothing leads to any more
            paper_streams.strip_photos(pdf)
            kept = _saved(pdf)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError) as error:
        raise EvidenceRefused(f"the PDF cannot be read: {error}") from error
    return Clean("application/pdf", kept)


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.remove_unreferenced_resources()
    pdf.save(out, deterministic_id=True)
    return out.getvalue()


def _strip(pdf: pikepdf.Pdf) -> None:
    if "/Info" in pdf.trailer:
        del pdf.trailer["/Info"]
    _drop(pdf.Root, _OF_ROOT)
    if "/Names" in pdf.Root:
        _drop(pdf.Root["/Names"], _OF_NAMES)
    for page in pdf.pages:
        _strip_notes(page.obj)
    for each in pdf.objects:
        for thing in _within(each):
            _drop(thing, _ANYWHERE)
            _strip_action(thing)


def _strip_notes(page: Any) -> None:
    if "/Annots" not in page:
        return
    kept = [note for note in page.Annots if str(note.get("/Subtype")) not in _NOTES]
    for note in kept:
        _drop(note, _OF_NOTES)
    page.Annots = pikepdf.Array(kept)


def _strip_action(thing: Any) -> None:
    """What happens when somebody touches it: nothing but to go somewhere."""
    action = thing.get("/A")
    if not isinstance(action, pikepdf.Dictionary) or "/S" not in action:
        return
    if str(action.S) not in _ACTIONS:
        del thing["/A"]
    else:
        _drop(action, ("/Next",))


def _within(each: Any) -> Iterator[Any]:
    """It, and the dictionaries that it holds itself, not by reference."""
    waiting = [each]
    while waiting:
        one = waiting.pop()
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            held = list(one.values())
        else:
            held = list(one) if isinstance(one, pikepdf.Array) else []
        waiting += [
            inner
            for inner in held
            if isinstance(inner, pikepdf.Dictionary | pikepdf.Array) and not inner.is_indirect
        ]


def _drop(thing: Any, names: tuple[str, ...]) -> None:
    for name in names:
        if name in thing:
            del thing[name]
