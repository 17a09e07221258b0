"""A sample is fair, reproducible, and of records that exist."""

from collections import Counter

import pytest

from treering.domain.keccak import keccak
from treering.domain.record import LotId, TreeId
from treering.domain.recount import sample
from treering.domain.recount.sample import positions, trees_at

SEED = keccak(b"a block")


def test_the_same_block_draws_the_same_records_and_another_draws_others():
    assert positions(SEED, 20, 1000) == positions(SEED, 20, 1000)
    assert positions(SEED, 20, 1000) != positions(keccak(b"another"), 20, 1000)


def test_the_draw_is_the_one_that_the_rule_says():
    assert positions(SEED, 1, 1000)[0] == (int.from_bytes(keccak(SEED + bytes(8)), "big") % 1000)


def test_no_record_is_drawn_twice_and_all_can_be_drawn():
    assert sorted(positions(SEED, 7, 7)) == list(range(7))


def test_what_would_make_some_records_likelier_is_passed_over(monkeypatch):
    # A space of 10 numbers for 7 records: 7, 8 and 9 would draw 0, 1 and 2 a second time.
    monkeypatch.setattr(sample, "_SPACE", 10)
    numbers = iter([9, 8, 7, 3])
    monkeypatch.setattr(sample, "keccak", lambda _: next(numbers).to_bytes(1, "big"))

    assert positions(SEED, 1, 7) == [3]


def test_every_record_is_as_likely():
    seen = Counter(
        n for i in range(3000) for n in positions(keccak(bytes([i % 256, i >> 8])), 2, 6)
    )

    assert set(seen) == set(range(6))
    assert max(seen.values()) - min(seen.values()) < 200  # six standard deviations of 1000


@pytest.mark.parametrize(("size", "population"), [(0, 5), (6, 5), (1, 0), (-1, 5)])
def test_a_sample_that_cannot_be_is_refused(size, population):
    with pytest.raises(ValueError, match="no sample"):
        positions(SEED, size, population)


def test_positions_lead_to_lots_by_their_ids_and_to_serials():
    minted = {LotId(9): 2, LotId(3): 3, LotId(5): 0}

    assert trees_at([0, 2, 3, 4], minted) == [
        TreeId(3 << 32),
        TreeId(3 << 32 | 2),
        TreeId(9 << 32),
        TreeId(9 << 32 | 1),
    ]
