"""Holders in SQL: found by a keyed hash of the programme's reference, secrets encrypted."""

import os
from collections.abc import Callable, Collection, Mapping
from typing import TypeVar

from sqlalchemy import ARRAY, Connection, Uuid, any_, bindparam, select

from treering.domain.holder import SECRET_BYTES, HolderId, HolderSecret, reference_hash
from treering.domain.keyed import keyed as hmac_of
from treering.store.many import insert_many
from treering.store.tables.books import holders
from treering.store.vault import HOLDER, Vault

_Key = TypeVar("_Key", str, bytes)  # a lookup, in hexadecimal or not
Lookup = bytes  # what finds the holder of a reference: 16 bytes of a keyed hash


def keyed(vault: Vault, programme: str) -> Callable[[str], Lookup]:
    """The lookup of a reference, many times over."""
    digest = hmac_of(vault.key, b"treering/lookup/v1" + programme.encode() + b"\0")
    return lambda reference: digest(reference.encode())[:16]


def lookups(vault: Vault, programme: str) -> Callable[[str], str]:
    """As `keyed`, in hexadecimal."""
    lookup = keyed(vault, programme)
    return lambda reference: lookup(reference).hex()


class Holders:
    def __init__(self, connection: Connection, vault: Vault) -> None:
        self._connection = connection
        self._vault = vault

    def known(self, programme: str, references: Collection[str]) -> dict[str, HolderId]:
        """Holders' ids; a new one gets a secret of his own. Safe against two at once."""
        lookup = lookups(self._vault, programme)
        wanted = {lookup(reference): reference for reference in references}
        found = self._find(list(wanted))
        # In order, so that of two transactions with the same new holders one waits.
        new = sorted(wanted.keys() - found.keys())
        if new:
            boxes = sealed_many(self._vault, {each: wanted[each] for each in new})
            rows = [{"lookup": each, "sealed": box} for each, box in boxes.items()]
            insert_many(self._connection, holders, rows, "ON CONFLICT DO NOTHING")
            found |= self._find(new)
        return {reference: found[each] for each, reference in wanted.items()}

    def find(self, programme: str, reference: str) -> HolderId | None:
        """The holder of this reference, if there is one."""
        return next(iter(self._find([lookups(self._vault, programme)(reference)]).values()), None)

    def _find(self, lookups: list[str]) -> dict[str, HolderId]:
        rows = self._connection.execute(KNOWN, {"lookups": lookups})
        return {row.lookup.replace("-", ""): row.id for row in rows}


# Those of these `lookups` that are there.
KNOWN = select(holders.c.lookup, holders.c.id).where(
    holders.c.lookup == any_(bindparam("lookups", type_=ARRAY(Uuid(as_uuid=False))))
)


def sealed_many(vault: Vault, references: Mapping[_Key, str]) -> dict[_Key, bytes]:
    """A box with a new secret for each holder whom the programme calls so, in one go."""
    secrets = os.urandom(SECRET_BYTES * len(references))
    starts = range(0, len(secrets), SECRET_BYTES)
    boxes = [
        secrets[start : start + SECRET_BYTES] + reference_hash(reference)
        for start, reference in zip(starts, references.values(), strict=True)
    ]
    return dict(zip(references, vault.seal_many(boxes, HOLDER), strict=True))


def opened(vault: Vault, sealed: bytes) -> HolderSecret:
    """The secret in a sealed box; cryptography's InvalidTag if the box is not the vault's."""
    box = vault.open(sealed, HOLDER)
    return HolderSecret(box[:SECRET_BYTES], box[SECRET_BYTES:])
