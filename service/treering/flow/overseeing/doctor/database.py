"""The database: reachable, of this version, and with settings that lose no commit."""

from collections.abc import Iterator

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from treering.domain.checkup import Sign
from treering.errors import DatabaseUnavailable, DatabaseUnsafe, SchemaOutdated, SchemaTooNew
from treering.store.condition import Condition, condition
from treering.store.migrate import version

_OLDEST = 150_000  # what the queries were tried on: PostgreSQL 15 and later


def signs(engine: Engine) -> Iterator[Sign]:
    try:
        with engine.connect() as connection:
            found = condition(connection)
        yield Sign.ok("database", f"PostgreSQL {found.version // 10_000} answers")
    except SQLAlchemyError as error:
        yield Sign.fail("database", unavailable(error), "start it, or mend TREERING_DATABASE_URL")
        return
    yield _settings(found)
    yield _schema(engine)


def unavailable(error: SQLAlchemyError) -> DatabaseUnavailable:
    """What the driver said, in one line and without SQL."""
    said = str(getattr(error, "orig", error)).strip() or type(error).__name__
    return DatabaseUnavailable(said.splitlines()[0])


def _settings(found: Condition) -> Sign:
    about = "database settings"
    if found.standby:
        return Sign.fail(about, DatabaseUnsafe("this is a standby"), "name the primary")
    if found.dangers:
        why = DatabaseUnsafe(", ".join(found.dangers))
        return Sign.fail(about, why, "set all three to on, for this database and role too")
    if found.version < _OLDEST:
        said = f"PostgreSQL {found.version // 10_000} is older than any this was tried on"
        return Sign.warn(about, said, f"take PostgreSQL {_OLDEST // 10_000} or later")
    return Sign.ok(about, "synchronous_commit, fsync and full_page_writes are on")


def _schema(engine: Engine) -> Sign:
    found = version(engine)
    if found.is_current:
        return Sign.ok("schema", f"revision {found.held}")
    if found.is_newer:
        newer = SchemaTooNew(f"revision {found.held}; this program knows {found.known[-1]}")
        return Sign.fail("schema", newer, "start the version that migrated it, or a later one")
    held = f"revision {found.held}" if found.held else "empty"
    older = SchemaOutdated(f"{held}; this program needs {found.known[-1]}")
    return Sign.fail("schema", older, "treering migrate")
