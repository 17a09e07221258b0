"""The example programme says what was published, how far it can be trusted, and no more."""

import csv
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.store.rows import ROWS
from treering.domain import wishes
from treering.domain.lot import Lot, Standing, Unit
from treering.domain.record import lot_id
from treering.store import example
from treering.store.lots import Lots
from treering.store.tables import books as schema
from treering.store.tables import metadata

FOLDER = Path(str(files("treering"))) / "example"


@pytest.fixture
def lots(empty_engine: Engine) -> dict[str, Lot]:
    """The lots as they come out of the database, by name."""
    metadata.create_all(empty_engine)
    with empty_engine.begin() as connection:
        for row in example.programmes():
            connection.execute(schema.programmes.insert().values(ROWS["programmes"] | row))
        example.load(connection)
        example.load(connection)  # loaded again: nothing doubled
        return {lot.slug: lot for lot in Lots(connection).all()}


def test_the_example_has_all_of_its_rows(lots):
    assert {
        path.stem: sum(1 for _ in example.rows(path.stem)) for path in FOLDER.glob("*.csv")
    } == {
        "conversion_rules": 27,
        "fulfilment_forms": 8,
        "exhibits": 2,
        "lots": 9,
        "partners": 20,
        "programmes": 3,
        "provinces": 33,
        "species": 21,
        "survival_rules": 12,
    }
    assert len(lots) == 9


def test_no_row_has_more_or_fewer_fields_than_its_file_has_columns():
    for path in FOLDER.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            lengths = Counter(len(row) for row in csv.reader(file))
        assert len(lengths) == 1, path.name


def test_forest_277_is_the_one_that_was_reported(lots):
    forest = lots["ANT_FOREST-277"]
    assert forest.id == lot_id(1, 277)
    assert (forest.species.en, forest.year, forest.capacity) == ("Saxaul", 2019, 150_000)
    assert (forest.unit, forest.adcode, forest.standing) == (
        Unit.TREE,
        "150000",
        Standing.REPORTED,
    )
    assert forest.area_m2 == pytest.approx(3334 * 10_000 / 15, abs=1)  # mu to square metres
    assert (forest.inspector, forest.inspected_on) == ("UNNAMED_2019", "2019-12")


def test_the_pines_of_fengning_are_one_lot_of_two_forests(lots):
    pines = lots["ANT_FOREST-805"]
    assert (pines.species.code, pines.capacity, pines.year) == ("SCOTSPINE", 1_600_000, 2024)
    assert pines.area_m2 == 15_000 * 10_000 // 15


def test_protected_area_is_square_metres_and_seagrass_is_plants_and_neither_is_trees(lots):
    guanba, weihai = lots["ANT_FOREST-100001"], lots["ANT_FOREST-100002"]
    assert (guanba.unit, guanba.capacity, guanba.area_m2) == (Unit.M2, 18_230_000, 18_230_000)
    assert weihai.unit is Unit.PLANT
    trees = sum(lot.capacity for lot in lots.values() if lot.unit is Unit.TREE)
    assert trees == 150_000 + 200_000 + 60_000 + 1_600_000 + 10_000 + 1_000_000


def test_each_published_row_keeps_its_standing(lots):
    written = {f"{row['programme']}-{row['number']}": row for row in example.rows("lots")}
    assert set(written) == set(lots)
    for slug, row in written.items():
        assert lots[slug].standing == Standing(row["standing"])
        assert lots[slug].note == row["note"]
    reported = {slug for slug, lot in lots.items() if lot.standing is Standing.REPORTED}
    assert reported == {"ANT_FOREST-277", "ANT_FOREST-805", "ANT_FOREST-100001"}


def test_species_keep_theirs_too(lots):
    written = {row["code"]: row for row in example.rows("species")}
    for lot in lots.values():
        row = written[lot.species.code]
        assert lot.species.standing == Standing(row["standing"])
        assert lot.species.energy_grams == int(row["energy_grams"])
        assert lot.species.unit == lot.unit  # a lot is counted as its species is


def test_what_is_a_placeholder_says_what_is_not_known(lots):
    for lot in lots.values():
        if lot.standing is Standing.PLACEHOLDER:
            assert lot.note, lot.slug


def test_no_lot_says_it_was_inspected_without_a_month_or_an_inspector(lots):
    inspected = [lot for lot in lots.values() if lot.inspected_on]
    assert [lot.slug for lot in inspected] == ["ANT_FOREST-277"]
    assert all(lot.inspector for lot in inspected)


def test_whatever_the_demo_redeems_is_a_wish_for_a_lot_that_is_there(lots):
    for row in example.redemptions():
        assert row["wish"]["lot"] in lots
        assert row["wish"]["lot"].startswith(row["programme"])
    campaign = [wishes.read(line).wish() for line in example.campaign().splitlines()]
    assert {wish.lot for wish in campaign} <= set(lots)
    keys = [row["key"] for row in example.redemptions()]
    assert len(set(keys)) == len(keys)
