"""Exchanges in SQL: one a holder and year, each record in one exchange at most."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, select, update
from sqlalchemy.dialects.postgresql import insert

from treering.domain.holder import HolderId
from treering.domain.record import TreeId
from treering.store.schema import exchange_trees, exchanges
from treering.store.vault import Vault

_PURPOSE = "exchange salt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """APPLIED is ours alone, ISSUED is in the registry's log, CLAIMED is on the chain too."""

    id: UUID
    holder: HolderId
    year: int
    state: str
    trees: tuple[TreeId, ...]
    salt: bytes = field(repr=False)
    number: str | None = None
    commitment: bytes | None = None


class Exchanges:
    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def of(self, holder: HolderId, year: int) -> Exchange | None:
        query = select(exchanges).where(exchanges.c.holder == holder, exchanges.c.year == year)
        row = self._connection.execute(query).one_or_none()
        return self._exchange(row) if row else None

    def claimed_ones(self) -> list[Exchange]:
        """All exchanges that are on the chain, by our books."""
        query = select(exchanges).where(exchanges.c.state == "claimed")
        return [self._exchange(row) for row in self._connection.execute(query)]

    def used(self, trees: tuple[TreeId, ...]) -> set[TreeId]:
        """Which of these records are in an exchange already."""
        query = select(exchange_trees.c.tree).where(
            exchange_trees.c.tree.in_([_bytes(tree) for tree in trees])
        )
        return {TreeId(int.from_bytes(row.tree, "big")) for row in self._connection.execute(query)}

    def add(self, exchange: Exchange, now: datetime) -> None:
        """IntegrityError if the holder has one for this year, or a record is in another."""
        self._connection.execute(
            insert(exchanges).values(
                id=exchange.id,
                holder=exchange.holder,
                year=exchange.year,
                state=exchange.state,
                trees=[_bytes(tree) for tree in exchange.trees],
                sealed_salt=self._vault.seal(exchange.salt, _PURPOSE),
                applied_at=now,
            )
        )
        self._connection.execute(
            insert(exchange_trees),
            [{"tree": _bytes(tree), "exchange": exchange.id} for tree in exchange.trees],
        )

    def issued(self, exchange: Exchange, number: str, commitment: bytes) -> None:
        self._move(exchange, state="issued", number=number, commitment=commitment)

    def claimed(self, exchange: Exchange) -> None:
        self._move(exchange, state="claimed")

    def _move(self, exchange: Exchange, **values: object) -> None:
        """From the state that it was read in; a move made meanwhile by another stands."""
        self._connection.execute(
            update(exchanges)
            .where(exchanges.c.id == exchange.id, exchanges.c.state == exchange.state)
            .values(values)
        )

    def _exchange(self, row: Row[tuple[object, ...]]) -> Exchange:
        return Exchange(
            id=row.id,
            holder=row.holder,
            year=row.year,
            state=row.state,
            trees=tuple(TreeId(int.from_bytes(tree, "big")) for tree in row.trees),
            # of a holder who withdrew there is none
            salt=self._vault.open(row.sealed_salt, _PURPOSE) if row.sealed_salt else b"",
            number=row.number,
            commitment=row.commitment,
        )


def _bytes(tree: TreeId) -> bytes:
    return tree.to_bytes(12, "big")
