"""What the doctor found: one sign a line, with what to do; the worst of them is the answer.

What fails of one programme holds that programme's minting, and nobody else's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self

from treering.errors import TreeringError


class Health(StrEnum):
    """From best to worst. Only FAIL keeps the worker from work: all of it, or one programme's."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True)
class Sign:
    """`about` names the thing looked at; `refusal` is there where the health is FAIL.

    `programme` is the code of the one that alone is concerned, None where all are.
    """

    about: str
    health: Health
    said: str
    advice: str = ""
    refusal: TreeringError | None = None
    programme: str | None = None

    @classmethod
    def ok(cls, about: str, said: str) -> Self:
        return cls(about, Health.OK, said)

    @classmethod
    def warn(cls, about: str, said: str, advice: str) -> Self:
        return cls(about, Health.WARN, said, advice)

    @classmethod
    def fail(cls, about: str, refusal: TreeringError, advice: str) -> Self:
        return cls(about, Health.FAIL, str(refusal), advice, refusal)

    def of(self, programme: str) -> Self:
        """The same, of this programme alone."""
        return replace(self, programme=programme)

    @property
    def code(self) -> str | None:
        return self.refusal.code if self.refusal else None


def worst(signs: Iterable[Sign]) -> Health:
    """OK where there is nothing to tell."""
    order = list(Health)
    return max((sign.health for sign in signs), key=order.index, default=Health.OK)


def refusal(signs: Sequence[Sign]) -> TreeringError | None:
    """What keeps a worker from all work: what concerns all, or holds every single programme."""
    failing = [sign for sign in signs if sign.refusal]
    for sign in failing:
        if sign.programme is None:
            return sign.refusal
    return failing[0].refusal if failing and not _others(signs, failing) else None


def held(signs: Iterable[Sign]) -> dict[str, Sign]:
    """The first thing that fails of each programme whose minting must wait, by its code."""
    found: dict[str, Sign] = {}
    for sign in signs:
        if sign.refusal and sign.programme:
            found.setdefault(sign.programme, sign)
    return found


def _others(signs: Iterable[Sign], failing: Iterable[Sign]) -> set[str | None]:
    """The programmes of which nothing fails."""
    looked_at = {sign.programme for sign in signs} - {None}
    return looked_at - {sign.programme for sign in failing}
