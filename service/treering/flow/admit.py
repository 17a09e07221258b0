"""Admit: the keys that a deployment needs on disk, and operators' keys to their page."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from treering.chain.keys import KeyFolder
from treering.errors import ProgrammeNotFound
from treering.flow.publish import Example, minter_name
from treering.store import operators, programmes


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
            operators.add(connection, key, self.clock())

    def admit_programme(self, code: str, key: str) -> None:
        """Let this key redeem in the programme's name; ProgrammeNotFound."""
        with self.engine.begin() as connection:
            if code not in programmes.numbers(connection):
                raise ProgrammeNotFound(code)
            programmes.add_key(connection, code, key, self.clock())

    def revoke(self, key: str) -> bool:
        """Whether it was a living key, an operator's or a programme's; now it is none."""
        with self.engine.begin() as connection:
            return operators.revoke(connection, key, self.clock())
