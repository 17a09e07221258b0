"""The table of rules: statements in the order in which they were loaded, never changed.

A trigger refuses whatever would change or remove one (migration 0009).
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Identity,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
)

from treering.store.tables.metadata import metadata

rules = Table(
    "rules",
    metadata,
    Column("row", BigInteger, Identity(), primary_key=True),
    Column("hash", LargeBinary, nullable=False, index=True),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("id", Text, nullable=False),
    Column("adcode", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("from_quantity", Numeric(12, 3), nullable=False),
    Column("sure_quantity", Numeric(12, 3), nullable=False),
    Column("counting", Text, nullable=False),
    Column("trees", SmallInteger, nullable=False),
    Column("award", Text, nullable=False),
    Column("people", Text, nullable=False),
    Column("from_day", Date, nullable=False),
    Column("until_day", Date),
    Column("standing", Text, nullable=False),
    Column("as_of", Text, nullable=False),
    Column("note", Text, nullable=False),
    CheckConstraint("length(hash) = 32", name="hash"),
    CheckConstraint("from_quantity > 0 and sure_quantity >= from_quantity", name="quantity"),
    CheckConstraint("counting in ('LUMP', 'EACH')", name="counting"),
    CheckConstraint("award in ('NONE', 'FULFILMENT', 'HONOUR')", name="award"),
    CheckConstraint("people in ('ELIGIBLE', 'OUTSIDE', 'ALL')", name="people"),
    CheckConstraint("until_day > from_day", name="days"),
    CheckConstraint("trees > 0 or trees = 0 and award = 'NONE'", name="trees"),
)
