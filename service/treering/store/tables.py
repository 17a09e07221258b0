"""All tables of all parts, for migrations and tests: importing them fills the metadata."""

from treering.store import (
    audit_table,
    contradiction_tables,
    differences_tables,
    drop_tables,
    event_tables,
    exchange_tables,
    ground_tables,
    holder_tables,
    identity_table,
    issuer_table,
    mirror_tables,
    operator_tables,
    rule_tables,
    schema,
    session_table,
)
from treering.store.metadata import metadata

__all__ = [
    "audit_table",
    "contradiction_tables",
    "differences_tables",
    "drop_tables",
    "event_tables",
    "exchange_tables",
    "ground_tables",
    "holder_tables",
    "identity_table",
    "issuer_table",
    "metadata",
    "mirror_tables",
    "operator_tables",
    "rule_tables",
    "schema",
    "session_table",
]
