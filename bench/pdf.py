"""PDFs: how many signed pages a core makes and judges, and how far that is from typst alone.

Times are this process's own, on all its threads, so that a busy machine does not count.
Every page is of another certificate: another number, other rings, code and credential.
"""

import json
import resource
import time
from collections.abc import Callable
from pathlib import Path

import typst

from bench.figures import Figure, show
from tests.fakes.example import ANT_FOREST
from tests.fakes.issuing import press
from tests.fakes.services import FakeServices
from treering.domain.issuer_key import IssuerKey
from treering.domain.pdf import file
from treering.domain.redemption import Wish
from treering.render import pdf
from treering.render.pdf.sheet import Sheet
from treering.render.pdf.signature import signed

_PAGES = 120
_WARM = 20


def run() -> bool:
    services = FakeServices("https://treering.example")
    sheets, notary = _sheets(services), services.notary("ANT_FOREST")
    issuer = IssuerKey(services.signers["ANT_FOREST"].public_key().public_bytes_raw())
    made: list[bytes] = []

    def make(sheet: Sheet) -> None:
        made.append(signed(press().printed(sheet), notary, sheet.time))

    def typeset(text: str) -> None:
        alone.compile(format="pdf", sys_inputs={"sheet": text}, pdf_standards=["a-3a", "ua-1"])

    def judge(page: bytes) -> None:
        assert file.credential(page)
        assert file.judged(page, issuer) == "PDF_OK"

    for sheet in sheets[:_WARM]:
        make(sheet)
    made.clear()
    before = _memory()
    whole = _rate(make, sheets[_WARM:])
    grown = _memory() - before
    alone = _alone()
    raw = _rate(typeset, [sheet.text(str) for sheet in sheets[_WARM:]])
    judged = _rate(judge, made)
    figures = [
        Figure(name="typst alone, all in hand", value=raw, unit="pages/s"),
        Figure(name="signed PDFs, from the certificate", value=whole, unit="/s", at_least=25),
        Figure(name="the same, to typst alone", value=whole / raw, at_least=0.2),
        Figure(name="PDFs judged and their credentials found", value=judged, unit="/s"),
        Figure(name="the same, to making them", value=judged / whole, at_least=1),
        Figure(name="largest file", value=max(map(len, made)) / 1024, unit="KiB", at_most=160),
        Figure(name="memory, grown over these pages", value=grown, unit="MiB"),
    ]
    return show(f"PDF: {_PAGES} certificates on one core", figures)


def _alone() -> typst.Compiler:
    """The same template and fonts, and nothing else of ours."""
    template = Path(pdf.__file__).with_name("certificate.typ")
    folders = [press().fonts / weight for weight in ("400Regular", "600SemiBold")]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=folders)
    return typst.Compiler(template, font_paths=fonts)


def _sheets(services: FakeServices) -> list[Sheet]:
    wish = Wish(lot="ANT_FOREST-277", holder="user-1", name="张三丰", count=_WARM + _PAGES)
    numbers = services.redeem_now(ANT_FOREST, "bench", wish).numbers
    services.books.settle()
    return [_sheet(services, number) for number in numbers]


def _sheet(services: FakeServices, number: str) -> Sheet:
    return Sheet(
        certificate=services.certified(number),
        programme="Ant Forest",
        address=f"https://treering.example/c/{number}",
        credential=json.dumps(services.credential(number), indent=2).encode(),
    )


def _rate(act: Callable[..., None], things: list) -> float:
    """How many a second of this process's own time."""
    started = time.process_time()
    for thing in things:
        act(thing)
    return len(things) / (time.process_time() - started)


def _memory() -> float:
    """The most that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
