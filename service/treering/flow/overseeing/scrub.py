"""Scrub: read all that was kept once more, and name what no longer says what it said.

    1. every page of every table can be read: PostgreSQL's own checksums
    2. every batch's root is the root of its records
    3. every batch's records are those of its redemptions, under their holders' secrets; of a
       holder who withdrew there is none, and the root alone vouches for his records
    4. every signed transaction has the hash that it was kept under
    5. every tree that a mirror lists is of a certificate that it holds

Nothing is changed. What a row alone says, such as a masked name, only (1) can judge.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Engine

from treering.domain.keccak import keccak
from treering.domain.merkle import batch_root
from treering.domain.record import tree_id
from treering.store.holders import opened
from treering.store.scrub import Kept, every_batch, every_transaction, strays, unreadable
from treering.store.stretches import boxes, stretches
from treering.store.vault import Vault
from treering.store.withdrawals import NOBODY


@dataclass(frozen=True, slots=True)
class Damage:
    """`name` is a table or a row of one, `what` is wrong with it."""

    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Scrub:
    engine: Engine
    vault: Vault

    def damages(self) -> Iterator[Damage]:
        """As they are found; pages first, since nothing is known of rows that cannot be read."""
        torn = [Damage(f"table {table}", said) for table, said in unreadable(self.engine)]  # (1)
        yield from torn
        if torn:
            return
        with self.engine.connect() as connection:
            for kept in every_batch(connection):
                if batch_root(tree_id(kept.lot, kept.first_serial), kept.holders) != kept.root:
                    yield Damage(kept.name, "its root is not that of its records")  # (2)
                yield from self._holders(connection, kept)  # (3)
            for name, digest, raw in every_transaction(connection):
                if keccak(raw) != digest:
                    yield Damage(name, "its bytes have another hash")  # (4)
            for name in strays(connection):
                yield Damage(name, "its certificate is not in the mirror")  # (5)

    def _holders(self, connection: Connection, kept: Kept) -> Iterator[Damage]:
        found = b""
        for holder, first, count in stretches(connection, kept.lot, kept.first_serial, kept.count):
            box = boxes(connection, [holder])[holder]
            if box == NOBODY:
                found += kept.holders[len(found) : len(found) + 20 * count]
                continue
            try:
                secret = opened(self.vault, box)
            except InvalidTag:
                yield Damage(f"holder {holder}", "the secret does not open")
                return
            for serial in range(first, first + count):
                found += secret.commitment(tree_id(kept.lot, serial))
        if found != kept.holders:
            yield Damage(kept.name, "its records are not those of its redemptions")
