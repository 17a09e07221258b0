"""Sealing: consecutive records of a lot become a batch, with a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from tests.flow.conftest import WISH, Clock
from treering.domain.batch import BatchState
from treering.domain.record import lot_id
from treering.errors import BatchMoved
from treering.store.flights import Flights

LOT = lot_id(1, 277)


def test_a_batch_waits_until_its_oldest_record_has_waited_enough(desk, sealer, clock: Clock):
    patient = replace(sealer, patience=timedelta(minutes=10))
    desk.redeem("ANT_FOREST", "a", WISH)
    assert patient.seal_due() == 0
    clock.pass_by(timedelta(minutes=10))
    assert patient.seal_due() == 1


def test_a_full_batch_is_sealed_at_once_and_cuts_a_redemption_in_two(desk, sealer, engine):
    patient = replace(sealer, patience=timedelta(days=1))
    desk.redeem("ANT_FOREST", "a", replace(WISH, count=5000))
    assert patient.seal_due() == 1
    assert patient.seal_due() == 0
    assert sealer.seal_due() == 1
    with engine.connect() as connection:
        batches = Flights(connection, "ANT_FOREST").in_state(BatchState.SEALED)
    assert [(batch.first_serial, batch.count) for batch in batches] == [(0, 4096), (4096, 904)]


def test_two_workers_that_seal_the_same_lot_make_one_batch(desk, sealer, engine):
    desk.redeem("ANT_FOREST", "a", WISH)
    with engine.connect() as connection:
        connection.execute(text("UPDATE lots SET sealed = 0 WHERE id = :lot"), {"lot": LOT})
    assert sealer.seal_due() == 1
    with pytest.raises(BatchMoved):
        sealer._seal(LOT, 0, 1)
