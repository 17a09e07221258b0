"""Alembic's entry: runs on the connection that `migrate` opened."""

from alembic import context

from treering.store import tables

context.configure(
    connection=context.config.attributes["connection"], target_metadata=tables.metadata
)
with context.begin_transaction():
    context.run_migrations()
