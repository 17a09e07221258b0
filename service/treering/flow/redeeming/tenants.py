"""The programmes that this process serves, and their API keys, remembered for a moment.

A crowd does not make the database look up the same few rows for each of its requests. A key
that is revoked works for as long as it is remembered, and no longer.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from treering.domain.api_key import hash_of
from treering.domain.role import Scope, Scopes, insist_on_scope
from treering.store import api_keys
from treering.store.clock import utc_now
from treering.store.programmes import Programmes, Tenant
from treering.store.vault import Vault

REMEMBERED_SECONDS = 5.0  # less than a person needs to tell that a key was revoked


@dataclass
class Tenants:
    """`now` counts seconds and never goes back; `clock` says whether a key has ended."""

    engine: Engine
    vault: Vault
    now: Callable[[], float] = time.monotonic
    clock: Callable[[], datetime] = utc_now
    _numbered: dict[int, Tenant] = field(default_factory=dict, init=False)
    _keys: dict[bytes, tuple[Tenant, Scopes, float]] = field(default_factory=dict, init=False)

    def all(self) -> list[Tenant]:
        with self.engine.connect() as connection:
            return Programmes(connection, self.vault).all()

    def numbered(self, number: int) -> Tenant | None:
        """By the number that stands in records; what it is does not change any more."""
        if number not in self._numbered:
            self._numbered = {tenant.number: tenant for tenant in self.all()}
        return self._numbered.get(number)

    def remembered(self, api_key: str | None, scope: Scope) -> Tenant | None:
        """Whose key this is, if it was asked for a moment ago; asks nobody. ScopeNeeded."""
        tenant, scopes, until = self._keys.get(hash_of(api_key or ""), (None, None, 0.0))
        if self.now() >= until:
            return None
        insist_on_scope(scopes, scope)
        return tenant

    def of_key(self, api_key: str | None, scope: Scope) -> Tenant | None:
        """Whose living key this is; ScopeNeeded."""
        if not api_key:
            return None
        until = self.now() + REMEMBERED_SECONDS
        with self.engine.connect() as connection:
            held = api_keys.living(connection, api_key, self.clock())
            tenants = Programmes(connection, self.vault).all() if held else []
        if held:
            api_keys.used(self.engine, held, self.clock())
        found = next((each for each in tenants if held and each.code == held.programme), None)
        self._keys.pop(hash_of(api_key), None)
        if held and found:
            self._keys[hash_of(api_key)] = found, held.scopes, until
            insist_on_scope(held.scopes, scope)
        return found
