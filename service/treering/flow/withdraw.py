"""Withdraw: a holder leaves, and what the chain and the counts say stays as it is.

 1. The holder is looked up by his programme's reference, and locked: whoever redeems for him
    at this moment is waited for, or comes too late and makes a new holder.
 2. What still needs his secret comes first: records in no batch, an exchange under way.
 3. In one commit his secret, his masked name, and every unsalted hash over them are gone.
The commitments on chain open to nobody any more, by any means: not even by us.
"""

from dataclasses import dataclass

import structlog
from sqlalchemy import Engine

from treering.errors import HolderNotFound, HolderWaits
from treering.store.holders import Holders
from treering.store.vault import Vault
from treering.store.withdrawals import Withdrawals

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Farewell:
    engine: Engine
    vault: Vault

    def withdraw(self, programme: str, reference: str) -> int:
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
            records = books.erase(holder)  # (3)
        _log.info("a holder withdrew", programme=programme, records=records)
        return records
