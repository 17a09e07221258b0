"""A certificate's PDF for tests: the true press and true keys, on books in memory."""

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
from PIL import Image

from tests.fakes.example import ANT_FOREST
from tests.fakes.services import FakeServices
from treering.domain.issuer_key import IssuerKey
from treering.domain.redemption import Wish

BASE_URL = "https://treering.example"


@dataclass(frozen=True)
class Paper:
    """`document` is the credential that is attached, `key` the one that signed it."""

    services: FakeServices
    number: str
    file: bytes

    @property
    def document(self) -> dict[str, Any]:
        return self.services.credential(self.number)

    @property
    def key(self) -> IssuerKey:
        return IssuerKey(self.services.signers["ANT_FOREST"].public_key().public_bytes_raw())


@cache
def paper(name: str = "张三丰", lot: str = "ANT_FOREST-277", *, place: int = 0) -> Paper:
    """The certificate of this name; `place` counts those that were redeemed together."""
    services = FakeServices(BASE_URL)
    wish = Wish(lot=lot, holder="user-1", name=name, count=place + 1)
    number = services.redeem_now(ANT_FOREST, "key", wish).numbers[place]
    services.books.settle()
    return Paper(services, number, services.pdf(number))


def text_of(file: bytes) -> str:
    """What a reader selects and copies, each run of blanks one space."""
    page = pypdfium2.PdfDocument(file)[0]
    return " ".join(page.get_textpage().get_text_range().split())


def picture_of(file: bytes, dpi: int = 150) -> Image.Image:
    return pypdfium2.PdfDocument(file)[0].render(scale=dpi / 72).to_pil()


def opened(file: bytes) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(file))


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    out = BytesIO()
    pdf.save(out, **options)
    return out.getvalue()
