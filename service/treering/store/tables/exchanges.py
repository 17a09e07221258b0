"""Tables of the exchange: applications, what each was decided by, and who is eligible.

Of people they hold a yes or no a year, and who said so: never an age, a birth date, a sex.
"""

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from treering.store.tables.metadata import metadata

_LIVE = "state in ('applied', 'issued', 'claimed', 'withdrawn')"

# `due_at` is when a worker looks next at what is under way; `settled` says that the claim is in
# a final block. `reason` is the code of the refusal that ended it.
exchanges = Table(
    "exchanges",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("holder", ForeignKey("holders.id"), nullable=False),
    Column("year", SmallInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("trees", ARRAY(LargeBinary), nullable=False),
    Column("sealed_salt", LargeBinary, nullable=False),
    Column("number", Text),
    Column("commitment", LargeBinary),
    Column("applied_at", DateTime(timezone=True), nullable=False),
    Column("adcode", Text, nullable=False),
    Column("settled", Boolean, nullable=False, server_default="false"),
    Column("tries", SmallInteger, nullable=False, server_default="0"),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("ended_by", Text),
    Column("ended_at", DateTime(timezone=True)),
    Column("reason", Text),
    UniqueConstraint("commitment"),
    CheckConstraint(
        "state in ('applied', 'issued', 'claimed', 'withdrawn', 'released', 'declined')",
        name="state",
    ),
    CheckConstraint(
        "state in ('applied', 'declined') or commitment is not null", name="issued_is_known"
    ),
    CheckConstraint("ended_by in ('registry', 'programme', 'chain')", name="ended_by"),
    CheckConstraint(
        "(state in ('withdrawn', 'released', 'declined')) = "
        "(ended_by is not null and ended_at is not null)",
        name="ended_is_told",
    ),
    CheckConstraint("adcode ~ '^([1-9][0-9]{5})?$'", name="adcode"),
)
Index(
    "uq_exchanges_holder_year",
    exchanges.c.holder,
    exchanges.c.year,
    unique=True,
    postgresql_where=text(_LIVE),
)
Index(
    "ix_exchanges_due",
    exchanges.c.due_at,
    postgresql_where=text("state in ('applied', 'issued', 'withdrawn') or not settled"),
)

# A row while the record is used: released, it may be exchanged again.
exchange_trees = Table(
    "exchange_trees",
    metadata,
    Column("tree", LargeBinary, primary_key=True),
    Column("exchange", ForeignKey("exchanges.id"), nullable=False, index=True),
    CheckConstraint("length(tree) = 12", name="tree"),
)

# Every exchange that a record was ever in: its page tells of those that ended, too.
Index("ix_exchanges_trees", exchanges.c.trees, postgresql_using="gin")

# 16 bytes of SHA-256 over programme and Idempotency-Key, as for redemptions.
exchange_keys = Table(
    "exchange_keys",
    metadata,
    Column("hash", Uuid, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("exchange", ForeignKey("exchanges.id"), nullable=False),
)

# The newest answer, whether this person owes or may plant in this year.
eligibilities = Table(
    "eligibilities",
    metadata,
    Column("holder", ForeignKey("holders.id"), primary_key=True),
    Column("year", SmallInteger, primary_key=True),
    Column("eligible", Boolean, nullable=False),
    Column("consented", Boolean, nullable=False),
    Column("source", Text, nullable=False),
    Column("stated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("source in ('programme', 'guardian', 'school', 'registry')", name="source"),
)

# What was read by which rule: enough to read it again, and to see that nothing has changed.
exchange_decisions = Table(
    "exchange_decisions",
    metadata,
    Column("exchange", ForeignKey("exchanges.id"), primary_key=True),
    Column("rule", Text, nullable=False),
    Column("rule_hash", LargeBinary, nullable=False),
    Column("form", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("quantity", Numeric(12, 3), nullable=False),
    Column("adcode", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("eligible", Boolean, nullable=False),
    Column("trees", SmallInteger, nullable=False),
    Column("award", Text, nullable=False),
    CheckConstraint("length(rule_hash) = 32", name="rule_hash"),
)
