"""The table of sessions: who is signed in, by a hash of what his browser holds."""

from sqlalchemy import ARRAY, CheckConstraint, Column, DateTime, LargeBinary, Table, Text

from treering.store.tables.metadata import metadata

sessions = Table(
    "sessions",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("role", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("provinces", ARRAY(Text)),  # null is all
    Column("expires_at", DateTime(timezone=True), nullable=False, index=True),
    CheckConstraint("role in ('operator', 'regulator', 'auditor', 'inspector')", name="role"),
)
