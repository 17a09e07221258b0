"""The table of issuer keys: from when on each may sign, as the contract lists it for good."""

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, LargeBinary, Table

from treering.store.tables.metadata import metadata

issuer_keys = Table(
    "issuer_keys",
    metadata,
    Column("programme", BigInteger, primary_key=True, autoincrement=False),
    Column("key_id", LargeBinary, primary_key=True),
    Column("valid_from", DateTime(timezone=True), nullable=False),
    CheckConstraint("octet_length(key_id) = 32", name="key_id"),
)
