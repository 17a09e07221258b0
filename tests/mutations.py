"""What a forger would do to a PDF of ours: each takes the paper and gives another file.

Made with pikepdf, which rewrites a file as an editor does, with pyHanko, which appends a
revision as a viewer does, or by hand, where a byte is enough.
"""

import re
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO
from unittest.mock import patch

import pikepdf
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pikepdf import Array, Dictionary, Name
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec

from tests.fakes.books import NOW
from tests.paper import Paper, opened, paper, saved
from treering.domain.issuer_key import IssuerKey
from treering.flow.certifying.certify import Issuer
from treering.flow.certifying.printing import notary
from treering.render.pdf import signature

Mutation = Callable[[Paper], bytes]
MUTATIONS: dict[str, Mutation] = {}


def mutation(name: str) -> Callable[[Mutation], Mutation]:
    def keep(change: Mutation) -> Mutation:
        MUTATIONS[name] = change
        return change

    return keep


def edited(change: Callable[[pikepdf.Pdf], None], **options: bool) -> Mutation:
    """Opened, changed and saved whole: all offsets are new."""

    def act(found: Paper) -> bytes:
        pdf = opened(found.file)
        change(pdf)
        return saved(pdf, **options)

    return act


def appended(change: Callable[[IncrementalPdfFileWriter], None]) -> Mutation:
    """A revision after ours, which leaves every signed byte as it is."""

    def act(found: Paper) -> bytes:
        writer = IncrementalPdfFileWriter(BytesIO(found.file))
        change(writer)
        out = BytesIO()
        writer.write(out)
        return out.getvalue()

    return act


@cache
def _others() -> pikepdf.Pdf:
    """Another certificate, kept open, since what is taken from it lives no longer than it."""
    return opened(paper("李四", place=1).file)


def _content_of(pdf: pikepdf.Pdf) -> pikepdf.Stream:
    return pdf.pages[0].Contents


def _redrawn(pdf: pikepdf.Pdf) -> None:
    _content_of(pdf).write(_content_of(pdf).read_bytes() + b"\nq 1 0 0 rg 100 400 80 30 re f Q")


def _annotated(pdf: pikepdf.Pdf) -> None:
    note = Dictionary(
        Type=Name.Annot,
        Subtype=Name.FreeText,
        Rect=Array([100, 400, 300, 430]),
        Contents="李**",
        DA="/Helv 20 Tf",
    )
    pdf.pages[0].Annots.append(pdf.make_indirect(note))


def _swapped_attachment(pdf: pikepdf.Pdf) -> None:
    (theirs,) = _others().attachments
    stolen = _others().attachments[theirs].get_file().read_bytes()
    (name,) = pdf.attachments
    pdf.attachments[name] = pikepdf.AttachedFileSpec(pdf, stolen, filename=name)


def _second_attachment(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["a.json"] = pikepdf.AttachedFileSpec(pdf, b"{}", filename="a.json")


def _swapped_pages(pdf: pikepdf.Pdf) -> None:
    pdf.pages.append(_others().pages[0])
    del pdf.pages[0]


def _more_pages(pdf: pikepdf.Pdf) -> None:
    pdf.pages.append(pdf.pages[0])


def _stripped(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AcroForm
    del pdf.Root.Perms
    del pdf.pages[0].Annots


def _retitled(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo.Title = "Certificate of somebody else"


def _rewritten_xmp(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Metadata.write(pdf.Root.Metadata.read_bytes().replace(b"Ant Forest", b"Ant Fores7"))


def _scripted(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert('x')")


def _unlocked(pdf: pikepdf.Pdf) -> None:
    """DocMDP allows everything from now on."""
    pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P = 3


def _other_font(pdf: pikepdf.Pdf) -> None:
    """张 looks like 李, and every text stays: what a font swap does."""
    for obj in pdf.objects:
        if isinstance(obj, Dictionary) and "/CIDToGIDMap" in obj:
            obj.W = Array([0, Array([500])])


def _hidden_layer(pdf: pikepdf.Pdf) -> None:
    """What was prepared before signing in a shadow attack, put in afterwards."""
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="shadow"))
    view = Dictionary(OFF=Array([group]))
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=view)


MUTATIONS |= {
    "text drawn over the page": edited(_redrawn),
    "a note laid over the name": edited(_annotated),
    "the credential of another certificate": edited(_swapped_attachment),
    "a second attachment": edited(_second_attachment),
    "the page of another certificate": edited(_swapped_pages),
    "a page more": edited(_more_pages),
    "the signature taken out": edited(_stripped),
    "another title": edited(_retitled),
    "other metadata": edited(_rewritten_xmp),
    "a script": edited(_scripted),
    "a signature that allows changes": edited(_unlocked),
    "another font": edited(_other_font),
    "a hidden layer": edited(_hidden_layer),
    "saved again, nothing changed": edited(lambda pdf: None),
    "made fast for the web": edited(lambda pdf: None, linearize=True),
}


@mutation("encrypted")
def _encrypted(found: Paper) -> bytes:
    lock = pikepdf.Encryption(owner="o", user="", R=6)
    return saved(opened(found.file), encryption=lock)


def _shadow_page(writer: IncrementalPdfFileWriter) -> None:
    page = writer.root["/Pages"]["/Kids"][0]
    drawn = generic.StreamObject(stream_data=b"BT /F0 20 Tf 100 400 Td (Li) Tj ET")
    page[generic.pdf_name("/Contents")] = writer.add_object(drawn)
    writer.update_container(page)


def _new_form_value(writer: IncrementalPdfFileWriter) -> None:
    field = writer.root["/AcroForm"]["/Fields"][0]
    field[generic.pdf_name("/TU")] = generic.pdf_string("signed by a notary")
    writer.update_container(field)


def _other_root(writer: IncrementalPdfFileWriter) -> None:
    writer.root[generic.pdf_name("/Lang")] = generic.pdf_string("xx")
    writer.update_root()


MUTATIONS |= {
    "a revision with another page": appended(_shadow_page),
    "a revision of the signature's field": appended(_new_form_value),
    "a revision of the catalogue": appended(_other_root),
}


@mutation("a revision without content")
def _empty_revision(found: Paper) -> bytes:
    last = re.findall(rb"startxref\n(\d+)", found.file)[-1]
    trailer = re.findall(rb"trailer\n.*?>>\n", found.file, re.DOTALL)[-1]
    return found.file + b"xref\n0 0\n" + trailer + b"startxref\n" + last + b"\n%%EOF\n"


@mutation("bytes after the end")
def _trailing(found: Paper) -> bytes:
    return found.file + b"\n"


@mutation("bytes before the start")
def _leading(found: Paper) -> bytes:
    return b"\n" + found.file


@mutation("cut short by a byte")
def _short(found: Paper) -> bytes:
    return found.file[:-1]


@mutation("only the first revision, before it was signed")
def _unsigned(found: Paper) -> bytes:
    return found.file[: found.file.index(b"%%EOF") + 5]


@mutation("the first half")
def _half(found: Paper) -> bytes:
    return found.file[: len(found.file) // 2]


@mutation("a byte of the page changed in place")
def _flipped(found: Paper) -> bytes:
    at = found.file.index(b"stream\n") + 40
    return found.file[:at] + bytes([found.file[at] ^ 1]) + found.file[at + 1 :]


@mutation("text changed in its compressed stream, of the same length")
def _retyped(found: Paper) -> bytes:
    stream = re.search(rb"stream\n(x.*?)\nendstream", found.file, re.DOTALL)
    assert stream
    text = zlib.decompress(stream[1])
    other = zlib.compress(text[:-1] + b" ", 9).ljust(len(stream[1]), b"\0")[: len(stream[1])]
    return found.file.replace(stream[1], other)


@mutation("another date of signing")
def _redated(found: Paper) -> bytes:
    return re.sub(rb"/M \(D\\0722026", rb"/M (D\\0722025", found.file)


@mutation("the signature of another certificate")
def _other_signature(found: Paper) -> bytes:
    mine, other = (
        re.search(rb"<[0-9A-F]{4096}>", p.file) for p in (found, paper("李四", place=1))
    )
    assert mine
    assert other
    return found.file.replace(mine[0], other[0])


@mutation("signed again by another key")
def _resigned(found: Paper) -> bytes:
    stranger = Ed25519PrivateKey.generate()
    key = IssuerKey(stranger.public_key().public_bytes_raw())
    theirs = notary(
        "ANT_FOREST", generate_private_key(SECP256R1()), Issuer(key=key, sign=stranger.sign)
    )
    return signature.signed(_unsigned(found), theirs, NOW)


@mutation("changed, and signed again by another key")
def _forged(found: Paper) -> bytes:
    def change(pdf: pikepdf.Pdf) -> None:
        _redrawn(pdf)
        _stripped(pdf)

    return _resigned(Paper(found.services, found.number, edited(change)(found)))


@mutation("signed twice")
def _countersigned(found: Paper) -> bytes:
    second = {"_FIELD": "Second", "_SPEC": SigFieldSpec("Second")}
    with patch.multiple(signature, **second):
        return signature.signed(found.file, found.services.notary("OCEAN_BUDDY"), NOW)
