"""The table of administrative acts and looks at what is personal: rows are only ever added.

Triggers refuse to change or remove one, to whoever asks; what they cannot see, the chain shows.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    LargeBinary,
    Table,
    Text,
)

from treering.store.tables.metadata import metadata

audit_log = Table(
    "audit_log",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", DateTime(timezone=True), nullable=False),
    *[
        Column(name, Text, nullable=False)
        for name in ("act", "who", "role", "subject", "why", "request")
    ],
    Column("before", LargeBinary),
    Column("after", LargeBinary),
    Column("previous", LargeBinary, nullable=False, unique=True),
    Column("hash", LargeBinary, nullable=False),
    Index("ix_audit_log_subject", "subject"),
    CheckConstraint("number > 0", name="number"),
    CheckConstraint("length(previous) = 32 and length(hash) = 32", name="hashes"),
)
