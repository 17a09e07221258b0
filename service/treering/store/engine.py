"""The way to PostgreSQL: an engine with limits, its faults, and whether it takes writes."""

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from treering.store import pipelines

# Whatever is asked when one of these comes may be asked again in a moment: the server is not
# there, ends, is full, is read-only, or somebody holds a lock for too long.
UNAVAILABLE = (OperationalError, InterfaceError, InternalError, PoolExhausted)

# Nobody waits for a lock for ever; a process that was frozen in the middle of a transaction
# loses it, and with it the locks that others wait for. A session that the server hears nothing
# of is ended: libpq waits for its last words for ever when a query broke off on the way there,
# and the pool makes another. Whoever vanished in the middle of a query is noticed, too.
_LIMITS = (
    "-c lock_timeout=5s -c idle_in_transaction_session_timeout=60s -c idle_session_timeout=60s "
    "-c client_connection_check_interval=10s"
)
# A database whose machine is gone is given up within half a minute, not in the kernel's two hours.
_ALIVE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
}


def engine(database_url: str) -> Engine:
    """Connections are made when they are needed; `options` in the URL replace our limits."""
    pipelines.mend()  # or they would take one of the limits away
    arguments: dict[str, object] = dict(_ALIVE)
    if "options" not in make_url(database_url).query:
        arguments["options"] = _LIMITS
    made = create_engine(
        database_url,
        pool_size=20,
        pool_pre_ping=True,
        hide_parameters=True,  # they hold names and references, which no log may
        connect_args=arguments,
    )
    event.listen(made, "handle_error", _another_where_a_ping_fails)
    return made


def _another_where_a_ping_fails(context: ExceptionContext) -> None:
    """Also of a query that was cut off, psycopg says something else than that the line is lost."""
    if context.is_pre_ping:
        context.is_disconnect = True


def may_be_one_rows(fault: Exception) -> bool:
    """Whether a transaction without the row that broke it, or the same once more, may pass.

    A collision (a deadlock) took it back, or a rule that is written in the database itself.
    """
    state: str = getattr(getattr(fault, "orig", None), "sqlstate", None) or ""
    return isinstance(fault, InternalError) or state.startswith("40")


def words_of(fault: Exception) -> str:
    """What PostgreSQL said, for a log: without the statement and its values."""
    return str(getattr(fault, "orig", fault))


def takes_writes(engine: Engine) -> bool:
    """Whether the database answers and is no read-only copy."""
    query = "SELECT NOT pg_is_in_recovery() AND current_setting('transaction_read_only') = 'off'"
    try:
        with engine.connect() as connection:
            return bool(connection.execute(text(query)).scalar_one())
    except UNAVAILABLE:
        return False
