"""The tables of drops: files that a registry gave, kept as they came, and what of a log that is
under way has been verified and not yet taken over."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from treering.store.tables.metadata import metadata

# The raw bytes by their hash, in the order in which they were taken over: replaying the drops
# of a feed from the first on makes its log again, entry by entry.
mirror_drops = Table(
    "mirror_drops",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),  # from 0, no gap
    Column("sha256", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("first", BigInteger, nullable=False),  # the log's size before
    Column("end", BigInteger, nullable=False),  # and after
    Column("raw", LargeBinary, nullable=False),
    UniqueConstraint("feed", "sha256", name="uq_mirror_drops_sha256"),
    CheckConstraint("octet_length(sha256) = 32", name="sha256"),
    CheckConstraint("form in ('csv', 'xlsx', 'json')", name="form"),
    CheckConstraint('"end" >= first and first >= 0', name="entries"),
)

# Bundles of entries that were proven under a signed head, waiting for the rest of it.
mirror_staged = Table(
    "mirror_staged",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    Column("raw", LargeBinary, nullable=False),  # a tlog-tiles entry bundle, as it came
    CheckConstraint("start >= 0 and count between 1 and 256", name="count"),
)
