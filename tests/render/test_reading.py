"""A code that went through a printer, a pocket and a camera is still read, by two decoders."""

from dataclasses import replace

import pytest

from tests.domain.example import BASE_URL, ISSUER, KEY, VECTORS
from tests.render import camera
from tests.render.reading import FAULTS, shares
from treering.domain import address, compact
from treering.render import qr

TEXT = (VECTORS / "compact_1.txt").read_text("ascii").strip()
# At least this share of five seeds is read by one of the two; docs/qr.md has the figures.
AT_LEAST = dict.fromkeys(FAULTS, 1.0) | {
    "out of focus by 0.3 to 0.6 of a module": 0.4,
    "six scratches from edge to edge": 0.4,
    "one square blot over 25 % of its area": 0.2,
    "blots on 20 % of its codewords": 0.6,
    "small blots on 25 % of its codewords": 0.2,
    "blots on 25 % of its codewords": 0.2,
    "large blots on 25 % of its codewords": 0.2,
}


def test_the_code_is_of_version_12_at_level_h():
    side = len(qr.matrix(TEXT)) - 2 * qr.QUIET_ZONE
    assert side == camera.SIDE
    format_bits = qr.matrix(TEXT)[qr.QUIET_ZONE + 8][qr.QUIET_ZONE : qr.QUIET_ZONE + 2]
    assert tuple(bit ^ mask for bit, mask in zip(format_bits, (1, 0), strict=True)) == (1, 0)


def test_a_code_that_is_signed_anew_is_no_larger_for_136_years():
    second = (VECTORS / "compact_2.txt").read_text("ascii").strip()
    claimed, _ = compact.read(second)
    for later in (1, 86_400, 2**32 - 1):
        code = compact.signed(replace(claimed, later=later), ISSUER, KEY.sign)
        text = address.written(BASE_URL, code)
        assert text
        assert len(qr.matrix(text)) == len(qr.matrix(TEXT))


def test_no_floor_is_the_ground():
    assert min(AT_LEAST.values()) > 0
    assert AT_LEAST.keys() == FAULTS.keys()


def test_a_text_that_is_too_long_for_level_h_has_level_q_in_version_13():
    for length, version in ((227, 12), (228, 13), (259, 13), (260, 12), (296, 12), (297, 13)):
        assert len(qr.matrix("A" * length)) - 2 * qr.QUIET_ZONE == 17 + 4 * version


@pytest.mark.parametrize("fault", FAULTS)
def test_the_code_is_read_after(fault):
    assert shares(TEXT, fault, seeds=5)["either"] >= AT_LEAST[fault]
