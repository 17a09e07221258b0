"""Parties by the address that they sign with."""

from sqlalchemy import Connection, select, update

from treering.store.tables.books import parties


def name_address(connection: Connection, code: str, address: str) -> None:
    """Note which address a party signs with."""
    connection.execute(
        update(parties).where(parties.c.code == code).values(address=address.lower())
    )


def by_address(connection: Connection) -> dict[str, tuple[str, str]]:
    """English and Chinese names of the parties that have an address, by it."""
    query = select(parties.c.address, parties.c.en, parties.c.zh).where(
        parties.c.address.is_not(None)
    )
    return {row.address: (row.en, row.zh) for row in connection.execute(query)}


def is_known(connection: Connection, code: str) -> bool:
    query = select(parties.c.code).where(parties.c.code == code)
    return connection.execute(query).one_or_none() is not None
