"""Write the vectors that pytest and forge both read: `python -m tests.vectors.make_vectors`.

What Python and Solidity must agree on: the record, the batch's root, its proofs, and when a
planting year begins.
"""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import shake_256
from pathlib import Path
from typing import Any

from treering.domain.merkle import MerkleTree
from treering.domain.record import LotId, Record, lot_id

HERE = Path(__file__).parent
SHANGHAI = timezone(timedelta(hours=8))

# (lot, first serial, size): sizes around powers of two, where odd nodes move up; names whose
# highest bits are set, where a signed or narrow type would slip; a batch that ends at the last
# serial there is.
BATCHES = [
    (lot_id(1, 277), 0, 1),
    (lot_id(1, 277), 1, 2),
    (lot_id(1, 277), 3, 3),
    (lot_id(0x80000000, 0x80000001), 0, 5),
    (lot_id(0xFFFFFFFF, 0xFFFFFFFF), 7, 8),
    (lot_id(2, 0), 255, 33),
    (lot_id(3, 805), 4096, 257),
    (lot_id(3, 806), 0, 127),
    (lot_id(4, 1), 2**31 - 3, 6),
    (lot_id(0xFFFFFFFF, 1), 2**32 - 12, 11),
]
YEARS = [1981, 1999, 2000, 2001, 2016, 2019, 2024, 2025, 2026, 2100, 2101, 2400, 2401, 9998]


def batch(lot: LotId, first: int, size: int) -> dict[str, Any]:
    stream = shake_256(f"{lot}/{first}".encode()).digest(20 * size)
    holders = [stream[i : i + 20] for i in range(0, len(stream), 20)]
    words = [Record(lot, first + i, holder).word for i, holder in enumerate(holders)]
    tree = MerkleTree.over(words)
    return {
        "lot": f"0x{lot:016x}",
        "firstSerial": first,
        "holders": _hex(b"".join(holders)),
        "words": [_hex(word) for word in words],
        "root": _hex(tree.root),
        "proofs": [
            {"position": position, "proof": [_hex(node) for node in tree.proof(position)]}
            for position in sorted({0, size // 2, size - 1})
        ],
    }


def season(year: int) -> dict[str, int]:
    start = datetime(year, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)
    return {"year": year, "start": int(start.timestamp())}


def files() -> dict[Path, str]:
    """Each vector file and what it should hold."""
    batches = [batch(*which) for which in BATCHES]
    seasons = [season(year) for year in YEARS]
    return {HERE / "batches.json": _text(batches), HERE / "seasons.json": _text(seasons)}


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _text(vectors: list[Any]) -> str:
    return json.dumps(vectors, indent=1) + "\n"


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text)
