"""A process of the town: what it says, how it ends, what it is asked; and waiting for it."""

import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import libfaketime

from tests.faults.journal import Answer, Journal
from tests.faults.nursery import Forked

PATIENCE = 150.0  # for machines with much else to do


@dataclass
class Child:
    """A process of the town, and all that it said."""

    forked: Forked
    log: Path

    @property
    def said(self) -> str:
        """Nothing, as long as it has not come to open its log."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    @property
    def lives(self) -> bool:
        return self.forked.poll() is None

    def check(self) -> None:
        """The test fails if it has ended by itself."""
        assert self.lives, f"status {self.forked.poll()}: {self.said[-3000:]}"

    def ended(self) -> int:
        """Its status, once it has ended."""
        until(lambda: not self.lives, lambda: None)
        status = self.forked.poll()
        assert status is not None
        return status

    def frozen(self) -> None:
        """Wait until it has frozen at its failpoint."""
        until(lambda: self.forked.is_frozen, self.check)

    def thaw(self) -> None:
        self.forked.signal(signal.SIGCONT)

    def end(self) -> int:
        """Ask it to end, as an operator does, once it listens."""
        until(lambda: not self.lives or self._listens)
        self.forked.signal(signal.SIGTERM)
        return self.ended()

    @property
    def _listens(self) -> bool:
        """Whether it has a handler of its own for SIGTERM."""
        status = Path(f"/proc/{self.forked.pid}/status").read_text()
        caught = next(line for line in status.splitlines() if line.startswith("SigCgt"))
        return bool(int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1)

    def kill(self) -> int:
        self.forked.signal(signal.SIGKILL)
        return self.ended()


@dataclass
class Web(Child):
    url: str
    journal: Journal

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=5).is_success
        except httpx.TransportError:
            return False

    def redeem(self, key: str, **wish: Any) -> Answer:
        return self.journal.redeem(self.url, key, **wish)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(f"{self.url}{path}", timeout=30)

    def state(self, number: str) -> str:
        """One of the eight states that a person sees."""
        answer = self.get(f"/v1/certificates/{number}/verification")
        return str(answer.json()["state"]) if answer.is_success else f"{answer.status_code}"


def faketime(clock: str, **more: str) -> dict[str, str]:
    """The environment of a process whose clock runs so, such as "-1d" or "+0 x10".

    The monotonic clock is left alone, as by whoever sets a machine's clock.
    """
    library = Path(libfaketime.__file__).parent / "vendor/libfaketime/src/libfaketime.so.1"
    told = {"LD_PRELOAD": str(library), "FAKETIME": clock, "TZ": "UTC"}
    return {**told, "FAKETIME_DONT_FAKE_MONOTONIC": "1", **more}


def until(
    happened: Callable[[], bool], *checks: Callable[[], object], patience: float = PATIENCE
) -> None:
    """Wait for what must happen, and fail at once where a check does."""
    deadline = time.monotonic() + patience
    while not happened():
        for check in checks:
            check()
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)
