"""A flight's ways through the states."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.domain.example import INCLUSION
from treering.domain.batch import BatchId, BatchState
from treering.domain.fees import Fees
from treering.domain.flight import Attempt, Bid, Flight, Nonce
from treering.domain.keccak import keccak
from treering.domain.record import lot_id, tree_id

NOW = datetime(2026, 11, 22, tzinfo=UTC)
BID = Bid(
    nonce=Nonce(3),
    number=1,
    is_empty=False,
    digest=b"\1" * 32,
    fees=Fees(1, 2),
    after_block=7,
    signed_at=NOW,
)
SEALED = Flight(
    batch=BatchId(1),
    state=BatchState.SEALED,
    lot=lot_id(1, 277),
    first_serial=9,
    count=5,
    root=b"\2" * 32,
)
SIGNED = replace(SEALED.signed(Nonce(3)), bid=BID)
MINED = SIGNED.mined(INCLUSION)
FINAL = MINED.final(INCLUSION)
ELSEWHERE = replace(INCLUSION, block_number=1240, block_hash=b"\xb2" * 32)


def test_it_goes_from_sealed_to_signed_to_mined_to_final():
    assert (SIGNED.state, SIGNED.nonce) == (BatchState.SIGNED, 3)
    assert (MINED.state, MINED.inclusion) == (BatchState.MINED, INCLUSION)
    assert (FINAL.state, FINAL.inclusion) == (BatchState.FINAL, INCLUSION)
    assert SEALED.first_tree == tree_id(SEALED.lot, 9)


def test_the_block_that_is_final_counts_though_another_held_it_first():
    assert MINED.final(ELSEWHERE).inclusion == ELSEWHERE


def test_a_vanished_block_leaves_the_same_attempt_to_be_sent_again():
    assert MINED.vanished() == SIGNED


@pytest.mark.parametrize("flight", [SIGNED, MINED, FINAL, SIGNED.blocked("why")])
def test_a_dropped_flight_is_signed_anew(flight):
    assert flight.dropped() == SEALED


def test_what_waits_says_why_and_holds_no_nonce():
    blocked = SIGNED.blocked("CapExceeded()")
    assert (blocked.state, blocked.reason) == (BatchState.BLOCKED, "CapExceeded()")
    assert (blocked.nonce, blocked.bid) == (None, None)


@pytest.mark.parametrize("flight", [SIGNED, MINED, FINAL, SIGNED.blocked("why")])
def test_no_step_changes_what_was_sealed(flight):
    for name in ("batch", "lot", "first_serial", "count", "root"):
        assert getattr(flight, name) == getattr(SEALED, name)


def test_an_attempts_digest_is_its_transactions_hash():
    attempt = Attempt(
        nonce=Nonce(3),
        number=1,
        batch=None,
        raw=b"raw",
        fees=Fees(1, 2),
        after_block=7,
        signed_at=NOW,
    )
    assert attempt.digest == keccak(b"raw")
