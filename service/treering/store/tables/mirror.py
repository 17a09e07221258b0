"""The tables of the mirror: what the registry signed, its entries, and what they add up to.

`feed` is the log's origin. `mirror_entries` is the truth; the two tables below it are its
replay and can be made again from it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
)

from treering.store.tables.metadata import metadata

mirror_heads = Table(
    "mirror_heads",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("peaks", LargeBinary, nullable=False),  # of the frontier, 32 bytes each, widest first
    Column("first_note", Text, nullable=False),  # as signed, the first that we saw of this size
    Column("first_head_time", DateTime(timezone=True), nullable=False),
    Column("note", Text, nullable=False),  # and the newest
    Column("head_time", DateTime(timezone=True), nullable=False),
    Column("first_fetched_at", DateTime(timezone=True), nullable=False),
    Column("fetched_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("size >= 0", name="size"),
    CheckConstraint("octet_length(root) = 32", name="root"),
    CheckConstraint("octet_length(peaks) = 32 * bit_count(size::bit(64))", name="peaks"),
    CheckConstraint("first_head_time <= head_time", name="times"),
)

mirror_entries = Table(
    "mirror_entries",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("index", BigInteger, primary_key=True, autoincrement=False),
    Column("certificate", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),  # the bytes that were hashed
    CheckConstraint("index >= 0", name="index"),
    CheckConstraint("octet_length(certificate) = 32", name="certificate"),
    Index("ix_mirror_entries_certificate", "feed", "certificate", "index"),
)

mirror_certificates = Table(
    "mirror_certificates",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("certificate", LargeBinary, primary_key=True),
    Column("index", BigInteger, nullable=False),  # of its newest entry
    Column("active", Boolean, nullable=False),
    Column("year", SmallInteger, nullable=False),  # Asia/Shanghai
    Column("adcode", Text, nullable=False),
    Column("form", Text, nullable=False),
    ForeignKeyConstraint(
        ["feed", "index"],
        ["mirror_entries.feed", "mirror_entries.index"],
        name="fk_mirror_certificates_entry",
    ),
    CheckConstraint("year >= 1981", name="year"),
    CheckConstraint("adcode ~ '^[1-9][0-9]{5}$'", name="adcode"),
    CheckConstraint("form ~ '^F[1-8]$'", name="form"),
)

mirror_trees = Table(
    "mirror_trees",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("tree", Numeric(29, 0), primary_key=True),
    # Of mirror_certificates, copied in the same transaction: a foreign key would look each of a
    # million certificates up three times, a third of what the database works (decision 0135).
    Column("certificate", LargeBinary, primary_key=True),
    Column("index", BigInteger, nullable=False),  # of the entry that said so last
    Column("used", Boolean, nullable=False),  # by this certificate, which is active
    CheckConstraint("tree >= 0 AND tree < 2::numeric ^ 96", name="tree"),
)

Index(
    "uq_mirror_trees_used",
    mirror_trees.c.feed,
    mirror_trees.c.tree,
    unique=True,
    postgresql_where=mirror_trees.c.used,
)
