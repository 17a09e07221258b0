"""The table of the one chain that these books belong to."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
)

from treering.store.tables.metadata import metadata

chain_identity = Table(
    "chain_identity",
    metadata,
    Column("contract", Text, primary_key=True),
    Column("chain_id", BigInteger, nullable=False),
    Column("genesis", LargeBinary, nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    Column("pinned_at", DateTime(timezone=True), nullable=False),
    # The newest final block that was seen: if it ever changes, the chain broke its word.
    Column("final_number", BigInteger),
    Column("final_hash", LargeBinary),
    Column("halted_at", DateTime(timezone=True)),
    Column("halted_because", Text),
    Column("row", SmallInteger, nullable=False, unique=True, server_default="1"),
    CheckConstraint('"row" = 1', name="one_chain"),
)
