"""What became of records after they were minted: the contract's events, kept to be searched.

The chain remains the truth; these rows can be made from it again at any time.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
)

from treering.store.tables.metadata import metadata

# The newest final block whose events are all here; one row.
followed = Table(
    "followed",
    metadata,
    Column("sole", Boolean, primary_key=True, server_default="true"),
    Column("block", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    CheckConstraint("sole", name="one_row"),
    CheckConstraint("length(hash) = 32", name="hash"),
)

# `kind` is domain/provenance/search.py's Told. `value` is the reason's number, the successor's
# tree id, or the commitment of a claim.
record_events = Table(
    "record_events",
    metadata,
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("lot", BigInteger, nullable=False),
    Column("serial", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    CheckConstraint("kind between 1 and 4", name="kind"),
    CheckConstraint("length(value) = (array[1, 12, 32, 32])[kind]", name="value"),
)
Index("ix_record_events_record", record_events.c.lot, record_events.c.serial)
