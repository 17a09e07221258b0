"""Tables of keys and alarms: who may come in, and what the workers warned of."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    LargeBinary,
    Table,
    Text,
)

from treering.store.tables.metadata import metadata

# Only the hash of a key is kept. A key opens its scope, a role, and nothing else.
api_keys = Table(
    "api_keys",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("programme", ForeignKey("programmes.code")),
    Column("scope", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    Column("provinces", ARRAY(Text)),  # null is all
    Column("purpose", Text, nullable=False, server_default=""),
    Column("expires_at", DateTime(timezone=True)),
    Column("last_used_at", DateTime(timezone=True)),
    Column("scopes", ARRAY(Text)),  # of a programme's key, what it was made for; null is all
    CheckConstraint(
        "scope in ('programme', 'operator', 'regulator', 'auditor', 'inspector') "
        "and (scope = 'programme') = (programme is not null)",
        name="scope",
    ),
    CheckConstraint(
        "scopes is null or (scope = 'programme' and scopes <> '{}' "
        "and scopes <@ array['redeem', 'holders', 'exchange', 'ground'])",
        name="scopes",
    ),
)

# One row for each warning that differs, however often it is given; `batch` is 0 for none.
alarms = Table(
    "alarms",
    metadata,
    Column("event", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("batch", BigInteger, primary_key=True, autoincrement=False),
    Column("level", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("times", BigInteger, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False, index=True),
    CheckConstraint("times > 0 and last_at >= first_at", name="times"),
)
