"""Redemptions cut to batches in one pass, whatever gaps and overlaps they have."""

import pytest

from treering.domain.holder import commitments
from treering.domain.record import LotId, tree_id
from treering.flow.reconciling.holder_side import Redeemed
from treering.store.vault import HOLDER, Vault

LOT = LotId(7)
VAULT = Vault(b"k" * 32)
A, B = bytes([1]) * 64, bytes([2]) * 64


def held(lot: int, first: int, count: int, secret: bytes) -> tuple[int, int, int, bytes]:
    return lot, first, count, VAULT.seal(secret, HOLDER)


def cut(redemptions: list, *batches: tuple[int, int, int]) -> list[list[tuple[int, object]]]:
    redeemed = Redeemed(VAULT, redemptions)
    return [
        [(stretch.count, stretch.holders) for stretch in redeemed.stretches(*batch)]
        for batch in batches
    ]


def of(secret: bytes, first: int, count: int) -> tuple[int, bytes]:
    return count, commitments(tree_id(LOT, first), [secret] * count)


@pytest.mark.parametrize(
    ("redemptions", "batches", "expected"),
    [
        ([], [(7, 0, 2)], [[(2, b"")]]),
        ([held(7, 0, 5, A)], [(7, 0, 2), (7, 2, 5)], [[of(A, 0, 2)], [of(A, 2, 3)]]),
        ([held(7, 2, 1, A)], [(7, 0, 4)], [[(2, b""), of(A, 2, 1), (1, b"")]]),
        ([held(6, 0, 9, B), held(7, 0, 1, A)], [(7, 0, 1)], [[of(A, 0, 1)]]),
        ([held(8, 0, 9, B)], [(7, 0, 1)], [[(1, b"")]]),
        ([held(7, 0, 3, A), held(7, 1, 3, B)], [(7, 0, 4)], [[of(A, 0, 3), of(B, 3, 1)]]),
        ([(7, 0, 1, b"")], [(7, 0, 1)], [[(1, None)]]),
        ([(7, 0, 1, b"torn" * 20)], [(7, 0, 1)], [[(1, bytes(20))]]),
    ],
)
def test_each_serial_has_its_holder_or_is_said_to_have_none(redemptions, batches, expected):
    assert cut(redemptions, *batches) == expected
