"""Treering's tables. Rules are constraints; what a state implies is checked by the database.

Times are aware and UTC. A lot id is programme << 32 | lot number, as on chain.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.types import TypeEngine

from treering.store.metadata import metadata


def _moment(name: str, *, nullable: bool = False) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _required(name: str, kind: type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, nullable=False)


programmes = Table(
    "programmes",
    metadata,
    Column("code", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True),
    _required("name", Text),
    _required("operator", Text),
    _required("country", Text),
    _required("since", Text),
    _required("sealed_number_key", LargeBinary),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("programme", ForeignKey("programmes.code"), nullable=False),
    _moment("created_at"),
    _moment("revoked_at", nullable=True),
)

parties = Table(
    "parties",
    metadata,
    Column("code", Text, primary_key=True),
    _required("en", Text),
    _required("zh", Text),
    _required("role", Text),
    Column("address", Text, unique=True),
)

provinces = Table(
    "provinces",
    metadata,
    Column("adcode", Text, primary_key=True),
    _required("en", Text),
    _required("zh", Text),
)

species = Table(
    "species",
    metadata,
    Column("code", Text, primary_key=True),
    _required("en", Text),
    _required("zh", Text),
    _required("latin", Text),
    _required("unit", SmallInteger),
    _required("energy_grams", Integer),
    _required("standing", Text),
    CheckConstraint("unit in (1, 2, 3)", name="unit"),
    CheckConstraint("energy_grams > 0", name="energy"),
)

lots = Table(
    "lots",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("slug", Text, nullable=False, unique=True),
    Column("programme", ForeignKey("programmes.code"), nullable=False),
    Column("species", ForeignKey("species.code"), nullable=False),
    Column("province", ForeignKey("provinces.adcode"), nullable=False),
    Column("implementer", ForeignKey("parties.code"), nullable=False),
    Column("inspector", ForeignKey("parties.code")),
    _required("site", Text),
    _required("site_en", Text),
    _required("site_zh", Text),
    _required("unit", SmallInteger),
    _required("year", SmallInteger),
    Column("area_m2", BigInteger),
    Column("inspected_on", Text),
    _required("standing", Text),
    _required("note", Text),
    _required("capacity", BigInteger),
    Column("asked", BigInteger, nullable=False, server_default="0"),
    Column("sealed", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("asked between 0 and capacity", name="never_oversold"),
    CheckConstraint("sealed between 0 and asked", name="sealed_of_asked"),
    CheckConstraint("capacity between 0 and 4294967295", name="capacity"),
    CheckConstraint("unit in (1, 2, 3)", name="unit"),
    CheckConstraint("year between 1981 and 9998", name="year"),
)

holders = Table(
    "holders",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme", ForeignKey("programmes.code"), nullable=False),
    _required("lookup", LargeBinary),
    # The secret and the hash of the reference, encrypted.
    _required("sealed", LargeBinary),
    UniqueConstraint("programme", "lookup"),
)

redemptions = Table(
    "redemptions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme", ForeignKey("programmes.code"), nullable=False),
    _required("key", Text),
    _required("fingerprint", LargeBinary),
    Column("lot", ForeignKey("lots.id"), nullable=False),
    _required("first_serial", BigInteger),
    _required("count", Integer),
    Column("holder", ForeignKey("holders.id"), nullable=False),
    _required("masked_name", Text),
    _required("price_grams", BigInteger),
    Column("campaign", Text),
    _moment("redeemed_at"),
    _moment("recorded_at"),
    UniqueConstraint("programme", "key"),
    UniqueConstraint("lot", "first_serial"),
    CheckConstraint("count > 0 and first_serial >= 0", name="range"),
)

batches = Table(
    "batches",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("programme", ForeignKey("programmes.code"), nullable=False),
    Column("lot", ForeignKey("lots.id"), nullable=False),
    _required("first_serial", BigInteger),
    _required("count", Integer),
    _required("state", Text),
    _required("holders", LargeBinary),
    _required("root", LargeBinary),
    _moment("sealed_at"),
    Column("nonce", BigInteger),
    Column("raw_transaction", LargeBinary),
    Column("block_number", BigInteger),
    Column("block_hash", LargeBinary),
    _moment("block_time", nullable=True),
    Column("transaction", LargeBinary),
    Column("reason", Text),
    UniqueConstraint("lot", "first_serial"),
    CheckConstraint("length(holders) = 20 * count and count between 1 and 6500", name="holders"),
    CheckConstraint("length(root) = 32", name="root"),
    CheckConstraint("state in ('sealed', 'signed', 'mined', 'final', 'blocked')", name="state"),
    CheckConstraint(
        "state <> 'signed' or raw_transaction is not null", name="signed_has_transaction"
    ),
    CheckConstraint(
        "state not in ('mined', 'final') or block_hash is not null", name="mined_has_block"
    ),
)
# A minter's nonce serves one batch: of two workers that sign with the same one, one loses.
Index(
    "uq_batches_nonce",
    batches.c.programme,
    batches.c.nonce,
    unique=True,
    postgresql_where=text("state in ('signed', 'mined')"),
)
Index(
    "ix_batches_unsettled",
    batches.c.programme,
    batches.c.id,
    postgresql_where=text("state in ('sealed', 'signed', 'mined')"),
)

exchanges = Table(
    "exchanges",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("holder", ForeignKey("holders.id"), nullable=False),
    _required("year", SmallInteger),
    _required("state", Text),
    Column("trees", ARRAY(LargeBinary), nullable=False),
    _required("sealed_salt", LargeBinary),
    Column("number", Text),
    Column("commitment", LargeBinary),
    _moment("applied_at"),
    UniqueConstraint("holder", "year"),
    CheckConstraint("state in ('applied', 'issued', 'claimed')", name="state"),
    CheckConstraint("state = 'applied' or commitment is not null", name="issued_is_known"),
)

exchange_trees = Table(
    "exchange_trees",
    metadata,
    Column("tree", LargeBinary, primary_key=True),
    Column("exchange", ForeignKey("exchanges.id"), nullable=False),
    CheckConstraint("length(tree) = 12", name="tree"),
)

chain_identity = Table(
    "chain_identity",
    metadata,
    Column("contract", Text, primary_key=True),
    _required("chain_id", BigInteger),
    _required("genesis", LargeBinary),
    _required("code_hash", LargeBinary),
    _moment("pinned_at"),
    Column("row", SmallInteger, nullable=False, unique=True, server_default="1"),
    CheckConstraint('"row" = 1', name="one_chain"),
)
