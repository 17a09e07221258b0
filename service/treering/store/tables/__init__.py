"""All tables of all parts, for migrations and tests: importing them fills the metadata."""

from treering.store.tables import audit as audit_table
from treering.store.tables import books as schema
from treering.store.tables import contradictions as contradiction_tables
from treering.store.tables import differences as differences_tables
from treering.store.tables import drops as drop_tables
from treering.store.tables import events as event_tables
from treering.store.tables import exchanges as exchange_tables
from treering.store.tables import ground as ground_tables
from treering.store.tables import holders as holder_tables
from treering.store.tables import identity as identity_table
from treering.store.tables import issuers as issuer_table
from treering.store.tables import mirror as mirror_tables
from treering.store.tables import operators as operator_tables
from treering.store.tables import rules as rule_tables
from treering.store.tables import sessions as session_table
from treering.store.tables.metadata import metadata

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
