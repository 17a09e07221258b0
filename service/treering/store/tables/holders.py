"""Tables of what holders asked for: a name corrected or not shown, a guardian's word, leaving.

Nothing here names anybody. What hangs on a holder's row goes with it.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from treering.store.tables.metadata import metadata


def _of_holder() -> Column[int]:
    holder = ForeignKey("holders.id", ondelete="CASCADE")
    return Column("holder", holder, primary_key=True, autoincrement=False)


def _at(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False)


# Whose names are not shown, not even masked. One row a holder who does not consent.
hidden_names = Table(
    "hidden_names",
    metadata,
    _of_holder(),
    Column("programme", Integer, nullable=False),  # its number
    _at("at"),
)

# A guardian's yes or no for one under 14: `by` is a hash that the programme alone can resolve.
guardians = Table(
    "guardians",
    metadata,
    _of_holder(),
    Column("consents", Boolean, nullable=False),
    Column("by", LargeBinary, nullable=False),
    _at("at"),
    CheckConstraint("length(by) = 32", name="by"),
)

# Who asked to leave, and has not left yet: `asked_by` is a key's label.
erasures = Table(
    "erasures",
    metadata,
    _of_holder(),
    _at("asked_at"),
    _at("due_at"),
    Column("asked_by", Text, nullable=False),
    CheckConstraint("due_at >= asked_at", name="due"),
)

# Records whose holder's name was corrected, once at least: documents with another name are old.
name_corrections = Table(
    "name_corrections",
    metadata,
    Column("lot", BigInteger, primary_key=True, autoincrement=False),
    Column("first_serial", BigInteger, primary_key=True, autoincrement=False),
    Column("count", Integer, nullable=False),
    _at("at"),
)

# Nobody's rows, and the entry of the log that tells of it.
tombstones = Table(
    "tombstones",
    metadata,
    Column("holder", ForeignKey("holders.id"), primary_key=True, autoincrement=False),
    Column("entry", ForeignKey("audit_log.number"), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    CheckConstraint("length(digest) = 32", name="digest"),
)

# What caches must drop: ranges of serials of which something is no longer said.
forgotten = Table(
    "forgotten",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("lot", BigInteger, nullable=False),
    Column("first_serial", BigInteger, nullable=False),
    Column("count", Integer, nullable=False),
    _at("at"),
)
