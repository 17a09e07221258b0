"""Exchanges in SQL: one living a holder and year, each record in one of them at most.

An exchange moves by one conditional UPDATE, so that of two that move it one alone does.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ARRAY, Connection, LargeBinary, Row, delete, func, literal, or_, select
from sqlalchemy import update as updated
from sqlalchemy.dialects.postgresql import insert

from treering.domain.exchange import LIVE, EndedBy, Exchange, ExchangeState
from treering.domain.holder import HolderId
from treering.domain.provenance.search import Told
from treering.domain.record import TreeId
from treering.store.tables.events import record_events
from treering.store.tables.exchanges import exchange_trees, exchanges
from treering.store.tables.mirror import mirror_certificates
from treering.store.vault import Vault

_PURPOSE = "exchange salt"
_UNDER_WAY = ("applied", "issued", "withdrawn")
_LONGEST = timedelta(minutes=10)  # between two tries of what does not come about


class Exchanges:
    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def get(self, exchange: UUID) -> Exchange | None:
        row = self._connection.execute(
            select(exchanges).where(exchanges.c.id == exchange)
        ).one_or_none()
        return self._exchange(row) if row else None

    def of(self, holder: HolderId, year: int) -> Exchange | None:
        """The living one."""
        query = select(exchanges).where(exchanges.c.holder == holder, exchanges.c.year == year)
        row = self._connection.execute(query.where(exchanges.c.state.in_(LIVE))).one_or_none()
        return self._exchange(row) if row else None

    def of_tree(self, tree: TreeId) -> Exchange | None:
        """The last that it was in."""
        holds = exchanges.c.trees.op("@>")(literal([_bytes(tree)], ARRAY(LargeBinary)))
        newest = select(exchanges).where(holds).order_by(exchanges.c.id.desc()).limit(1)
        row = self._connection.execute(newest).one_or_none()
        return self._exchange(row) if row else None

    def claimed_ones(self) -> list[Exchange]:
        """All exchanges that are on the chain, by our books."""
        query = select(exchanges).where(exchanges.c.state == "claimed")
        return [self._exchange(row) for row in self._connection.execute(query)]

    def used(self, trees: Sequence[TreeId]) -> set[TreeId]:
        """Which of these records are in a living exchange already."""
        query = select(exchange_trees.c.tree).where(
            exchange_trees.c.tree.in_([_bytes(tree) for tree in trees])
        )
        return {TreeId(int.from_bytes(row.tree, "big")) for row in self._connection.execute(query)}

    def next_due(self, now: datetime) -> Exchange | None:
        """One that is under way or not settled, and whose time has come; who takes it tries
        again after twice as long as before, so that one that never comes about holds up none."""
        due = (
            select(exchanges.c.id)
            .where(or_(exchanges.c.state.in_(_UNDER_WAY), ~exchanges.c.settled))
            .where(
                exchanges.c.state.in_(LIVE), exchanges.c.due_at <= now, exchanges.c.adcode != ""
            )
            .order_by(exchanges.c.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        wait = func.least(func.power(2, exchanges.c.tries), _LONGEST.total_seconds())
        later = literal(now) + wait * literal(timedelta(seconds=1))
        taken = (
            updated(exchanges)
            .where(exchanges.c.id == due.scalar_subquery())
            .values(tries=func.least(exchanges.c.tries + 1, 30), due_at=later)
            .returning(exchanges)
        )
        row = self._connection.execute(taken).one_or_none()
        return self._exchange(row) if row else None

    def withdrawn_in_the_mirror(self, feed: str) -> list[Exchange]:
        """Those that stand here, and of whose certificates the registry's log says otherwise."""
        query = select(exchanges).join(
            mirror_certificates, mirror_certificates.c.certificate == exchanges.c.commitment
        )
        query = query.where(mirror_certificates.c.feed == feed, ~mirror_certificates.c.active)
        query = query.where(exchanges.c.state == "claimed")
        return [self._exchange(row) for row in self._connection.execute(query)]

    def with_fallen_records(self, since: int) -> tuple[list[Exchange], int]:
        """Those that stand here, and a record of which was revoked or replaced in a final block
        after `since`; and the newest such block."""
        fell = record_events.c.kind.in_((Told.REVOKED, Told.REPLACED))
        serial = func.substring(func.int8send(record_events.c.serial), 5)
        tree = func.int8send(record_events.c.lot).op("||")(serial)
        used = exchanges.c.id == exchange_trees.c.exchange
        new = record_events.c.block > since
        newest = select(func.max(record_events.c.block)).where(fell, new)
        query = select(exchanges).join(exchange_trees, used).distinct()
        query = query.join(record_events, exchange_trees.c.tree == tree)
        rows = self._connection.execute(query.where(fell, new, exchanges.c.state == "claimed"))
        last = self._connection.execute(newest).scalar_one()
        return [self._exchange(row) for row in rows], since if last is None else last

    def add(self, exchange: Exchange) -> None:
        """IntegrityError if the holder has one for this year, or a record is in another."""
        self._connection.execute(
            insert(exchanges).values(
                id=exchange.id,
                holder=exchange.holder,
                year=exchange.year,
                adcode=exchange.adcode,
                state=exchange.state,
                trees=[_bytes(tree) for tree in exchange.trees],
                sealed_salt=self._vault.seal(exchange.salt, _PURPOSE),
                applied_at=exchange.applied_at,
                due_at=exchange.applied_at,
            )
        )
        self._connection.execute(
            insert(exchange_trees),
            [{"tree": _bytes(tree), "exchange": exchange.id} for tree in exchange.trees],
        )

    def place(self, exchange: Exchange, adcode: str) -> None:
        """Of one from before places were kept."""
        self._move(exchange, adcode=adcode)

    def issued(self, exchange: Exchange, number: str, commitment: bytes) -> None:
        self._move(exchange, state="issued", number=number, commitment=commitment, tries=0)

    def claimed(self, exchange: Exchange) -> bool:
        """Whether it was as it was read: else somebody else has moved it."""
        return self._move(exchange, state="claimed", settled=False, tries=0)

    def settled(self, exchange: Exchange) -> None:
        self._move(exchange, settled=True)

    def unclaimed(self, exchange: Exchange) -> None:
        """The chain has lost the claim."""
        self._move(exchange, state="issued")

    def withdrawn(self, exchange: Exchange, by: EndedBy, now: datetime, reason: str = "") -> None:
        ended = {"ended_by": by, "ended_at": now, "reason": reason or None}
        self._move(exchange, state="withdrawn", due_at=now, tries=0, **ended)

    def released(self, exchange: Exchange) -> None:
        if self._move(exchange, state="released", settled=True):
            self._free(exchange)

    def declined(self, exchange: Exchange, now: datetime, reason: str) -> None:
        ended = {"ended_by": EndedBy.REGISTRY, "ended_at": now, "reason": reason}
        if self._move(exchange, state="declined", settled=True, **ended):
            self._free(exchange)

    def _free(self, exchange: Exchange) -> None:
        gone = delete(exchange_trees).where(exchange_trees.c.exchange == exchange.id)
        self._connection.execute(gone)

    def _move(self, exchange: Exchange, **values: object) -> bool:
        """From the state that it was read in; a move made meanwhile by another stands."""
        moved = self._connection.execute(
            updated(exchanges)
            .where(exchanges.c.id == exchange.id, exchanges.c.state == exchange.state)
            .values(values)
        )
        return moved.rowcount == 1

    def _exchange(self, row: Row[tuple[object, ...]]) -> Exchange:
        return Exchange(
            id=row.id,
            holder=row.holder,
            year=row.year,
            adcode=row.adcode,
            state=ExchangeState(row.state),
            trees=tuple(TreeId(int.from_bytes(tree, "big")) for tree in row.trees),
            # of a holder who withdrew there is none
            salt=self._vault.open(row.sealed_salt, _PURPOSE) if row.sealed_salt else b"",
            applied_at=row.applied_at,
            number=row.number,
            commitment=row.commitment,
            settled=row.settled,
            ended_by=EndedBy(row.ended_by) if row.ended_by else None,
            ended_at=row.ended_at,
            reason=row.reason,
        )


def _bytes(tree: TreeId) -> bytes:
    return tree.to_bytes(12, "big")
