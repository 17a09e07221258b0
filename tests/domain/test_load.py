"""Lines of a load in cells, and the twelve bytes that are kept of each."""

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.example import LOT
from treering.domain.load import CELL, WIPED, Cell, Granted, Tally, by_cell
from treering.domain.record import tree_id
from treering.domain.redemption import redemption_id
from treering.errors import RequestMalformed

REFUSED = RequestMalformed("oops")


@given(st.sets(st.integers(1, 4 * CELL), max_size=40), st.sets(st.integers(1, 4)))
def test_every_line_comes_in_its_cell_and_in_order_whatever_lines_are_blank(some, cells):
    lines = sorted(some | {cell * CELL for cell in cells})
    found = list(by_cell((line, REFUSED) for line in lines))
    assert [line for _, entries in found for line, _ in entries] == lines
    assert [cell for cell, _ in found] == sorted({(line - 1) // CELL for line in lines})
    assert all((line - 1) // CELL == cell for cell, entries in found for line, _ in entries)


def test_a_cell_is_handed_on_with_its_last_line_and_not_with_the_next_cells_first():
    asked = []

    def entries():
        for line in range(1, CELL + 2):
            asked.append(line)
            yield line, REFUSED

    next(by_cell(entries()))
    assert asked[-1] == CELL


@given(
    st.dictionaries(
        st.integers(1, CELL),
        st.tuples(st.binary(min_size=8, max_size=8), st.integers(0, 2**32 - 2)),
    )
)
def test_a_cell_remembers_what_was_granted_and_nothing_of_other_lines(granted):
    cell = Cell()
    for line, (imprint, serial) in granted.items():
        cell.grant(line + CELL, imprint, serial)
    kept = Cell(bytes(cell))
    assert len(bytes(kept)) == 12 * max(granted, default=0)
    for line in [*granted, 1, 2, CELL]:
        assert kept.earlier(line) == granted.get(line)


@given(
    st.dictionaries(st.integers(1, 40), st.binary(min_size=8, max_size=8), max_size=40),
    st.lists(st.integers(1, 60), unique=True),
    st.booleans(),
)
def test_lines_that_are_granted_at_once_are_kept_as_if_one_by_one(before, some, without_gaps):
    lines = list(range(min(some, default=1), max(some, default=0) + 1))
    lines = lines if without_gaps else sorted(some)
    one_by_one, at_once = Cell(), Cell()
    for line, imprint in before.items():
        one_by_one.grant(line, imprint, line)
        at_once.grant(line, imprint, line)
    granted = [(line.to_bytes(8), line + 7) for line in lines]
    for line, (imprint, serial) in zip(lines, granted, strict=True):
        one_by_one.grant(line, imprint, serial)
    at_once.grant_all(lines, granted)
    assert bytes(at_once) == bytes(one_by_one)
    assert bool(at_once) == bool(before or lines)


def test_a_granted_line_has_the_id_of_its_first_record_and_as_many_records_as_units():
    granted = Granted(LOT.id, 7, 2)
    assert granted.trees() == [tree_id(LOT.id, 7), tree_id(LOT.id, 8)]
    assert granted.id == redemption_id(tree_id(LOT.id, 7))


def test_a_tally_counts_what_was_told_again_among_the_granted():
    tally = Tally()
    tally.add([(1, Granted(LOT.id, 0, 5)), (2, REFUSED)])
    tally.add([(4, Granted(LOT.id, 5, 1, replayed=True))])
    assert tally == Tally(line=4, granted=2, replayed=1, refused=1)


def test_an_imprint_is_taken_out_by_its_serial_and_the_serial_stays():
    cell = Cell()
    for line, serial in ((1, 0), (3, 5), (4, 6)):
        cell.grant(line, b"imprint!", serial)
    assert cell.wipe({5})
    assert not cell.wipe({5, 99})
    assert [cell.earlier(line) for line in (1, 2, 3)] == [(b"imprint!", 0), None, (WIPED, 5)]
