"""Failpoints: named places where a test ends or freezes this process, as a crash would.

`FAILPOINT=tx.stored_not_sent:2` lets the process die of SIGKILL when it comes to that place
for the second time; with `FPACT=stop` it freezes there (SIGSTOP), as a machine that pauses,
until it is sent SIGCONT. Nothing but the environment arms one, and production refuses it.
"""

import os
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

from treering.errors import SettingsWrong

POINTS = frozenset(
    {
        "redeem.before_commit",
        "redeem.after_commit_before_reply",
        "bulk.before_commit",
        "bulk.after_commit_before_reply",
        "batch.before_commit",
        "batch.after_commit",
        "tx.signed_not_stored",
        "tx.stored_not_sent",
        "tx.sent_not_noted",
        "tx.mined_not_noted",
        "final.before_commit",
        "final.after_commit",
        "rollback.half",
        "exchange.before_commit",
        "exchange.after_commit",
        "exchange.granted_not_noted",
        "exchange.issued_not_claimed",
        "exchange.claimed_not_noted",
        "exchange.withdrawn_not_released",
        "exchange.released_not_noted",
        "mirror.staged",
        "mirror.page_applied_before_cursor",
        "migrate.between_steps",
    }
)
_SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}


@dataclass(frozen=True, slots=True)
class Failpoint:
    """Acts when `name` is reached for the `nth` time, and at no other time."""

    name: str
    nth: int
    signal: signal.Signals
    _times: Iterator[int] = field(default_factory=lambda: count(1))

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Failpoint | None":
        """None where none is named; SettingsWrong for any that cannot be meant."""
        if not (text := environ.get("FAILPOINT")):
            return None
        if environ.get("ENV") == "production":
            raise SettingsWrong("FAILPOINT is for tests: ENV=production refuses it")
        name, _, nth = text.partition(":")
        if name not in POINTS:
            raise SettingsWrong(f"FAILPOINT names one of {', '.join(sorted(POINTS))}")
        if not (nth.isascii() and nth.isdigit() and int(nth) > 0):
            raise SettingsWrong("FAILPOINT is of the form name:k, with k from 1 on")
        act = environ.get("FPACT", "kill")
        if act not in _SIGNALS:
            raise SettingsWrong(f"FPACT must be kill or stop, not {act!r:.60}")
        return cls(name, int(nth), _SIGNALS[act])

    def reached(self) -> None:
        if next(self._times) == self.nth:
            os.kill(os.getpid(), self.signal)


_armed: Failpoint | None = None


def arm(environ: Mapping[str, str]) -> None:
    """Once, when a process starts; SettingsWrong."""
    global _armed  # noqa: PLW0603 - a process dies as a whole
    _armed = Failpoint.from_environ(environ)


def reached(name: str) -> None:
    """This place; nothing happens unless the environment named it."""
    if _armed is not None and _armed.name == name:
        _armed.reached()
