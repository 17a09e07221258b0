"""Search: all records that fit a question, as of one final block, in the order of lot and serial.

1. The block is pinned: the newest that was followed, or the one that was asked for.
2. The lots that fit; in each, where something can be found.
3. Redemption by redemption and batch by batch: what each record came to by that block.

One snapshot of the database, so that pages and an export of any length never contradict
themselves; memory does not grow with what is found.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, Engine

from treering.chain.calendar import block_at, time_of
from treering.chain.ledger import Ledger
from treering.domain import number
from treering.domain.batch import Batch, BatchState
from treering.domain.lot import Unit
from treering.domain.provenance.search import (
    Cursor,
    Hit,
    Page,
    Pin,
    Question,
    RecordState,
    Told,
    beginning,
)
from treering.domain.record import HOLDER_BYTES, TreeId, programme_of, tree_id
from treering.domain.recount.events import reason_name
from treering.errors import ChainNotFollowed, RequestMalformed
from treering.flow.certifying.certify import Office
from treering.store import tenancy
from treering.store.batches import Batches
from treering.store.events import RecordEvents
from treering.store.hunt import BEYOND, Hunt, Place, Stretch, Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Searcher:
    """`clock` says what is yet to come."""

    engine: Engine
    ledger: Ledger
    office: Office
    clock: Callable[[], datetime]

    def page(
        self, question: Question, as_of: int | datetime | None, after: Cursor | None, limit: int
    ) -> Page:
        """At most `limit` hits; the cursor's block and moment go before `as_of`.

        ChainNotFollowed for a block that was not read yet, RequestMalformed for a moment to come.
        """
        pin = self.pin(as_of) if after is None else replace(self.pin(after.block), at=after.at)
        begun = after or beginning(pin)
        with self._snapshot(question) as connection:
            found = list(islice(self._hits(connection, question, pin, begun), limit + 1))
        following = found[limit][0] if len(found) > limit else None
        onward = Cursor(pin.block, pin.at, following) if following is not None else None
        return Page(pin, [hit for _, hit in found[:limit]], onward)

    def every(self, question: Question, pin: Pin) -> Iterator[Hit]:
        """All of them, for an export."""
        with self._snapshot(question) as connection:
            for _, hit in self._hits(connection, question, pin, beginning(pin)):
                yield hit

    def pin(self, as_of: int | datetime | None) -> Pin:
        """The final block that everything is told of. (1)"""
        with self.engine.connect() as connection:
            newest = RecordEvents(connection).followed()
        if newest is None:
            raise ChainNotFollowed("no worker has read the chain's events yet")
        if as_of is None or as_of == newest.block:
            return newest
        return self._past(as_of, newest)

    def _past(self, as_of: int | datetime, newest: Pin) -> Pin:
        node = self.ledger.node
        if isinstance(as_of, int):
            if as_of > newest.block:
                raise ChainNotFollowed(f"read as far as block {newest.block}, not {as_of}")
            found = node.block(as_of)
            return Pin(found.number, found.hash, time_of(found))
        if as_of > self.clock():
            raise RequestMalformed(f"{as_of.isoformat()} is yet to come", "as_of")
        before = block_at(node, as_of, node.block(newest.block))
        if before is None:
            raise RequestMalformed("it is before the chain's first block", "as_of")
        # What was redeemed between that block and the moment asked for belongs to the answer.
        return Pin(before.number, before.hash, as_of)

    @contextmanager
    def _snapshot(self, question: Question) -> Iterator[Connection]:
        """Under row-level security for whoever oversees some provinces, behind the filter."""
        engine = self.engine.execution_options(isolation_level="REPEATABLE READ")
        with engine.connect() as connection, connection.begin():
            if question.provinces is not None:
                tenancy.put_on_overseer(connection, question.provinces)
            yield connection

    def _hits(
        self, connection: Connection, question: Question, pin: Pin, after: Cursor
    ) -> Iterator[tuple[TreeId, Hit]]:
        hunt = Hunt(connection, question, pin)
        places = hunt.places()  # (2)
        for window in hunt.windows(places):
            begun = after.serial if window.lot == after.lot else 0
            if window.lot >= after.lot and begun < window.end:
                narrowed = replace(window, first=max(window.first, begun))
                reader = _Reader(connection, self.office, places[window.lot], pin)
                for stretch in hunt.stretches(narrowed):  # (3)
                    yield from reader.hits(stretch, question)


class _Reader:
    """The records of one lot, in order: what batch and events say of each."""

    def __init__(self, connection: Connection, office: Office, place: Place, pin: Pin) -> None:
        self._batches = Batches(connection)
        self._events = RecordEvents(connection)
        self._place = place
        self._pin = pin
        tenant = office.tenants.numbered(programme_of(place.lot))
        assert tenant, "a lot's programme exists"
        self._key = tenant.number_key
        self._unit = Unit(place.unit).name
        self._window = Window(place.lot, 0, 0)
        self._batch: Batch | None = None
        self._brought = _brought(None)
        self._holders = ""
        self._told: Mapping[int, Mapping[Told, bytes]] = {}

    def hits(self, stretch: Stretch, question: Question) -> Iterator[tuple[TreeId, Hit]]:
        for serial in range(stretch.first, stretch.end):
            if not self._window.first <= serial < self._window.end:
                self._turn(serial)
            told = self._told.get(serial, {})
            state = self._state(told)
            if question.state not in (None, state):
                continue
            if question.exchanged is not None and question.exchanged != (Told.CLAIMED in told):
                continue
            tree = tree_id(self._place.lot, serial)
            yield tree, self._hit(tree, serial, stretch, state, told)

    def _turn(self, serial: int) -> None:
        """To the batch that holds this serial, and to what became of its records."""
        lot = self._place.lot
        batch = self._batches.of_tree(tree_id(lot, serial))
        if batch is None:
            self._window = Window(lot, serial, self._batches.next_first(lot, serial) or BEYOND)
        else:
            self._window = Window(lot, batch.first_serial, batch.first_serial + batch.count)
        self._batch = batch if _is_final(batch, self._pin) else None
        self._brought = _brought(self._batch)
        self._holders = self._batch.holders.hex() if self._batch else ""
        self._told = {}
        if self._batch:
            self._told = self._events.of(lot, serial, self._window.end, self._pin.block)

    def _state(self, told: Mapping[Told, bytes]) -> RecordState:
        if self._batch is None:
            return RecordState.PENDING
        if Told.REPLACED in told:
            return RecordState.REPLACED
        return RecordState.REVOKED if Told.REVOKED in told else RecordState.FINAL

    def _hit(
        self,
        tree: TreeId,
        serial: int,
        stretch: Stretch,
        state: RecordState,
        told: Mapping[Told, bytes],
    ) -> Hit:
        place = self._place
        root, transaction, block, minted_at = self._brought
        at = 2 * HOLDER_BYTES * (serial - self._window.first)
        reason, claim = told.get(Told.REVOKED), told.get(Told.CLAIMED)
        successor = told.get(Told.REPLACED)
        return Hit(
            number=self._number(tree),
            programme=place.programme,
            lot=place.slug,
            serial=serial,
            site=place.site,
            province=place.province,
            species=place.species,
            unit=self._unit,
            year=place.year,
            state=state,
            reason=reason_name(reason[0]) if reason else None,
            successor=self._number(_tree(successor)) if successor else None,
            exchanged_for=f"0x{claim.hex()}" if claim else None,
            redeemed_at=stretch.redeemed_at,
            campaign=stretch.campaign or None,
            holder=f"0x{self._holders[at : at + 2 * HOLDER_BYTES]}" if self._batch else None,
            root=root,
            transaction=transaction,
            block=block,
            minted_at=minted_at,
        )

    def _number(self, tree: TreeId) -> str:
        return str(number.issue(tree, self._key))


def _tree(value: bytes) -> TreeId:
    return TreeId(int.from_bytes(value, "big"))


def _brought(batch: Batch | None) -> tuple[str | None, str | None, int | None, datetime | None]:
    """The batch's root, and transaction, block and time that brought it on the chain."""
    if batch is None or batch.inclusion is None:
        return None, None, None, None
    inclusion = batch.inclusion
    transaction = f"0x{inclusion.transaction.hex()}"
    return f"0x{batch.root.hex()}", transaction, inclusion.block_number, inclusion.block_time


def _is_final(batch: Batch | None, pin: Pin) -> bool:
    if batch is None or batch.inclusion is None or batch.state is not BatchState.FINAL:
        return False
    return batch.inclusion.block_number <= pin.block
