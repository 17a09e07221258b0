"""Treering's tables. Rules are constraints; what a state implies is checked by the database.

Times are aware and UTC. A lot id is programme << 32 | lot number, as on chain.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
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

from treering.store.tables.metadata import metadata


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

# The lookup is keyed with the programme's code, so that no two programmes share a row.
holders = Table(
    "holders",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("lookup", Uuid(as_uuid=False), nullable=False, unique=True),
    # The secret and the hash of the reference, encrypted.
    _required("sealed", LargeBinary),
)

# As narrow as it can be, for there are hundreds of millions: the programme follows from the
# lot, the id from lot and serial (docs/decisions/0020). No campaign is "". Lots are never
# deleted and are locked while their serials are given away: a foreign key to them would cost
# a third of a bulk load.
redemptions = Table(
    "redemptions",
    metadata,
    Column("lot", BigInteger, primary_key=True, autoincrement=False),
    Column("first_serial", BigInteger, primary_key=True, autoincrement=False),
    Column("holder", ForeignKey("holders.id"), nullable=False),
    _moment("redeemed_at"),
    _moment("recorded_at"),
    _required("count", Integer),
    _required("price_grams", Integer),
    _required("masked_name", Text),
    _required("campaign", Text),
    CheckConstraint("count > 0 and first_serial >= 0", name="range"),
)
# They come in the order of time, more or less: a few pages of index serve hundreds of millions.
Index("ix_redemptions_redeemed_at", redemptions.c.redeemed_at, postgresql_using="brin")

# Idempotency-Keys of single redemptions: 16 bytes of SHA-256 over programme and key.
redemption_keys = Table(
    "redemption_keys",
    metadata,
    Column("hash", Uuid(as_uuid=False), primary_key=True),
    _required("fingerprint", LargeBinary),
    _required("lot", BigInteger),
    _required("first_serial", BigInteger),
    ForeignKeyConstraint(
        ["lot", "first_serial"],
        ["redemptions.lot", "redemptions.first_serial"],
        name="fk_redemption_keys_redemption",
    ),
)

# The ids of redemptions from before ids followed from lot and serial: they are kept.
former_ids = Table(
    "former_ids",
    metadata,
    Column("id", Uuid, primary_key=True),
    _required("lot", BigInteger),
    _required("first_serial", BigInteger),
    UniqueConstraint("lot", "first_serial"),
)

# A load is a file under an Idempotency-Key; `former` ones began when each line had a key of
# its own in `redemption_keys`.
loads = Table(
    "loads",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("programme", ForeignKey("programmes.code"), nullable=False),
    _required("key", Text),
    Column("former", Boolean, nullable=False, server_default="false"),
    UniqueConstraint("programme", "key"),
)

# What became of a load's lines, CELL lines a row, 12 bytes a line (domain/load.py).
load_cells = Table(
    "load_cells",
    metadata,
    Column("load", ForeignKey("loads.id"), primary_key=True),
    Column("cell", BigInteger, primary_key=True, autoincrement=False),
    _required("lines", LargeBinary),
    CheckConstraint("length(lines) % 12 = 0", name="lines"),
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
    Column("minter", LargeBinary),
    Column("nonce", BigInteger),
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
        "state <> 'signed' or (minter is not null and nonce is not null)", name="signed_has_nonce"
    ),
    CheckConstraint(
        "state not in ('mined', 'final') or block_hash is not null", name="mined_has_block"
    ),
)
# A minter's nonce serves one batch: of two workers that sign with the same one, one loses.
Index(
    "uq_batches_nonce",
    batches.c.minter,
    batches.c.nonce,
    unique=True,
    postgresql_where=text("state in ('signed', 'mined')"),
)
Index(
    "ix_batches_in_flight",
    batches.c.programme,
    batches.c.nonce,
    postgresql_where=text("state in ('signed', 'mined')"),
)
Index(
    "ix_batches_waiting",
    batches.c.programme,
    batches.c.lot,
    batches.c.first_serial,
    postgresql_where=text("state in ('sealed', 'blocked')"),
)

# The nonce ledger: every transaction that a minter ever signed, written before any node saw
# it. The bytes are thrown away once the chain holds them for good.
transactions = Table(
    "transactions",
    metadata,
    Column("minter", LargeBinary, primary_key=True),
    Column("nonce", BigInteger, primary_key=True, autoincrement=False),
    Column("attempt", SmallInteger, primary_key=True, autoincrement=False),
    Column("batch", ForeignKey("batches.id", ondelete="SET NULL")),
    _required("digest", LargeBinary),
    Column("raw", LargeBinary),
    _required("tip", BigInteger),
    _required("cap", BigInteger),
    _required("after_block", BigInteger),
    _moment("signed_at"),
    _moment("sent_at", nullable=True),
    CheckConstraint("length(minter) = 20 and length(digest) = 32", name="lengths"),
    CheckConstraint("nonce >= 0 and attempt > 0 and tip >= 0 and cap >= tip", name="offer"),
)
Index("ix_transactions_batch", transactions.c.batch)
