"""Row-level security: a programme's transaction sees its own rows, even by a raw SELECT."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from treering.domain.role import Role
from treering.store import api_keys, tenancy
from treering.store.holders import Holders, lookups
from treering.store.tables import metadata
from treering.store.vault import Vault

NOW = datetime(2026, 4, 22, tzinfo=UTC)
VAULT = Vault(bytes(32))
PROGRAMMES = {"ANT_FOREST": 1, "OCEAN_BUDDY": 2}
OWN = {
    "redemptions",
    "redemption_keys",
    "former_ids",
    "name_corrections",
    "batches",
    "loads",
    "load_cells",
    "api_keys",
    "holders",
    "exchanges",
    "hidden_names",
    "guardians",
    "erasures",
}
# What a search of overseers reads beside: a programme's transaction sees no row of them.
OVERSEEN = {"record_events", "lot_parties", "evidence", "inspection_sheets", "sites"}
PUBLIC = {"lots", "species", "provinces", "parties"}
ROWS = """
    INSERT INTO programmes VALUES (:code, :number, '', '', '', '', '');
    INSERT INTO lots (id, slug, programme, species, province, implementer, site, site_en, site_zh,
                      unit, year, standing, note, capacity)
    VALUES (:lot, :code, :code, 's', 'p', 'i', '', '', '', 1, 2019, '', '', 9);
    INSERT INTO redemptions VALUES (:lot, 0, :holder, now(), now(), 1, 1, :code, '');
    INSERT INTO redemption_keys VALUES (gen_random_uuid(), '', :lot, 0);
    INSERT INTO former_ids VALUES (gen_random_uuid(), :lot, 0);
    INSERT INTO name_corrections VALUES (:lot, 0, 1, now());
    INSERT INTO batches (programme, lot, first_serial, count, state, holders, root, sealed_at)
    VALUES (:code, :lot, 0, 1, 'sealed', decode(repeat('00', 20), 'hex'),
            decode(repeat('00', 32), 'hex'), now());
    INSERT INTO loads (programme, key) VALUES (:code, 'k');
    INSERT INTO load_cells SELECT id, 0, '' FROM loads WHERE programme = :code;
    INSERT INTO hidden_names VALUES (:holder, :number, now());
    INSERT INTO guardians VALUES (:holder, true, decode(repeat('00', 32), 'hex'), now());
    INSERT INTO erasures VALUES (:holder, now(), now(), 'k');
    INSERT INTO exchanges (id, holder, year, state, trees, sealed_salt, applied_at, adcode)
    VALUES (gen_random_uuid(), :holder, 2019, 'applied', '{}', '', now(), '110000');
    INSERT INTO record_events VALUES (:number, 0, :lot, 0, 1, '\x01', now());
    INSERT INTO lot_parties VALUES (:lot, 'FUNDER', 'i', NULL, 'reported', '');
    INSERT INTO evidence (hash, received, lot, kind, media_type, size, caption_en, caption_zh,
                          standing, source, added_at, checked_at)
    VALUES (:digest, :digest, :lot, 'PHOTO', 'image/png', 1, '', '', 'reported', '',
            now(), now());
    INSERT INTO inspection_sheets VALUES (:digest, :lot, 2, '{}', now());
    INSERT INTO sites VALUES (:code, :code, 'p', NULL, 'ARID', '{}', 0, 0, 1, 1, 1, NULL,
                              'reported', '', now())
"""


@pytest.fixture
def books(engine: Engine) -> Engine:
    """One row a table for each of two programmes."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO species VALUES ('s', '', '', '', 1, 1, '')"))
        connection.execute(text("INSERT INTO provinces VALUES ('p', '', '')"))
        connection.execute(text("INSERT INTO parties VALUES ('i', '', '', '')"))
        for code, number in PROGRAMMES.items():
            (holder,) = Holders(connection, VAULT).known(code, ["user-1"]).values()
            given = {"code": code, "number": number, "lot": number << 32, "holder": holder}
            given["digest"] = sha256(code.encode()).digest()
            for statement in ROWS.split(";"):
                used = {name: given[name] for name in given if f":{name}" in statement}
                connection.execute(text(statement), used)
            api_keys.add(connection, code, NOW, Role.PROGRAMME, programme=code)
    return engine


def counts(connection: Connection, tables: set[str]) -> dict[str, int]:
    found = {}
    for table in tables:
        found[table] = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
    return found


@pytest.mark.parametrize("code", PROGRAMMES)
def test_it_sees_its_own_row_of_each_table_and_no_other(books: Engine, code: str):
    with books.begin() as connection:
        assert counts(connection, OWN) == dict.fromkeys(OWN, 2)
        tenancy.put_on(connection, code, PROGRAMMES[code], lookups(VAULT, code)("user-1"))
        assert counts(connection, OWN) == dict.fromkeys(OWN, 1)
        found = connection.execute(text("SELECT masked_name FROM redemptions")).scalars()
        assert list(found) == [code]
        assert counts(connection, OVERSEEN) == dict.fromkeys(OVERSEEN, 0)


def test_a_holder_whom_it_does_not_name_is_not_seen_even_if_he_is_its_own(books: Engine):
    other = lookups(VAULT, "OCEAN_BUDDY")("user-1")
    for lookup in ("", lookups(VAULT, "ANT_FOREST")("user-2")):
        with books.begin() as connection:
            tenancy.put_on(connection, "ANT_FOREST", 1, lookup)
            assert counts(connection, {"holders", "guardians", "erasures"}) == dict.fromkeys(
                ("holders", "guardians", "erasures"), 0
            )
    assert other != lookups(VAULT, "ANT_FOREST")("user-1")


@pytest.mark.parametrize("code", PROGRAMMES)
def test_an_overseer_sees_redemptions_of_his_provinces_and_nothing_of_others(books, code: str):
    add = "INSERT INTO provinces VALUES (:code, '', '')"
    move = "UPDATE lots SET province = :code WHERE programme = :code"
    move_site = "UPDATE sites SET province = :code WHERE programme = :code"
    seen = {"redemptions": 1, "former_ids": 1, "hidden_names": 2, "holders": 0, "api_keys": 0}
    seen |= {"batches": 1} | dict.fromkeys(OVERSEEN, 1)
    with books.begin() as connection:
        for each in PROGRAMMES:
            for statement in (add, move, move_site):
                connection.execute(text(statement), {"code": each})
        tenancy.put_on_overseer(connection, [code, "620000", "ANT_FOREST,OCEAN_BUDDY"])
        assert counts(connection, set(seen)) == seen
        found = connection.execute(text("SELECT masked_name FROM redemptions")).scalars()
        assert list(found) == [code]


@pytest.mark.parametrize("provinces", [[], ["620000"], [""]])
def test_an_overseer_of_no_province_or_another_sees_no_redemption(books, provinces):
    with books.begin() as connection:
        tenancy.put_on_overseer(connection, provinces)
        closed = {"redemptions", "former_ids", "batches"} | OVERSEEN
        assert counts(connection, closed) == dict.fromkeys(closed, 0)


def test_every_table_without_a_rule_is_closed_to_it(books: Engine):
    for table in sorted(set(metadata.tables) - OWN - OVERSEEN - PUBLIC):
        with books.connect() as connection:
            tenancy.put_on(connection, "ANT_FOREST", 1)
            with pytest.raises(DBAPIError, match="permission denied"):
                connection.execute(text(f"SELECT * FROM {table}"))


@pytest.mark.parametrize("table", sorted(OWN | OVERSEEN))
def test_it_changes_nothing(books: Engine, table: str):
    with books.connect() as connection:
        tenancy.put_on(connection, "ANT_FOREST", 1)
        with pytest.raises(DBAPIError, match="permission denied"):
            connection.execute(text(f"DELETE FROM {table}"))


def test_nobody_said_to_ask_sees_nothing(books: Engine):
    with books.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {tenancy.ROLE}"))
        assert counts(connection, OWN) == dict.fromkeys(OWN, 0)


def test_it_ends_with_the_transaction(books: Engine):
    with books.connect() as connection:
        tenancy.put_on(connection, "ANT_FOREST", 1)
        connection.rollback()
        assert counts(connection, OWN) == dict.fromkeys(OWN, 2)
