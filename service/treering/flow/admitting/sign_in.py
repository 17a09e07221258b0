"""Sign in: regulators, auditors, inspectors and operators, by any OpenID provider.

 1. Away: state, nonce and PKCE's verifier go into a sealed cookie, the browser to the provider.
 2. Back: the state must be the cookie's; the code is changed for an ID token, which the provider
    signed, for us, of late and with our nonce; role and provinces are claims of it.
 3. A new session is opened for an hour; the one that the browser held is ended, so that nobody
    can hand another his own.
A bearer token for the API is judged alike: made for our address, and for a quarter of an hour.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import Engine

from treering.domain.deed import Act, Deed
from treering.domain.role import Person
from treering.domain.sign_in import (
    BEARER_SECONDS,
    ClaimNames,
    check_parties,
    check_times,
    person_of,
)
from treering.errors import SignInOff, TokenRefused
from treering.flow.admitting.chronicle import Chronicle
from treering.intake.provider import Provider
from treering.store import sessions
from treering.store.vault import Vault

SESSION = timedelta(hours=1)
AWAY = timedelta(minutes=10)
_PURPOSE = "sign-in"


@dataclass(frozen=True, slots=True)
class Reception:
    """`provider` is None where nobody signs in; `audience` is our address."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]
    audience: str
    provider: Provider | None = None
    names: ClaimNames = field(default_factory=ClaimNames)

    @property
    def back(self) -> str:
        return f"{self.audience}/sign-in/back"

    def away(self) -> tuple[str, str]:
        """Where to sign in, and what the browser keeps meanwhile; SignInOff."""
        sent = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
        where = self._provider().address(self.back, **sent)
        until = (self.clock() + AWAY).timestamp()
        box = self.vault.seal(json.dumps({**sent, "until": until}).encode(), _PURPOSE)
        return where, box.hex()

    def returned(self, kept: str, state: str, code: str, former: str | None) -> str:
        """The secret of a new session; TokenRefused, ProviderUnavailable, SignInOff."""
        provider, sent = self._provider(), self._sent(kept)
        if not compare_digest(sent["state"].encode(), state.encode()):
            raise TokenRefused("it is another sign-in than the one that began here")
        claims = provider.claims(provider.id_token(code, self.back, sent["verifier"]))
        check_parties(claims, provider.issuer, provider.client_id)
        check_times(claims, self.clock())
        if not compare_digest(str(claims.get("nonce", "")).encode(), sent["nonce"].encode()):
            raise TokenRefused("it was made for another sign-in")
        return self._opened(person_of(claims, self.names), former)

    def bearer(self, token: str) -> Person:
        """Who shows this token; TokenRefused, ProviderUnavailable, SignInOff."""
        provider = self._provider()
        claims = provider.claims(token)
        check_parties(claims, provider.issuer, self.audience)
        check_times(claims, self.clock(), most=BEARER_SECONDS)
        return person_of(claims, self.names)

    def person(self, session: str) -> Person | None:
        with self.engine.connect() as connection:
            return sessions.person_of(connection, session, self.clock())

    def leave(self, session: str) -> None:
        with self.engine.begin() as connection:
            sessions.end(connection, session, self.clock())

    def _opened(self, person: Person, former: str | None) -> str:
        fresh = secrets.token_urlsafe(32)
        deed = Deed.of(person, Act.SIGNED_IN, person.label)
        with self.engine.begin() as connection:
            sessions.end(connection, former or "", self.clock())
            sessions.open_for(connection, fresh, person, self.clock() + SESSION)
            Chronicle(self.engine, self.clock).add(connection, deed)
        return fresh

    def _sent(self, kept: str) -> dict[str, Any]:
        try:
            sent: dict[str, Any] = json.loads(self.vault.open(bytes.fromhex(kept), _PURPOSE))
        except (InvalidTag, ValueError) as error:
            raise TokenRefused("no sign-in began in this browser") from error
        if self.clock().timestamp() > sent["until"]:
            raise TokenRefused("it took too long: begin again")
        return sent

    def _provider(self) -> Provider:
        if self.provider is None:
            raise SignInOff("TREERING_OIDC_ISSUER is not set")
        return self.provider
