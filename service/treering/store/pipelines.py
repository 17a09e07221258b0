"""psycopg's pipelines, without the Flush that they send after their last Sync.

PostgreSQL arms `idle_in_transaction_session_timeout` when it has answered a Sync, and disarms
it when the next message comes, of whatever kind; a bare Flush is answered by nothing, so that
nothing arms it again. A process that froze then kept its locks for ever. psycopg (3.1 to 3.3)
sends one wherever not all answers have come by the time the Sync is sent; they come without.
"""

# ruff: noqa: SLF001 - psycopg offers no other way; its version is locked, and a test looks

from collections.abc import Generator
from typing import Any

from psycopg import DatabaseError, OperationalError, Pipeline


def mend() -> None:
    """For all pipelines of this process, those of executemany too; once more does no harm."""
    Pipeline._exit_gen = _ended  # type: ignore[assignment]


def _ended(pipeline: Pipeline) -> Generator[Any, Any, None]:
    try:
        try:
            pipeline._enqueue_sync()
            yield from pipeline._communicate_gen()
        finally:
            yield from pipeline._fetch_gen(flush=False)
    except DatabaseError as fault:
        if type(fault) is not DatabaseError:
            raise
        # libpq's own word, without an SQLSTATE: the line is gone, as its Flush would have told.
        raise OperationalError(*fault.args) from fault
