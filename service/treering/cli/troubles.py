"""What stood in a command's way, in one line; nothing of it for a fault of ours."""

from psycopg.errors import UndefinedTable
from sqlalchemy.exc import ProgrammingError

from treering.errors import DatabaseUnavailable, TreeringError
from treering.store.engine import UNAVAILABLE

_OF_DATABASE = (*UNAVAILABLE, ProgrammingError)


def told(error: Exception) -> str | None:
    if isinstance(error, TreeringError):
        return f"{error.code} {error}"
    if isinstance(error, OSError):
        return ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)
    if isinstance(error, MemoryError):
        return "out of memory: give it more, or less at once; what was committed is kept"
    return _of_database(error) if isinstance(error, _OF_DATABASE) else None


def _of_database(error: Exception) -> str:
    """What PostgreSQL said; an empty database is told what it lacks."""
    said: object = getattr(error, "orig", error)
    if isinstance(said, UndefinedTable):
        return f"{DatabaseUnavailable.code} the database is empty: run treering migrate"
    return f"{DatabaseUnavailable.code} the database: {str(said).splitlines()[0]}"
