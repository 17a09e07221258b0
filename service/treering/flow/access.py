"""Access: who somebody is, by what came with his request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from treering.domain.role import Credentials, Person
from treering.errors import NotAuthenticated
from treering.store import api_keys


@dataclass(frozen=True, slots=True)
class Gatehouse:
    """Lets in who has a living key."""

    engine: Engine
    clock: Callable[[], datetime]

    def person(self, given: Credentials) -> Person | None:
        """None for whoever shows nothing; NotAuthenticated for a key that opens nothing."""
        if not given.key:
            return None
        with self.engine.connect() as connection:
            held = api_keys.living(connection, given.key, self.clock())
        if held is None:
            raise NotAuthenticated("no living key")
        api_keys.used(self.engine, held, self.clock())
        return held.person
