"""The demo's processes: each a child that dies with us, restarted if it dies before."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from treering.chain.embedded import die_with_parent
from treering.errors import CannotStart

_STOP_SECONDS = 10


@dataclass
class Child:
    """A `treering` command of its own, its output in a log file."""

    name: str
    words: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "treering.main", *self.words],
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, no locks
                start_new_session=True,  # Ctrl-C is for the demo, which ends them in order
            )

    @property
    def pid(self) -> int:
        assert self.process, "started"
        return self.process.pid

    @property
    def died(self) -> int | None:
        """The status that it ended with; None while it runs."""
        return self.process.poll() if self.process else None

    def check(self) -> None:
        """CannotStart, with the last of its log, if it has ended."""
        if self.died is not None:
            tail = self.log.read_text("utf-8", "replace").strip().splitlines()[-5:]
            raise CannotStart(f"{self.name} ended with status {self.died}:\n" + "\n".join(tail))

    def stop(self) -> None:
        """Ask it to end; insist after some seconds."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
