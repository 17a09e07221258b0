"""Programmes and their API keys in SQL. Only the hash of a key is kept."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from treering.domain.role import Role
from treering.store import api_keys
from treering.store.tables.books import programmes
from treering.store.tables.books import provinces as province_table
from treering.store.vault import Vault

_PURPOSE = "number key"


@dataclass(frozen=True, slots=True)
class Tenant:
    """A programme's row. `number_key` is the 32-byte key of its certificate numbers."""

    code: str
    number: int
    name: str
    number_key: bytes = field(repr=False)


def numbers(connection: Connection) -> dict[str, int]:
    """Every programme's number by its code; opens no secret."""
    query = select(programmes.c.code, programmes.c.number).order_by(programmes.c.number)
    return {row.code: row.number for row in connection.execute(query)}


def provinces(connection: Connection) -> set[str]:
    """The adcodes of all."""
    return set(connection.execute(select(province_table.c.adcode)).scalars())


def add_key(connection: Connection, programme: str, api_key: str, now: datetime) -> None:
    api_keys.add(connection, api_key, now, Role.PROGRAMME, programme=programme)


class Programmes:
    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def add(self, row: dict[str, str | int], number_key: bytes) -> None:
        """A new tenant; one that exists keeps its number key."""
        sealed = self._vault.seal(number_key, _PURPOSE)
        self._connection.execute(
            insert(programmes).values(**row, sealed_number_key=sealed).on_conflict_do_nothing()
        )

    def all(self) -> list[Tenant]:
        query = select(programmes).order_by(programmes.c.number)
        return [self._tenant(row) for row in self._connection.execute(query)]

    def _tenant(self, row: Row[tuple[object, ...]]) -> Tenant:
        key = self._vault.open(row.sealed_number_key, _PURPOSE)
        return Tenant(row.code, row.number, row.name, key)
