"""Withdraw: a holder leaves, and what the chain and the counts say stays as it is.

 1. The holder is looked up by his programme's reference, and locked: whoever redeems for him
    at this moment is waited for, or comes too late and makes a new holder.
 2. What still needs his secret comes first: records in no batch, an exchange under way.
 3. In one commit his secret, his masked name, and every unsalted hash over them are gone: also
    what loads keep of their lines, and whatever hung on his row.
 4. A tombstone stands in the same commit: an entry of the log, with the digest of what remains;
    and caches are told what to drop.
The commitments on chain open to nobody any more, by any means: not even by us.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

import structlog
from sqlalchemy import Connection, Engine

from treering.domain.deed import Act, Deed
from treering.domain.holder import HolderId
from treering.domain.role import Person
from treering.errors import HolderNotFound, HolderWaits, NotWithdrawn
from treering.flow.admitting.chronicle import Chronicle
from treering.flow.admitting.keybook import CONSOLE
from treering.store import care
from treering.store.care import Range, Tombstone
from treering.store.clock import utc_now
from treering.store.holders import Holders
from treering.store.loads import Loads
from treering.store.vault import Vault
from treering.store.withdrawals import Withdrawals

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Farewell:
    engine: Engine
    vault: Vault
    clock: Callable[[], datetime] = utc_now

    def withdraw(
        self,
        programme: str,
        reference: str,
        by: Person = CONSOLE,
        why: str = "",
        request: str = "",
    ) -> int:
        """How many records are nobody's from now on; HolderNotFound, HolderWaits."""
        with self.engine.begin() as connection:
            books = Withdrawals(connection)
            holder = Holders(connection, self.vault).find(programme, reference)
            if holder is None or not books.locked(holder):  # (1)
                raise HolderNotFound(f"{programme} has no holder of this reference")
            if waiting := books.waiting(holder):  # (2)
                raise HolderWaits(f"{waiting} records are in no batch yet")
            if books.exchanging(holder):
                raise HolderWaits("an exchange is under way")
            left = care.ranges(connection, holder)
            Loads(connection).wipe(programme, {first for _, first, _ in left})  # (3)
            nobody = books.erase(holder)
            deed = Deed.of(by, Act.ERASED, f"holder {holder}", why, request)
            self._bury(connection, deed, nobody, left)  # (4)
        records = sum(count for _, _, count in left)
        _log.info("a holder withdrew", programme=programme, records=records)
        return records

    def _bury(
        self, connection: Connection, deed: Deed, nobody: HolderId, left: Sequence[Range]
    ) -> None:
        remains = digest(left)
        told = replace(deed, after=remains)
        entry = Chronicle(self.engine, self.clock).add(connection, told)
        care.bury(connection, nobody, entry.number, remains)
        care.forget(connection, left, self.clock())


def digest(left: Sequence[Range]) -> bytes:
    """SHA-256 over the ranges that remain, in order: eight bytes of lot, four of each number."""
    packed = [
        lot.to_bytes(8, "big") + first.to_bytes(4, "big") + count.to_bytes(4, "big")
        for lot, first, count in left
    ]
    return sha256(b"treering/remains/v1" + b"".join(packed)).digest()


def tombstone(engine: Engine, nobody: HolderId) -> Tombstone:
    """What stands where a holder was; NotWithdrawn where there is one, or none was put up."""
    with engine.connect() as connection:
        found = care.tombstone(connection, nobody)
    if found is None:
        raise NotWithdrawn("no tombstone stands for it")
    return found
