"""Chronicle: every administrative act and every look at what is personal, for good.

An entry is written in the transaction of what it tells, so that neither is without the other; of
what was refused it is written alone. The head is anchored on the ledger as a feed of its own:
from then on not even whoever owns the database can change what stood before it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import structlog
from sqlalchemy import Connection, Engine

from treering.chain.feed_heads import FeedHeads
from treering.domain.deed import Deed, Entry, Head
from treering.domain.keccak import keccak
from treering.errors import LogBroken, TreeringError
from treering.store import audit_log

_log = structlog.get_logger(__name__)
FEED = keccak(b"treering/log/v1")  # what the head is anchored as: (size, hash of the last entry)


@dataclass(frozen=True, slots=True)
class Chronicle:
    engine: Engine
    clock: Callable[[], datetime]

    def add(self, connection: Connection, deed: Deed) -> Entry:
        """In the transaction of the deed."""
        return audit_log.append(connection, deed, self.clock())

    def tell(self, deed: Deed) -> Entry:
        """In a transaction of its own: of what was refused, or has no other."""
        with self.engine.begin() as connection:
            return self.add(connection, deed)

    def about(self, connection: Connection, subject: str) -> list[dict[str, object]]:
        """The newest entries about somebody or something, told to him."""
        return [entry.told() for entry in audit_log.about(connection, subject)]

    def head(self) -> Head:
        with self.engine.connect() as connection:
            return audit_log.head(connection)

    def verified(self, anchored: Head | None = None) -> Head:
        """The head, after each entry was held to the one before; LogBroken names the first that
        is wrong. `anchored` is what the ledger holds, which must stand in the log as well."""
        last = Head()
        with self.engine.connect() as connection:
            for entry in audit_log.entries(connection):
                if fault := entry.fault_after(last):
                    raise LogBroken(last.size + 1, fault)
                last = Head(entry.number, entry.hash)
                if anchored and last.size == anchored.size and last != anchored:
                    raise LogBroken(last.size, "the ledger holds another hash for it")
        if anchored and anchored.size > last.size:
            raise LogBroken(last.size + 1, f"it is missing: the ledger holds {anchored.size}")
        return last

    def held(self, ledger: FeedHeads) -> Head:
        """What the ledger holds of the log."""
        return Head(*ledger.held(FEED))

    def anchored(self, ledger: FeedHeads) -> Head:
        """The head, which the ledger holds from now on; LogBroken if it no longer holds what the
        ledger does."""
        held = self.held(ledger)
        with self.engine.connect() as connection:
            newest = audit_log.head(connection)
            entries = list(islice(audit_log.entries(connection, held.size - 1), 1))
        if held.size and [entry.hash for entry in entries] != [held.hash]:
            raise LogBroken(held.size, "the ledger holds another hash for it")
        if newest.size > held.size:
            ledger.anchor(FEED, newest.size, newest.hash)
        return newest

    def keep(self, ledger: FeedHeads) -> None:
        """As `anchored`, for a worker, who says what is in the way and goes on."""
        try:
            self.anchored(ledger)
        except TreeringError as refusal:
            _log.error("the log's head is not anchored", code=refusal.code, why=str(refusal))

    def exported(self, after: int = 0) -> Iterator[str]:
        """One JSON object an entry, in order."""
        with self.engine.connect() as connection:
            for entry in audit_log.entries(connection, after):
                yield json.dumps(entry.told(), ensure_ascii=False)
