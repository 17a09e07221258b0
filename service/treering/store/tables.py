"""All tables of all parts, for migrations and tests: importing them fills the metadata."""

from treering.store import mirror_tables, schema
from treering.store.metadata import metadata

__all__ = ["metadata", "mirror_tables", "schema"]
