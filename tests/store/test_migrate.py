"""The migrated database is the one that `schema.py` describes, to the last constraint."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text

from treering.store.migrate import is_current, migrate
from treering.store.tables import metadata

# What alembic does not compare, as PostgreSQL itself writes it down.
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
_INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
_COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity,
           numeric_precision, numeric_scale
    FROM information_schema.columns WHERE table_schema = 'public'
"""


def facts(engine: Engine, query: str) -> set[tuple]:
    with engine.connect() as connection:
        rows = {tuple(row) for row in connection.execute(text(query))}
    return {row for row in rows if "alembic_version" not in row[0]}


def snapshot(engine: Engine) -> dict[str, set[tuple]]:
    return {query: facts(engine, query) for query in (_CONSTRAINTS, _INDEXES, _COLUMNS)}


@pytest.fixture
def migrated(empty_engine: Engine) -> Engine:
    migrate(empty_engine)
    return empty_engine


def test_alembic_finds_no_difference_between_the_migrated_tables_and_ours(migrated: Engine):
    with migrated.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_checks_keys_partial_indexes_and_columns_are_the_same_both_ways(migrated: Engine):
    by_migration = snapshot(migrated)
    with migrated.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    metadata.create_all(migrated)
    by_tables = snapshot(migrated)
    for query, rows in by_migration.items():
        assert rows - by_tables[query] == set()
        assert by_tables[query] - rows == set()
    assert any(" WHERE " in row[2] for row in by_migration[_INDEXES])  # partial ones are seen
    assert any(row[2] == "c" for row in by_migration[_CONSTRAINTS])  # and checks


def test_migrating_twice_is_harmless(migrated: Engine):
    before = snapshot(migrated)
    migrate(migrated)
    assert snapshot(migrated) == before


def test_many_that_migrate_at_once_wait_for_each_other(database_url: str, empty_engine: Engine):
    engines = [create_engine(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(migrate, engines))
    for engine in engines:
        engine.dispose()
    assert is_current(empty_engine)
    assert set(metadata.tables) < set(inspect(empty_engine).get_table_names())


def test_a_database_is_current_only_once_it_was_migrated(empty_engine: Engine):
    assert not is_current(empty_engine)
    migrate(empty_engine)
    assert is_current(empty_engine)


def test_a_database_of_a_newer_program_is_not_current(migrated: Engine):
    with migrated.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert not is_current(migrated)


def test_a_migration_that_fails_leaves_nothing_half_made(empty_engine: Engine):
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE redemptions (something_else int)"))
    with pytest.raises(Exception, match="already exists"):
        migrate(empty_engine)
    assert inspect(empty_engine).get_table_names() == ["redemptions"]
    assert not is_current(empty_engine)
