"""Keybook: API keys issued, rotated with both valid for a while, listed, revoked; all of it told.

A key is shown to whoever asked for it, this once: only its hash is kept.
"""

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from treering.domain.api_key import api_key, hash_of, mark
from treering.domain.deed import Act, Deed
from treering.domain.role import Person, Role, Scope
from treering.errors import KeyNotFound, ProgrammeNotFound, ProvinceNotFound
from treering.flow.admitting.chronicle import Chronicle
from treering.store import api_keys, programmes
from treering.store.api_keys import HeldKey

CONSOLE = Person(Role.OPERATOR, "console")  # whoever may run commands on the service's machine
_MARK_AT_LEAST = 6  # of its digits, so that no slip takes another's key


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a key opens: `provinces` and `scopes` None are all; `purpose` says why, never whose."""

    role: Role
    programme: str | None = None
    provinces: Collection[str] | None = None
    scopes: Collection[Scope] | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Keybook:
    engine: Engine
    chronicle: Chronicle
    clock: Callable[[], datetime]
    random: Callable[[int], bytes] = os.urandom

    def issue(self, by: Person, terms: Terms, why: str = "") -> str:
        """A new key; ProgrammeNotFound, ProvinceNotFound."""
        key = api_key(terms.role, self.random(32))
        self.add(by, key, terms, why)
        return key

    def add(self, by: Person, key: str, terms: Terms, why: str = "") -> None:
        """A key that somebody made himself; otherwise as `issue`."""
        with self.engine.begin() as connection:
            _check(connection, terms)
            self._add(connection, key, terms)
            self._tell(connection, by, Act.KEY_ISSUED, hash_of(key), why)

    def rotate(self, by: Person, marked: str, overlap: timedelta, why: str = "") -> str:
        """A new key that opens the same; the old one ends after `overlap`. KeyNotFound."""
        with self.engine.begin() as connection:
            old = self._marked(connection, marked)
            key = api_key(old.role, self.random(32))
            terms = Terms(
                role=old.role,
                programme=old.programme,
                provinces=old.provinces,
                scopes=old.scopes,
                purpose=old.purpose,
            )
            self._add(connection, key, terms)
            api_keys.ends(connection, old.hash, self.clock() + overlap)
            new = mark(hash_of(key))
            self._tell(connection, by, Act.KEY_ROTATED, old.hash, f"by {new}: {why}".rstrip(": "))
        return key

    def revoke(self, by: Person, key_or_mark: str, why: str = "") -> str:
        """The mark of what opens nothing from now on; KeyNotFound."""
        with self.engine.begin() as connection:
            held = api_keys.living(connection, key_or_mark, self.clock())
            held = held or self._marked(connection, key_or_mark)
            api_keys.revoke(connection, held.hash, self.clock())
            self._tell(connection, by, Act.KEY_REVOKED, held.hash, why)
        return held.mark

    def all(self) -> Sequence[HeldKey]:
        """Those that ended or were revoked, too; the newest first."""
        with self.engine.connect() as connection:
            return api_keys.every(connection)

    def _add(self, connection: Connection, key: str, terms: Terms) -> None:
        api_keys.add(
            connection,
            key,
            self.clock(),
            terms.role,
            programme=terms.programme,
            provinces=terms.provinces,
            scopes=terms.scopes,
            purpose=terms.purpose,
        )

    def _marked(self, connection: Connection, marked: str) -> HeldKey:
        long_enough = len(marked) >= _MARK_AT_LEAST
        found = api_keys.marked(connection, marked, self.clock()) if long_enough else []
        if len(found) != 1:
            raise KeyNotFound(f"{len(found)} living keys have this mark")
        return found[0]

    def _tell(self, connection: Connection, by: Person, act: Act, key: bytes, why: str) -> None:
        self.chronicle.add(connection, Deed.of(by, act, f"key {mark(key)}", why))


def _check(connection: Connection, terms: Terms) -> None:
    if terms.programme and terms.programme not in programmes.numbers(connection):
        raise ProgrammeNotFound(terms.programme)
    unknown = set(terms.provinces or ()) - programmes.provinces(connection)
    if unknown:
        raise ProvinceNotFound(", ".join(sorted(unknown)))
