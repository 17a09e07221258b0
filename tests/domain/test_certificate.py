"""A certificate: all that is said of one record, and only once its batch is final."""

from dataclasses import replace

import pytest

from tests.domain.example import (
    CONTRACT,
    FINAL,
    INCLUSION,
    LOT,
    NUMBER,
    NUMBER_KEY,
    REDEMPTION,
    SEALED,
    a_certificate,
)
from treering.domain import number
from treering.domain.batch import Batch, BatchState
from treering.domain.certificate import Certificate, certificate
from treering.domain.merkle import root_from
from treering.domain.record import tree_id
from treering.errors import NotFinal


def of_serial(serial: int, batch: Batch | None = FINAL) -> Certificate:
    asked = number.issue(tree_id(LOT.id, serial), NUMBER_KEY)
    return certificate(asked, REDEMPTION, LOT, batch, chain_id=31337, contract=CONTRACT)


def test_it_says_what_redemption_lot_and_batch_say():
    made = a_certificate()
    assert made == Certificate(
        number=str(NUMBER),
        programme="ANT_FOREST",
        masked_name="张*",
        redeemed_at=REDEMPTION.redeemed_at,
        lot=LOT,
        record=FINAL.records()[1],
        first_serial=7,
        count=5,
        root=FINAL.root,
        proof=made.proof,
        chain_id=31337,
        contract=CONTRACT,
        inclusion=INCLUSION,
    )


@pytest.mark.parametrize("serial", range(7, 12))
def test_the_proof_leads_from_its_own_record_to_the_batchs_root(serial):
    made = of_serial(serial)
    assert (made.record.lot, made.record.serial) == (LOT.id, serial)
    assert root_from(made.record.word, made.proof) == made.root == SEALED.root
    assert number.parse(made.number).tree == made.record.tree_id


@pytest.mark.parametrize("serial", [0, 6, 12, 2**32 - 1])
def test_there_is_none_for_a_record_of_another_batch(serial):
    with pytest.raises(IndexError):
        of_serial(serial)


SIGNED = replace(SEALED, state=BatchState.SIGNED)


@pytest.mark.parametrize(
    "batch",
    [
        None,
        SEALED,
        SIGNED,
        replace(SEALED, state=BatchState.MINED, inclusion=INCLUSION),
        replace(SEALED, state=BatchState.BLOCKED, reason="TR322"),
        replace(SEALED, state=BatchState.FINAL),
        replace(FINAL, inclusion=None),
    ],
)
def test_there_is_none_before_its_batch_is_final(batch):
    with pytest.raises(NotFinal, match=str(number.issue(tree_id(LOT.id, 8), NUMBER_KEY))):
        of_serial(8, batch)
