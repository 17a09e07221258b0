"""The icons of the installed page, drawn by the same rings as every certificate.

`python -m treering.render.icons FOLDER` makes them again; the committed ones are held to it.
"""

import sys
from io import BytesIO
from pathlib import Path

import typst
from PIL import Image

from treering.render.rings import rings

_TREE = 277  # the forest of the example; any tree would do
_EVERY = 5  # of its rings: finer lines would run together on a phone
_GREEN, _PAPER = "#14532f", "#f6f4e6"
_SOURCE = b'#set page(width: 512pt, height: 512pt, margin: 0pt, fill: none)\n#image(bytes(sys.inputs.svg), format: "svg", width: 100%)'  # noqa: E501
_COLOURS = 32

# Pixels a side, how much of the half width the bark reaches, and how round the corners are.
# Maskable: launchers cut away all but the inner four fifths (W3C, Web App Manifest). Apple
# rounds the corners itself.
ICONS = {
    "icon-192.png": (192, 0.8, 0.22),
    "icon-512.png": (512, 0.8, 0.22),
    "icon-maskable-512.png": (512, 0.66, 0.0),
    "apple-touch-icon.png": (180, 0.80, 0.0),
}


def icon(name: str) -> bytes:
    """The PNG of one of ICONS."""
    side, reach, corner = ICONS[name]
    inputs = {"svg": _svg(reach, corner)}
    made = typst.compile(_SOURCE, format="png", ppi=72.0 * side / 512, sys_inputs=inputs)
    assert isinstance(made, bytes), "one page is one picture"
    out = BytesIO()
    picture = Image.open(BytesIO(made)).convert("RGBA")
    picture.quantize(_COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        out, "PNG", optimize=True
    )
    return out.getvalue()


def _svg(reach: float, corner: float) -> str:
    """In a box of 2000 by 2000; the bark is the thickest line, the pith a dot."""
    paths = rings(_TREE)
    drawn = paths[-1::-_EVERY][:-1]
    lines = "".join(
        f'<path d="{path}" stroke-width="{74 if age == 0 else 40}"/>'
        for age, path in enumerate(drawn)
    )
    scale = reach / 0.88  # the bark stands at 880 of 1000
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1000 -1000 2000 2000">'
        f'<rect x="-1000" y="-1000" width="2000" height="2000" rx="{2000 * corner:.0f}"'
        f' fill="{_GREEN}"/><g fill="none" stroke="{_PAPER}" transform="scale({scale:.3f})">'
        f'{lines}<path d="{paths[0]}" fill="{_PAPER}" stroke-width="30"/></g></svg>'
    )


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for file in ICONS:
        (folder / file).write_bytes(icon(file))
