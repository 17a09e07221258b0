"""A code that went through a printer, a pocket and a camera is still read, by two decoders."""

import pytest

from tests.domain.example import VECTORS
from tests.render.reading import FAULTS, shares
from treering.render import qr

TEXT = (VECTORS / "compact_1.txt").read_text("ascii").strip()
# At least this share of five seeds is read by one of the two; docs/qr.md has the figures.
HARD = dict.fromkeys(
    (fault for fault in FAULTS if "blot over 2" in fault or "scratch" in fault), 0.0
)
AT_LEAST = dict.fromkeys(FAULTS, 0.8) | {"out of focus by 0.3 to 0.6 of a module": 0.2} | HARD


def test_the_code_is_at_most_version_13():
    assert len(qr.matrix(TEXT)) - 2 * qr.QUIET_ZONE <= 69


@pytest.mark.parametrize("fault", FAULTS)
def test_the_code_is_read_after(fault):
    assert shares(TEXT, fault, seeds=5)["either"] >= AT_LEAST[fault]
