"""A file of accepted counts: read whole, or refused with the line that is wrong."""

from hashlib import sha256
from io import BytesIO

import pytest

from treering.errors import CountsUnreadable
from treering.intake.counts import read_counts


def test_counts_are_read_by_lot_whatever_else_stands_there():
    raw = "\ufefflot,note,accepted\r\nANT_FOREST-277,好,150000\r\nX,,0\r\n".encode()
    counts = read_counts(BytesIO(raw))
    assert counts.by_lot == {"ANT_FOREST-277": 150000, "X": 0}
    assert counts.digest == sha256(raw).digest()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "must name the columns"),
        (b"site,count\n1,2\n", "must name the columns"),
        (b"lot,accepted\nA,1\nA,2\n", "line 3: A stands there twice"),
        (b"lot,accepted\nA,-1\n", "no whole number"),
        (b"lot,accepted\nA,1.5\n", "no whole number"),
        (b"lot,accepted\nA,1e3\n", "no whole number"),
        ("lot,accepted\nA,١٢\n".encode(), "no whole number"),
        (b"lot,accepted\nA,\n", "no whole number"),
        (b"lot,accepted\nA\n", "no whole number"),
        (b"lot,accepted\nA,4294967296\n", "no lot holds"),
        (b"lot,accepted\n,5\n", "no lot is called"),
        (b"lot,accepted\nA\x07,5\n", "no lot is called"),
        (b"lot,accepted\n" + b"A" * 65 + b",5\n", "no lot is called"),
        (b'lot,accepted\n"A,5\n', "not a CSV"),
        ("lot,accepted\n林,5\n".encode("gb18030"), "not a CSV in UTF-8"),
        (b"x" * (16 << 20) + b"x", "more than 16 MB"),
    ],
)
def test_a_file_that_cannot_be_is_refused_whole(raw, why):
    with pytest.raises(CountsUnreadable, match=why):
        read_counts(BytesIO(raw))
