"""Holders in SQL: found by a keyed hash of the programme's reference, secrets encrypted."""

import hmac
import os
from hashlib import sha256

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from treering.domain.holder import SECRET_BYTES, HolderId, HolderSecret, reference_hash
from treering.store.schema import holders
from treering.store.vault import Vault

_PURPOSE = "holder"


class Holders:
    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def known(self, programme: str, reference: str) -> HolderId:
        """The holder's id; a new one gets a secret of his own. Safe against two at once."""
        lookup = self._lookup(programme, reference)
        found = self._find(lookup)
        if found is not None:
            return found
        box = os.urandom(SECRET_BYTES) + reference_hash(reference)
        self._connection.execute(
            insert(holders)
            .values(
                lookup=lookup,
                sealed=self._vault.seal(box, _PURPOSE),
            )
            .on_conflict_do_nothing()
        )
        created = self._find(lookup)
        assert created, "inserted, or inserted by another"
        return created

    def secrets(self, ids: set[HolderId]) -> dict[HolderId, HolderSecret]:
        query = select(holders.c.id, holders.c.sealed).where(holders.c.id.in_(ids))
        return {row.id: self._opened(row.sealed) for row in self._connection.execute(query)}

    def _find(self, lookup: str) -> HolderId | None:
        query = select(holders.c.id).where(holders.c.lookup == lookup)
        return self._connection.execute(query).scalar_one_or_none()

    def _opened(self, sealed: bytes) -> HolderSecret:
        box = self._vault.open(sealed, _PURPOSE)
        return HolderSecret(box[:SECRET_BYTES], box[SECRET_BYTES:])

    def _lookup(self, programme: str, reference: str) -> str:
        """16 bytes, as hexadecimal."""
        message = f"{programme}\0{reference}".encode()
        return hmac.new(self._vault.key, b"treering/lookup/v1" + message, sha256).hexdigest()[:32]
