"""The document signature: PAdES baseline B, over every byte, and it forbids every change.

pyHanko puts the field and its value into the file as the last and only revision; what is
written into the field is `domain.pdf.envelope`, so that a verifier knows its one form.
"""

from datetime import datetime
from hashlib import sha256
from io import BytesIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers.cms_embedder import (
    PdfCMSEmbedder,
    SigIOSetup,
    SigMDPSetup,
    SigObjSetup,
)
from pyhanko.sign.signers.pdf_byterange import SignatureObject

from treering.domain.pdf.envelope import Notary

_FIELD = "Treering"
# Invisible, and off the page: PDF/UA wants no place in the reading order for what is not there.
_SPEC = SigFieldSpec(_FIELD, box=(-2, -2, -2, -2))
_RESERVED = 4096  # hexadecimal digits; an envelope takes half of them
_HASH = "sha256"


class _Writer(IncrementalPdfFileWriter):
    """Leaves metadata as they were printed: what is signed bears no second date or maker."""

    @classmethod
    def _handle_id(cls, prev: PdfFileReader) -> generic.ArrayObject:
        first = prev.trailer["/ID"][0]
        second = sha256(b"treering/pdf/v1" + first.original_bytes).digest()[:16]
        return generic.ArrayObject([first, generic.ByteStringObject(second)])

    def _update_meta(self) -> None:
        pass


def signed(printed: bytes, notary: Notary, at: datetime) -> bytes:
    """The file with its certification signature; the same bytes for the same arguments."""
    steps = PdfCMSEmbedder(new_field_spec=_SPEC).write_cms(_FIELD, _Writer(BytesIO(printed)))
    next(steps)
    steps.send(_value(at))
    prepared, out = steps.send(SigIOSetup(md_algorithm=_HASH))
    steps.send(notary.sealed(prepared.document_digest))
    whole: bytes = out.getvalue()
    return whole


def _value(at: datetime) -> SigObjSetup:
    value = SignatureObject(at, SigSeedSubFilter.PADES, bytes_reserved=_RESERVED)
    forbids = SigMDPSetup(md_algorithm=_HASH, certify=True, docmdp_perms=MDPPerm.NO_CHANGES)
    return SigObjSetup(sig_placeholder=value, mdp_setup=forbids)
