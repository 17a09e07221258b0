"""Collecting findings. The code decides the verdict, so that the two can never disagree."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from treering.domain.codes import CODES
from treering.domain.verification import Check, Finding, Report
from treering.errors import ChainUnavailable, NodeRefused

# How a question to the chain ends without an answer. Views of ours refuse nothing: a node that
# says no is one that has lost the block, or is asked too often.
NO_ANSWER = (ChainUnavailable, NodeRefused)
Evidence = dict[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one check found: a code of `domain/codes.py`, and the facts it rests on.

    `as_of` is given where the answer is neither the block's nor of now.
    """

    code: str
    detail: str = ""
    evidence: Evidence = field(default_factory=dict)
    as_of: datetime | None = None


class Pinned(Protocol):
    """A block."""

    @property
    def as_of(self) -> datetime: ...
    @property
    def height(self) -> int: ...


_P = TypeVar("_P", bound=Pinned)


class Findings:
    """The findings of one report, in the order of the checks."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.all: list[Finding] = []

    def add(self, check: Check, answer: Answer, at: Pinned | None = None) -> None:
        """`at` is the block that the answer rests on."""
        evidence = ({"block": at.height} if at else {}) | answer.evidence
        as_of = answer.as_of or (at.as_of if at else self.now)
        verdict = CODES[answer.code].verdict
        self.all.append(Finding(check, verdict, answer.code, answer.detail, as_of, evidence))

    def ask(
        self,
        check: Check,
        world: _P | None,
        ask: Callable[[_P], Answer],
        *,
        silent: str,
        why: str = "the node is silent",
    ) -> None:
        """Ask the chain at a block; `silent` is the code where it cannot be asked, and `why`."""
        if world is None:
            self.add(check, Answer(silent, why))
            return
        try:
            answer = ask(world)
        except NO_ANSWER as error:
            self.add(check, Answer(silent, str(error)))
        else:
            self.add(check, answer, world)


def evidence_of(report: Report, check: Check) -> Evidence:
    """What this check of a report rests on."""
    return next((f.evidence for f in report.findings if f.check is check), {})
