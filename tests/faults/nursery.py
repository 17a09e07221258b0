"""A nursery of processes: everything of Treering is imported once, and every process that a
test starts is forked from there, so that it lives within a tenth of a second.

What is forked is a process of its own like any other: its environment, its log, its limits,
its death by SIGKILL. Run as a program this is the nursery; `Nursery` is the tests' side of it.
"""

import gc
import importlib
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from treering.chain.embedded import die_with_parent

ROOT = Path(__file__).parents[2]
_NEEDED = "treering.cli.serve treering.cli.worker treering.cli.load treering.cli.redeem "
_NEEDED += "treering.flow.parts treering.web.app treering.worker treering.store.migrate "
_NEEDED += "uvicorn.protocols.http.auto uvicorn.loops.auto uvicorn.lifespan.on "
_NEEDED += "sqlalchemy.dialects.postgresql.psycopg psycopg.errors alembic.command"
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND


class Nursery:
    """Starts `treering` commands as children of the nursery, and asks how they ended."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._lock = Lock()  # tests ask from several threads

    def start(
        self,
        words: Sequence[str],
        environ: Mapping[str, str],
        log: Path,
        limits: Mapping[int, int] | None = None,
    ) -> "Forked":
        """`limits` are resource limits, such as {RLIMIT_NOFILE: 64}."""
        pairs = list((limits or {}).items())
        order = {"words": list(words), "environ": dict(environ), "log": str(log), "limits": pairs}
        return Forked(self, int(self.ask(order)))

    def ask(self, order: Any) -> Any:
        with self._lock:
            _say(self._process.stdin, order)
            assert self._process.stdout
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """Ends the nursery, and with it whatever was forked from it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(10)


@dataclass(frozen=True)
class Forked:
    nursery: Nursery
    pid: int

    def poll(self) -> int | None:
        """Its status as `subprocess` tells it: negative for a signal; None while it lives."""
        status: int | None = self.nursery.ask({"poll": self.pid})
        return status

    def signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    @property
    def is_frozen(self) -> bool:
        return Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def _say(pipe: Any, what: Any) -> None:
    pipe.write(json.dumps(what).encode() + b"\n")
    pipe.flush()


def main() -> int:
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the tests, which end us
    for name in _NEEDED.split():
        importlib.import_module(name)
    gc.freeze()
    ended: dict[int, int] = {}
    for line in sys.stdin.buffer:
        order = json.loads(line)
        if "poll" in order:
            _say(sys.stdout.buffer, _status(order["poll"], ended))
        elif pid := os.fork():
            ended.pop(pid, None)  # numbers are given again to whoever comes later
            _say(sys.stdout.buffer, pid)
        else:
            return _child(order)
    return 0


def _status(pid: int, ended: dict[int, int]) -> int | None:
    if pid not in ended:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            ended[pid] = os.waitstatus_to_exitcode(status)
    return ended.get(pid)


def _child(order: dict[str, Any]) -> int:
    """Becomes the command: from here on nothing is left of the nursery."""
    die_with_parent()
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _redirected(Path(order["log"]))
    os.environ.clear()
    os.environ.update(order["environ"])
    for kind, most in order["limits"]:
        resource.setrlimit(kind, (most, most))
    if "LD_PRELOAD" in os.environ:  # which takes effect in a new program alone
        os.execv(sys.executable, [sys.executable, "-m", "treering.main", *order["words"]])
    main = importlib.import_module("treering.main")
    status: int = main.main(order["words"])
    return status


def _redirected(log: Path) -> None:
    """Standard input is nothing, output and errors go to the log."""
    for number, path, mode in ((0, os.devnull, os.O_RDONLY), (1, log, _APPEND), (2, log, _APPEND)):
        opened = os.open(path, mode, 0o600)
        os.dup2(opened, number)
        os.close(opened)


if __name__ == "__main__":
    sys.exit(main())
