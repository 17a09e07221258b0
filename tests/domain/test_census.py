"""What of a census may be told: nobody can compute a group that was withheld."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.census import FEWEST, Cell, Line, exact, public, withheld

CELLS = st.lists(
    st.builds(
        Cell,
        year=st.sampled_from([2023, 2024]),
        province=st.sampled_from(["110000", "150000", "440000", "620000"]),
        form=st.sampled_from(["F1", "F2", "F6"]),
        count=st.integers(0, 30),
    ),
    max_size=20,
    unique_by=lambda cell: (cell.year, cell.province, cell.form),
)


def told(cells: list[Cell]) -> dict[tuple[int, str | None, str | None], int | None]:
    return {(line.year, line.province, line.form): line.count for line in public(cells)}


@given(CELLS)
def test_no_small_group_is_told(cells):
    assert all(count is None or count >= FEWEST for count in told(cells).values())


@given(CELLS)
def test_what_is_told_is_true_to_the_step(cells):
    truth = {(line.year, line.province, line.form): line.count for line in exact(cells)}
    for key, count in told(cells).items():
        assert count is None or (count % FEWEST == 0 and count <= truth[key] < count + FEWEST)


@given(CELLS, CELLS)
def test_between_two_dates_no_number_moves_by_fewer_than_a_group_may_have(before, after):
    earlier, later = told(before), told(after)
    for key in earlier.keys() & later.keys():
        if None not in (earlier[key], later[key]):
            assert earlier[key] == later[key] or abs(later[key] - earlier[key]) >= FEWEST


def test_one_more_person_is_not_told():
    before = [Cell(2024, "150000", "F1", 31), Cell(2024, "440000", "F6", 20)]
    after = [Cell(2024, "150000", "F1", 32), Cell(2024, "440000", "F6", 20)]
    assert told(before) == told(after)
    assert told(before)[2024, None, None] == 50


@given(CELLS)
def test_what_a_sum_withholds_is_at_least_two_groups_and_no_small_sum(cells):
    """So many different sets of groups fit what is told that none is given away."""
    truth = {(line.year, line.province, line.form): line.count for line in exact(cells)}
    lines = told(cells)
    for (year, province, form), count in lines.items():
        if form is not None or count is None:
            continue
        parts = [
            key
            for key in lines
            if key[0] == year
            and (
                (province is None and key[1] is not None and key[2] is None)
                or (province is not None and key[1] == province and key[2] is not None)
            )
        ]
        hidden = [key for key in parts if lines[key] is None]
        if hidden:
            assert len(hidden) >= 2
            assert sum(truth[key] for key in hidden) >= FEWEST


@given(CELLS)
def test_of_a_group_that_is_withheld_no_part_is_told(cells):
    lines = told(cells)
    for (year, province, form), count in lines.items():
        if form is None and count is None:
            assert not [
                key
                for key in lines
                if key[0] == year and key[2] is not None and province in (None, key[1])
            ]


@pytest.mark.parametrize(
    ("parts", "hidden"),
    [
        ({"a": 50, "b": 20}, set()),
        ({"a": 50, "b": 3}, {"a", "b"}),
        ({"a": 50, "b": 3, "c": 20}, {"b", "c"}),
        ({"a": 50, "b": 3, "c": 4, "d": 20}, {"b", "c", "d"}),
        ({"a": 50, "b": 9, "c": 9}, {"b", "c"}),
        ({"a": 10}, set()),
    ],
)
def test_beside_a_small_group_as_much_is_withheld_as_it_takes(parts, hidden):
    assert withheld(parts) == hidden


def test_no_withheld_group_can_be_computed_from_its_sum():
    """By trying all that could be: each withheld group has several possible values."""
    parts = {"a": 3, "b": 12, "c": 30}
    hidden = sorted(withheld(parts))
    total = sum(parts[name] for name in hidden)
    possible = [
        values for values in product(range(1, total), repeat=len(hidden)) if sum(values) == total
    ]
    for at, _ in enumerate(hidden):
        assert len({values[at] for values in possible}) > 1


def test_a_year_of_few_is_withheld_whole():
    assert list(public([Cell(2024, "150000", "F1", 4), Cell(2024, "150000", "F2", 5)])) == [
        Line(2024, None, None, None)
    ]


def test_cells_of_none_are_no_groups():
    assert list(public([Cell(2024, "150000", "F1", 0)])) == []
