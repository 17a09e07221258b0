"""What the doctor found: one sign a line, with what to do; the worst of them is the answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from treering.errors import TreeringError


class Health(StrEnum):
    """From best to worst. Only FAIL keeps the worker from its work."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Sign:
    """`about` names the thing looked at; `refusal` is there where the health is FAIL."""

    about: str
    health: Health
    said: str
    advice: str = ""
    refusal: TreeringError | None = None

    @classmethod
    def ok(cls, about: str, said: str) -> Self:
        return cls(about, Health.OK, said)

    @classmethod
    def warn(cls, about: str, said: str, advice: str) -> Self:
        return cls(about, Health.WARN, said, advice)

    @classmethod
    def fail(cls, about: str, refusal: TreeringError, advice: str) -> Self:
        return cls(about, Health.FAIL, str(refusal), advice, refusal)

    @property
    def code(self) -> str | None:
        return self.refusal.code if self.refusal else None


def worst(signs: Iterable[Sign]) -> Health:
    """OK where there is nothing to tell."""
    order = list(Health)
    return max((sign.health for sign in signs), key=order.index, default=Health.OK)


def refusals(signs: Iterable[Sign]) -> list[TreeringError]:
    return [sign.refusal for sign in signs if sign.refusal]
