"""Admit: the keys that a deployment needs on disk, and whom to grant what."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from treering.chain.keys import KeyFolder, minter_name
from treering.flow.publish import Example
from treering.store import programmes


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
