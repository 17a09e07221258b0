"""Bringing a database to the tables of `schema.py`, by Alembic, under an advisory lock."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

_LOCK = 0x7265_6572  # any number, the same everywhere


def migrate(engine: Engine) -> None:
    """Run what is missing; several at once wait for each other."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the database is at the newest version that this program knows."""
    return version(engine).is_current


@dataclass(frozen=True, slots=True)
class Version:
    """The revision that the database holds, None if none; `known` are this program's, in order."""

    held: str | None
    known: tuple[str, ...]

    @property
    def is_current(self) -> bool:
        return self.held == self.known[-1]

    @property
    def is_newer(self) -> bool:
        """Made by a program that came after this one, or by another altogether."""
        return self.held is not None and self.held not in self.known


def version(engine: Engine) -> Version:
    with engine.connect() as connection:
        held = MigrationContext.configure(connection).get_current_revision()
    return Version(held, _known())


@cache
def _known() -> tuple[str, ...]:
    script = ScriptDirectory.from_config(_config())
    return tuple(reversed([step.revision for step in script.walk_revisions()]))


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("treering.store") / "migrations"))
    return config
