"""Admit: the keys that a deployment needs on disk, and operators' keys to their page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from treering.chain.keys import KeyFolder
from treering.domain.api_key import hash_of
from treering.domain.role import Role
from treering.errors import ProgrammeNotFound
from treering.flow.publish import Example, minter_name
from treering.store import api_keys, programmes


@dataclass(frozen=True, slots=True)
class Porter:
    engine: Engine
    keys: KeyFolder
    example: Example
    clock: Callable[[], datetime]

    def make_keys(self) -> list[tuple[str, str]]:
        """Every key that the programmes need, made where it is missing; whom to grant what."""
        self.keys.secret("vault")
        with self.engine.connect() as connection:
            codes = list(programmes.numbers(connection))
        minters = [(name, self.keys.account(name).address) for name in map(minter_name, codes)]
        issuers = [(f"issuer-{code}", self.example.issuer_key(code).multikey) for code in codes]
        return [*minters, *issuers]

    def admit(self, key: str) -> None:
        """Let this key open the operator's page."""
        with self.engine.begin() as connection:
            api_keys.add(connection, key, self.clock(), Role.OPERATOR)

    def admit_programme(self, code: str, key: str) -> None:
        """Let this key redeem in the programme's name; ProgrammeNotFound."""
        with self.engine.begin() as connection:
            if code not in programmes.numbers(connection):
                raise ProgrammeNotFound(code)
            programmes.add_key(connection, code, key, self.clock())

    def revoke(self, key: str) -> bool:
        """Whether it was a living key, of anybody's; now it is none."""
        with self.engine.begin() as connection:
            return api_keys.revoke(connection, hash_of(key), self.clock())
