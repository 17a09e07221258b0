"""The tables of reconciliation: its runs, what they found, and what became of each finding."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from treering.store.tables.metadata import metadata


def _moment(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


# A run that could not be made says why; it opens and resolves nothing.
reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _moment("started_at"),
    _moment("ended_at"),
    Column("failure", Text),
    Column("block_number", BigInteger),
    Column("block_hash", LargeBinary),
    _moment("block_time", nullable=True),
    Column("feed", Text),
    Column("head_size", BigInteger),
    Column("head_root", LargeBinary),
    _moment("head_time", nullable=True),
    Column("accepted", LargeBinary),  # SHA-256 of the file of counts, where one was brought
    Column("lots", BigInteger),
    Column("batches", BigInteger),
    Column("records", BigInteger),
    Column("claims", BigInteger),
    Column("certificates", BigInteger),
    Column("found", BigInteger),
    Column("opened", BigInteger),
    Column("resolved", BigInteger),
    CheckConstraint("ended_at >= started_at", name="times"),
    CheckConstraint(
        "(failure is null) = (block_number is not null and found is not null)", name="made_or_not"
    ),
    CheckConstraint("(head_size is null) = (head_root is null)", name="head"),
)

# One row for the same difference for ever: `id` follows from its case and subject.
differences = Table(
    "differences",
    metadata,
    Column("id", Uuid(as_uuid=True), primary_key=True),
    Column("name", Text, nullable=False),  # of its case
    Column("kind", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("said_left", Text, nullable=False),
    Column("said_right", Text, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("programme", Text),
    Column("province", Text),
    Column("lot", BigInteger),
    _moment("opened_at"),
    _moment("first_seen"),
    _moment("last_seen"),
    _moment("resolved_at", nullable=True),
    Column("last_run", ForeignKey("reconciliations.id"), nullable=False),
    Column("runs", Integer, nullable=False),  # in how many it was seen
    CheckConstraint("last_seen >= first_seen and opened_at >= first_seen", name="times"),
    CheckConstraint("runs > 0 and count > 0", name="counts"),
)
Index(
    "ix_differences_open",
    differences.c.kind,
    differences.c.province,
    postgresql_where=differences.c.resolved_at.is_(None),
)
Index("ix_differences_order", differences.c.opened_at, differences.c.id)

# Opened, changed, resolved, opened again: what happened to a difference, and in which run.
difference_history = Table(
    "difference_history",
    metadata,
    Column("difference", ForeignKey("differences.id"), primary_key=True),
    Column("run", ForeignKey("reconciliations.id"), primary_key=True),
    Column("event", Text, nullable=False),
    Column("said_left", Text, nullable=False),
    Column("said_right", Text, nullable=False),
    _moment("at"),
    CheckConstraint("event in ('opened', 'changed', 'resolved', 'reopened')", name="event"),
)
