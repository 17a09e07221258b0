"""Holders in SQL: found by a keyed hash of the programme's reference, secrets encrypted."""

import hmac
import os
from collections.abc import Callable, Collection
from hashlib import sha256

from sqlalchemy import ARRAY, Connection, Uuid, any_, bindparam, select

from treering.domain.holder import SECRET_BYTES, HolderId, HolderSecret, reference_hash
from treering.store.many import insert_many
from treering.store.schema import holders
from treering.store.vault import HOLDER, Vault


def lookups(vault: Vault, programme: str) -> Callable[[str], str]:
    """What finds the holder of a reference: 16 bytes of a keyed hash, as hexadecimal."""
    # HMAC by its definition, half done: hmac's own objects take twice as long to copy.
    key = vault.key.ljust(64, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in key))
    inner.update(b"treering/lookup/v1" + programme.encode() + b"\0")
    outer = sha256(bytes(byte ^ 0x5C for byte in key))

    def lookup(reference: str) -> str:
        within, around = inner.copy(), outer.copy()
        within.update(reference.encode())
        around.update(within.digest())
        return around.hexdigest()[:32]

    return lookup


class Holders:
    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def known(self, programme: str, references: Collection[str]) -> dict[str, HolderId]:
        """Holders' ids; a new one gets a secret of his own. Safe against two at once."""
        lookups = {self._lookup(programme, reference): reference for reference in references}
        found = self._find(list(lookups))
        # In order, so that of two transactions with the same new holders one waits.
        new = [(lookup, lookups[lookup]) for lookup in sorted(lookups.keys() - found.keys())]
        if new:
            rows = [self._row(lookup, reference) for lookup, reference in new]
            insert_many(self._connection, holders, rows, "ON CONFLICT DO NOTHING")
            found |= self._find([lookup for lookup, _ in new])
        return {reference: found[lookup] for lookup, reference in lookups.items()}

    def find(self, programme: str, reference: str) -> HolderId | None:
        """The holder of this reference, if there is one."""
        return next(iter(self._find([self._lookup(programme, reference)]).values()), None)

    def _find(self, lookups: list[str]) -> dict[str, HolderId]:
        wanted = any_(bindparam("lookups", type_=ARRAY(Uuid(as_uuid=False))))
        query = select(holders.c.lookup, holders.c.id).where(holders.c.lookup == wanted)
        rows = self._connection.execute(query, {"lookups": lookups})
        return {row.lookup.replace("-", ""): row.id for row in rows}

    def _row(self, lookup: str, reference: str) -> dict[str, object]:
        box = os.urandom(SECRET_BYTES) + reference_hash(reference)
        return {"lookup": lookup, "sealed": self._vault.seal(box, HOLDER)}

    def _lookup(self, programme: str, reference: str) -> str:
        """16 bytes, as hexadecimal."""
        message = b"treering/lookup/v1" + f"{programme}\0{reference}".encode()
        return hmac.digest(self._vault.key, message, "sha256")[:16].hex()


def opened(vault: Vault, sealed: bytes) -> HolderSecret:
    """The secret in a sealed box; cryptography's InvalidTag if the box is not the vault's."""
    box = vault.open(sealed, HOLDER)
    return HolderSecret(box[:SECRET_BYTES], box[SECRET_BYTES:])
