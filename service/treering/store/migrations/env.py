"""Alembic's entry: runs on the connection that `migrate` opened."""

from alembic import context

from treering.failpoint import reached
from treering.store import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    on_version_apply=lambda **_: reached("migrate.between_steps"),
)
with context.begin_transaction():
    context.run_migrations()
