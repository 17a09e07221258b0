"""F72: a byte that rots in a stored row is named by the next scrub."""

import pytest
from sqlalchemy import Engine, insert, text

from treering.flow.overseeing.scrub import Scrub
from treering.store.tables.mirror import mirror_trees
from treering.store.vault import Vault

ROTTEN = "set_byte({0}, 5, get_byte({0}, 5) # 1)"  # one bit of one byte


@pytest.fixture
def scrub(engine: Engine, vault: Vault, numbers: list[str]) -> Scrub:
    """Over books with three final certificates."""
    return Scrub(engine, vault)


def rot(engine: Engine, table: str, column: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {table} SET {column} = {ROTTEN.format(column)}"))


def found(scrub: Scrub) -> list[str]:
    return [f"{damage.name}: {damage.what}" for damage in scrub.damages()]


def test_books_that_are_whole_are_said_to_be(scrub: Scrub):
    assert found(scrub) == []


@pytest.mark.parametrize(
    ("table", "column", "said"),
    [
        ("batches", "root", "its root is not that of its records"),
        ("batches", "holders", "its root is not that of its records"),
        ("holders", "sealed", "the secret does not open"),
    ],
)
def test_f72_a_byte_that_rotted_is_named(scrub: Scrub, engine: Engine, table, column, said):
    rot(engine, table, column)
    assert said in found(scrub)[0]


def test_signed_bytes_that_have_another_hash_than_theirs_are_named(scrub: Scrub, engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE transactions SET raw = digest"))
    (line,) = found(scrub)
    assert line.startswith("transaction of 0x")
    assert line.endswith("nonce 0, attempt 1: its bytes have another hash")


def test_records_that_are_not_those_of_their_redemptions_are_named(scrub: Scrub, engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE redemptions SET count = count - 1"))
    (line,) = found(scrub)
    assert line.endswith("serials 0 to 2): its records are not those of its redemptions")


def test_a_tree_of_the_mirror_whose_certificate_is_gone_is_named(scrub: Scrub, engine: Engine):
    row = {"feed": "example/log", "tree": 7, "certificate": bytes(32), "index": 0, "used": True}
    with engine.begin() as connection:
        connection.execute(insert(mirror_trees).values(row))
    (line,) = found(scrub)
    assert line == (
        "tree 000000000000000000000007 in the mirror of example/log: "
        "its certificate is not in the mirror"
    )


def test_a_table_that_cannot_be_read_is_named_and_nothing_is_said_of_rows(
    scrub: Scrub, engine: Engine
):
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE transactions"))
    (line,) = found(scrub)
    assert line.startswith("table transactions: ")


def test_many_batches_are_read_a_page_at_a_time(scrub: Scrub, engine: Engine, monkeypatch):
    monkeypatch.setattr("treering.store.scrub._AT_ONCE", 1)
    assert found(scrub) == []
