"""Access: who somebody is, by what came with his request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from treering.domain.deed import Act, Deed
from treering.domain.role import Credentials, Person
from treering.errors import NotAuthenticated, OutsideProvinces
from treering.flow.admitting.chronicle import Chronicle
from treering.flow.admitting.sign_in import Reception
from treering.store import api_keys


@dataclass(frozen=True, slots=True)
class Gatehouse:
    """Lets in who has a living key, a session, or a token of the provider."""

    engine: Engine
    clock: Callable[[], datetime]
    reception: Reception

    def look(
        self, by: Person, subject: str, province: str | None = None, request: str = ""
    ) -> None:
        """Before anything personal is shown to him: OutsideProvinces. Either way it is told."""
        chronicle = Chronicle(self.engine, self.clock)
        if province is None or by.may_see(province):
            chronicle.tell(Deed.of(by, Act.LOOKED, subject, request=request))
        else:
            chronicle.tell(Deed.of(by, Act.LOOK_REFUSED, subject, request=request))
            raise OutsideProvinces(province)

    def person(self, given: Credentials) -> Person | None:
        """None for whoever shows nothing, or a session that ended; NotAuthenticated for a key that
        opens nothing, TokenRefused."""
        if not given.key:
            return self.reception.person(given.session) if given.session else None
        if given.key.count(".") == 2:  # a token's form, and no key's
            return self.reception.bearer(given.key)
        with self.engine.connect() as connection:
            held = api_keys.living(connection, given.key, self.clock())
        if held is None:
            raise NotAuthenticated("no living key")
        api_keys.used(self.engine, held, self.clock())
        return held.person

    def away(self) -> tuple[str, str]:
        """Where to sign in, and what the browser keeps meanwhile; SignInOff."""
        return self.reception.away()

    def returned(self, kept: str, state: str, code: str, former: str | None) -> str:
        """The secret of a new session; TokenRefused, ProviderUnavailable, SignInOff."""
        return self.reception.returned(kept, state, code, former)

    def leave(self, session: str) -> None:
        self.reception.leave(session)
