"""The press: typst sets a sheet on one A4 page, as PDF/A-3a and PDF/UA-1, or as a picture to
share, the same bytes every time. It fetches nothing and reads no file but its templates and
fonts.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from threading import Lock

import typst
from PIL import Image

from treering.errors import FontsMissing
from treering.render.pdf.sheet import GETA, Sheet

_TEMPLATE = Path(__file__).with_name("certificate.typ")
_SHARE = Path(__file__).with_name("share.typ")
_AUDIT = Path(__file__).with_name("audit.typ")
_PIXELS = 72.0  # an inch, so that a point is one
_PROBE = Path(__file__).with_name("probe.typ")
_WEIGHTS = ("400Regular", "600SemiBold")
_COLOURS = 64  # ink, paper and what lies between: a fifth of the bytes
_UNCOVERED = re.compile(r"the text .* could not be displayed")


@dataclass
class Press:
    """`fonts` is the folder of Noto Serif SC, one folder a weight. One sheet at a time."""

    fonts: Path | None
    _lock: Lock = field(default_factory=Lock, init=False)
    _compilers: dict[Path, typst.Compiler] = field(default_factory=dict, init=False)
    _covered: dict[str, bool] = field(default_factory=dict, init=False)

    def printed(self, sheet: Sheet) -> bytes:
        """The unsigned PDF; FontsMissing without the Chinese font."""
        with self._lock:
            text = sheet.text(self._printable)
            return self._compiled(_TEMPLATE, {"sheet": text}, int(sheet.time.timestamp()))

    def pictured(self, sheet: Sheet, shape: str) -> bytes:
        """A PNG: "wide" is 1200 by 630 pixels, "square" 1080 by 1080; FontsMissing."""
        with self._lock:
            inputs = {"sheet": sheet.text(self._printable), "shape": shape}
            made = self._compiler(_SHARE).compile(format="png", ppi=_PIXELS, sys_inputs=inputs)
        assert isinstance(made, bytes), "one page is one picture"
        return _lighter(made)

    def reported(self, inputs: dict[str, str], timestamp: int) -> bytes:
        """An audit's report; FontsMissing. What the fonts lack is shown as GETA."""
        with self._lock:
            shown = {**inputs, "paper": self._printable(inputs["paper"])}
            return self._compiled(_AUDIT, shown, timestamp)

    def _printable(self, text: str) -> str:
        unknown = [c for c in dict.fromkeys(text) if not c.isascii() and c not in self._covered]
        self._probe(unknown)
        return "".join(c if self._covered.get(c, True) else GETA for c in text)

    def _probe(self, characters: list[str]) -> None:
        """Whether the fonts have each: asked together, then by halves where one is missing."""
        if not characters or self._sets(characters):
            self._covered |= dict.fromkeys(characters, True)
        elif len(characters) == 1:
            self._covered[characters[0]] = False
        else:
            middle = len(characters) // 2
            self._probe(characters[:middle])
            self._probe(characters[middle:])

    def _sets(self, characters: Iterable[str]) -> bool:
        try:
            self._compiled(_PROBE, {"text": " ".join(characters)}, 0)
        except typst.TypstError as error:
            if _UNCOVERED.search(str(error)):
                return False
            raise
        return True

    def _compiled(self, template: Path, inputs: dict[str, str], timestamp: int) -> bytes:
        made = self._compiler(template).compile(
            format="pdf", sys_inputs=inputs, pdf_standards=["a-3a", "ua-1"], timestamp=timestamp
        )
        assert isinstance(made, bytes), "one document is one file"
        return made

    def _compiler(self, template: Path) -> typst.Compiler:
        """Keeps fonts and template for every sheet after the first."""
        if template in self._compilers:
            return self._compilers[template]
        folders = [self.fonts / weight for weight in _WEIGHTS] if self.fonts else []
        if not folders or not all(any(folder.glob("*.ttf")) for folder in folders):
            raise FontsMissing(f"Noto Serif SC is not in {self.fonts}: set TREERING_FONTS")
        found = typst.Fonts(include_system_fonts=False, font_paths=folders)
        return self._compilers.setdefault(template, typst.Compiler(template, font_paths=found))


def _lighter(png: bytes) -> bytes:
    """The same picture with a palette: some programmes show none that is heavy."""
    out = BytesIO()
    picture = Image.open(BytesIO(png)).convert("RGB")
    picture.quantize(_COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()
