"""Offers for a block's space, and what a node says to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.fees import GWEI, Fees
from treering.domain.mempool import Reply, reply_of

WEI = st.integers(min_value=0, max_value=10**15)


@given(base=WEI, tip=WEI, ceiling=WEI)
def test_an_offer_is_never_above_the_ceiling_and_its_tip_never_above_its_cap(base, tip, ceiling):
    fees = Fees.offered(base, tip, ceiling)
    assert fees.tip <= fees.cap <= ceiling
    assert fees.covers(base) == (fees.cap >= base)


def test_an_offer_bears_a_base_fee_that_doubles():
    assert Fees.offered(7 * GWEI, GWEI, 200 * GWEI) == Fees(GWEI, 15 * GWEI)


@given(tip=WEI, more=WEI, base=WEI, ceiling=WEI)
def test_a_raised_offer_is_an_eighth_better_in_both_and_within_the_ceiling(
    tip, more, base, ceiling
):
    fees = Fees(tip, tip + more)
    raised = fees.raised(base, ceiling)
    if raised is not None:
        assert raised.cap * 8 >= fees.cap * 9
        assert raised.tip * 8 >= fees.tip * 9
        assert raised.tip <= raised.cap <= ceiling
    else:
        assert ceiling * 4 < max(fees.cap * 5, (2 * base + tip * 2) * 4) + 8


def test_a_raised_offer_covers_the_base_fee_of_the_moment():
    assert Fees(GWEI, 3 * GWEI).raised(50 * GWEI, 200 * GWEI) == Fees(
        GWEI * 5 // 4, 100 * GWEI + GWEI * 5 // 4
    )


def test_at_the_ceiling_there_is_no_better_offer():
    assert Fees(GWEI, 10 * GWEI).raised(50 * GWEI, 11 * GWEI) is None
    assert Fees(10 * GWEI, 10 * GWEI).raised(GWEI, 11 * GWEI) is None


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        (None, Reply.TAKEN),
        ("already known", Reply.KNOWN),
        ("transaction already imported", Reply.KNOWN),
        ("AlreadyKnown", Reply.KNOWN),
        ("nonce too low: address 0x…, tx: 3 state: 5", Reply.NONCE_USED),
        ("OldNonce", Reply.NONCE_USED),
        ("replacement transaction underpriced", Reply.UNDERPRICED),
        ("max fee per gas less than block base fee", Reply.UNDERPRICED),
        ("Insufficient funds for gas * price + value", Reply.NO_FUNDS),
        ("txpool is full", Reply.REFUSED),
        ("", Reply.REFUSED),
    ],
)
def test_what_nodes_say_is_understood(words, reply):
    assert reply_of(words) is reply
