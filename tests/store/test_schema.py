"""The database itself refuses what the code might let through."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, text, update
from sqlalchemy.exc import IntegrityError

from tests.store.rows import NOW, ROWS, WORLD
from treering.store.tables import books as schema
from treering.store.tables import metadata

ANOTHER = UUID(int=9)


@pytest.fixture(scope="module")
def engine(postgres: str) -> Iterator[Engine]:
    """The tables in a schema of their own, so that one database serves all these tests."""
    made = create_engine(postgres, connect_args={"options": "-c search_path=test_schema"})
    with made.begin() as connection:
        connection.execute(text("CREATE SCHEMA test_schema"))
    metadata.create_all(made)
    yield made
    with made.begin() as connection:
        connection.execute(text("DROP SCHEMA test_schema CASCADE"))
    made.dispose()


@pytest.fixture
def world(engine: Engine) -> Iterator[Connection]:
    """A connection on one sound row a table, rolled back afterwards."""
    with engine.connect() as connection:
        for table, row in WORLD:
            connection.execute(insert(table).values(row))
        yield connection
        connection.rollback()


@pytest.mark.parametrize(
    ("table", "change", "constraint"),
    [
        ("lots", {"asked": 101}, "never_oversold"),
        ("lots", {"asked": -1, "sealed": -1}, "never_oversold"),
        ("lots", {"capacity": 9}, "never_oversold"),
        ("lots", {"sealed": 11}, "sealed_of_asked"),
        ("lots", {"sealed": -1}, "sealed_of_asked"),
        ("lots", {"capacity": 2**32}, "ck_lots_capacity"),
        ("lots", {"unit": 0}, "ck_lots_unit"),
        ("lots", {"unit": 4}, "ck_lots_unit"),
        ("lots", {"year": 1980}, "ck_lots_year"),
        ("lots", {"year": 9999}, "ck_lots_year"),
        ("lots", {"species": "OAK"}, "fk_lots_species"),
        ("species", {"energy_grams": 0}, "ck_species_energy"),
        ("species", {"unit": 4}, "ck_species_unit"),
        ("redemptions", {"count": 0}, "ck_redemptions_range"),
        ("redemptions", {"first_serial": -1}, "ck_redemptions_range"),
        ("redemptions", {"holder": 5}, "fk_redemptions_holder"),
        ("redemption_keys", {"first_serial": 1}, "fk_redemption_keys_redemption"),
        ("loads", {"programme": "Q"}, "fk_loads_programme"),
        ("load_cells", {"load": 2}, "fk_load_cells_load"),
        ("load_cells", {"lines": bytes(13)}, "ck_load_cells_lines"),
        ("batches", {"holders": b"\x01" * 99}, "ck_batches_holders"),
        ("batches", {"count": 6}, "ck_batches_holders"),
        ("batches", {"holders": b"", "count": 0}, "ck_batches_holders"),
        ("batches", {"holders": b"\1" * 20 * 6501, "count": 6501}, "ck_batches_holders"),
        ("batches", {"root": b"\x02" * 31}, "ck_batches_root"),
        ("batches", {"state": "minted"}, "ck_batches_state"),
        ("batches", {"nonce": None}, "signed_has_nonce"),
        ("batches", {"minter": None}, "signed_has_nonce"),
        ("transactions", {"nonce": -1}, "ck_transactions_offer"),
        ("transactions", {"attempt": 0}, "ck_transactions_offer"),
        ("transactions", {"tip": 4}, "ck_transactions_offer"),
        ("transactions", {"minter": b"\x09" * 19}, "ck_transactions_lengths"),
        ("transactions", {"digest": b"\x09" * 31}, "ck_transactions_lengths"),
        ("batches", {"state": "mined"}, "mined_has_block"),
        ("batches", {"state": "final"}, "mined_has_block"),
        ("exchanges", {"state": "issued"}, "issued_is_known"),
        ("exchanges", {"state": "claimed"}, "issued_is_known"),
        ("exchanges", {"state": "lost", "commitment": b"\5" * 32}, "ck_exchanges_state"),
        ("exchanges", {"state": "released", "commitment": b"\5" * 32}, "ended_is_told"),
        ("exchanges", {"ended_by": "registry", "ended_at": NOW}, "ended_is_told"),
        ("exchanges", {"ended_by": "nobody"}, "ck_exchanges_ended_by"),
        ("exchanges", {"adcode": "15"}, "ck_exchanges_adcode"),
        ("exchange_trees", {"tree": b"\x03" * 11}, "ck_exchange_trees_tree"),
        ("eligibilities", {"source": "born in 2012"}, "ck_eligibilities_source"),
        ("exchange_decisions", {"rule_hash": b"short"}, "ck_exchange_decisions_rule_hash"),
        ("chain_identity", {"row": 2}, "one_chain"),
        ("api_keys", {"scope": "operator"}, "ck_api_keys_scope"),
        ("api_keys", {"scope": "admin"}, "ck_api_keys_scope"),
        ("api_keys", {"programme": None}, "ck_api_keys_scope"),
        ("alarms", {"times": 0}, "ck_alarms_times"),
        ("alarms", {"first_at": NOW + timedelta(1)}, "ck_alarms_times"),
    ],
)
def test_a_row_that_cannot_be_true_is_refused(world: Connection, table, change, constraint):
    with pytest.raises(IntegrityError, match=constraint):
        world.execute(update(metadata.tables[table]).values(change))


@pytest.mark.parametrize(
    ("table", "change", "constraint"),
    [
        ("programmes", {"code": "Q"}, "uq_programmes_number"),
        ("lots", {"id": 5}, "uq_lots_slug"),
        ("lots", {"slug": "Q-277"}, "pk_lots"),
        ("holders", {"id": 5}, "uq_holders_lookup"),
        ("redemptions", {"count": 1}, "pk_redemptions"),
        ("redemption_keys", {}, "pk_redemption_keys"),
        ("former_ids", {"id": ANOTHER}, "uq_former_ids_lot_first_serial"),
        ("loads", {"id": 5}, "uq_loads_programme_key"),
        ("load_cells", {}, "pk_load_cells"),
        ("batches", {"nonce": 8}, "uq_batches_lot_first_serial"),
        ("batches", {"first_serial": 5}, "uq_batches_nonce"),
        ("exchanges", {"id": ANOTHER}, "uq_exchanges_holder_year"),
        ("exchange_trees", {}, "pk_exchange_trees"),
        ("exchange_keys", {}, "pk_exchange_keys"),
        ("eligibilities", {}, "pk_eligibilities"),
        ("exchange_decisions", {}, "pk_exchange_decisions"),
        ("chain_identity", {"contract": "0x2"}, "uq_chain_identity_row"),
        ("api_keys", {}, "pk_api_keys"),
        ("alarms", {"why": "another reason"}, "pk_alarms"),
    ],
)
def test_what_there_may_be_once_is_refused_the_second_time(
    world: Connection, table, change, constraint
):
    with pytest.raises(IntegrityError, match=constraint):
        world.execute(insert(metadata.tables[table]).values(ROWS[table] | change))


def test_the_nonce_of_a_settled_batch_serves_another_on_a_chain_that_began_anew(world: Connection):
    world.execute(update(schema.batches).values(state="final", block_hash=b"\x04" * 32))
    world.execute(insert(schema.batches).values(ROWS["batches"] | {"first_serial": 5}))


def test_every_required_column_is_required(world: Connection):
    required = {
        f"{table.name}.{column.name}"
        for table, row in WORLD
        for column in table.columns
        if not column.nullable and column.name in row
    }
    for name in sorted(required):
        table, column = name.split(".")
        with pytest.raises(IntegrityError, match="not-null"), world.begin_nested():
            world.execute(update(metadata.tables[table]).values({column: None}))
