"""Tables of the ground: land, who has to do with it, evidence, claims elsewhere and disputes.

Geometry is GeoJSON as it was given (WGS 84, longitude before latitude); what was computed of
it stands beside. Days are texts of ISO 8601, as exact as they were told: 2019, 2019-12 or
2019-12-31. Every fact names its standing (domain/lot.py) and its source.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from treering.store.tables.metadata import metadata

_STANDING = "standing in ('reported', 'weakly reported', 'derived', 'placeholder')"
_DAY = r"'^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'"


def _text(name: str) -> "Column[str]":
    return Column(name, Text, nullable=False)


def _box() -> "list[Column[float]]":
    """Around the polygon, in degrees."""
    return [Column(name, Float, nullable=False) for name in ("west", "south", "east", "north")]


projects = Table(
    "projects",
    metadata,
    Column("code", Text, primary_key=True),
    Column("programme", ForeignKey("programmes.code"), nullable=False),
    _text("en"),
    _text("zh"),
    _text("standing"),
    _text("source"),
    CheckConstraint(_STANDING, name="standing"),
)

# `code` is the site's code on chain: `lots.site`. `area_m2` is computed on the ellipsoid,
# `declared_m2` what the file said.
sites = Table(
    "sites",
    metadata,
    Column("code", Text, primary_key=True),
    Column("programme", ForeignKey("programmes.code"), nullable=False),
    Column("province", ForeignKey("provinces.adcode"), nullable=False),
    Column("project", ForeignKey("projects.code")),
    _text("zone"),
    Column("geometry", JSONB, nullable=False),
    *_box(),
    Column("area_m2", Float, nullable=False),
    Column("declared_m2", Float),
    _text("standing"),
    _text("source"),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(_STANDING, name="standing"),
    CheckConstraint("zone in ('ARID', 'COLD_PLATEAU', 'OTHER')", name="zone"),
    CheckConstraint("west <= east and south <= north and area_m2 > 0", name="box"),
)
Index("ix_sites_box", sites.c.west, sites.c.east, sites.c.south, sites.c.north)

# A party may have several roles on a lot; that no inspector plants or funds it is checked
# where roles are given (domain/parties.py).
lot_parties = Table(
    "lot_parties",
    metadata,
    Column("lot", ForeignKey("lots.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("party", ForeignKey("parties.code"), primary_key=True),
    Column("stated_on", Text),
    _text("standing"),
    _text("source"),
    CheckConstraint(
        "role in ('FUNDER', 'FOUNDATION', 'IMPLEMENTER', 'INSPECTOR', 'GOVERNMENT')", name="role"
    ),
    CheckConstraint(_STANDING, name="standing"),
    CheckConstraint(f"stated_on ~ {_DAY}", name="stated_on"),
)
Index("ix_lot_parties_party", lot_parties.c.party)

# What is known of a lot's planting, a fact a row: PLANTED_FROM and PLANTED_UNTIL are days,
# the others numbers (ROW_METRES and PLANT_METRES are the grid's).
ground_facts = Table(
    "ground_facts",
    metadata,
    Column("lot", ForeignKey("lots.id"), primary_key=True),
    Column("fact", Text, primary_key=True),
    _text("value"),
    _text("standing"),
    _text("source"),
    CheckConstraint(
        "fact in ('PLANTED_FROM', 'PLANTED_UNTIL', 'ROW_METRES', 'PLANT_METRES', "
        "'DESIGN_COUNT', 'DENSITY_PER_MU')",
        name="fact",
    ),
    CheckConstraint(_STANDING, name="standing"),
)

# Trees per mu (1 mu = 10000/15 m²) that a species is planted at.
density_bands = Table(
    "density_bands",
    metadata,
    Column("species", ForeignKey("species.code"), primary_key=True),
    Column("least_per_mu", Numeric),
    Column("most_per_mu", Numeric),
    _text("standing"),
    CheckConstraint(_STANDING, name="standing"),
    CheckConstraint("least_per_mu <= most_per_mu", name="band"),
)

# `hash` is SHA-256 of what is kept, `received` of what was brought, before people's data
# were taken out. Longitude and latitude are rounded to three decimals before they are kept.
evidence = Table(
    "evidence",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("received", LargeBinary, nullable=False, unique=True),
    Column("lot", ForeignKey("lots.id"), nullable=False, index=True),
    Column("party", ForeignKey("parties.code")),
    _text("kind"),
    _text("media_type"),
    Column("size", BigInteger, nullable=False),
    Column("taken_on", Text),
    Column("longitude", Numeric(6, 3)),
    Column("latitude", Numeric(5, 3)),
    _text("caption_en"),
    _text("caption_zh"),
    _text("standing"),
    _text("source"),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("checked_at", DateTime(timezone=True), nullable=False, index=True),
    Column("lost_at", DateTime(timezone=True)),
    Column("lost_why", Text),
    CheckConstraint("length(hash) = 32 and length(received) = 32", name="hash"),
    CheckConstraint("kind in ('REPORT', 'PHOTO', 'DRONE', 'SATELLITE')", name="kind"),
    CheckConstraint(_STANDING, name="standing"),
    CheckConstraint(f"taken_on ~ {_DAY}", name="taken_on"),
    CheckConstraint("(lost_at is null) = (lost_why is null)", name="lost"),
)

# Claims on land that others declared elsewhere: by whom and under which reference.
declared_claims = Table(
    "declared_claims",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    _text("register"),
    _text("reference"),
    Column("geometry", JSONB, nullable=False),
    *_box(),
    Column("area_m2", Float, nullable=False),
    _text("standing"),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    UniqueConstraint("register", "reference"),
    CheckConstraint(_STANDING, name="standing"),
    CheckConstraint("west <= east and south <= north and area_m2 > 0", name="box"),
)

# A dispute is never deleted. An overlap is between two sites, or a site and a claim.
disputes = Table(
    "disputes",
    metadata,
    Column("code", Text, primary_key=True),
    _text("kind"),
    Column("lot", ForeignKey("lots.id"), index=True),
    Column("site", ForeignKey("sites.code")),
    Column("other_site", ForeignKey("sites.code")),
    Column("claim", ForeignKey("declared_claims.id")),
    Column("area_m2", Float),
    _text("opened_on"),
    _text("raised_by_en"),
    _text("raised_by_zh"),
    _text("statement_en"),
    _text("statement_zh"),
    Column("answered_on", Text),
    Column("answered_by_en", Text),
    Column("answered_by_zh", Text),
    Column("answer_en", Text),
    Column("answer_zh", Text),
    Column("closed_on", Text),
    _text("standing"),
    _text("source"),
    CheckConstraint("kind in ('STATEMENT', 'OVERLAP', 'CLAIM')", name="kind"),
    CheckConstraint(
        "case kind when 'STATEMENT' then lot is not null "
        "when 'OVERLAP' then site < other_site else site is not null and claim is not null end",
        name="between",
    ),
    CheckConstraint(
        "num_nonnulls(answered_on, answered_by_en, answered_by_zh, answer_en, answer_zh) "
        "in (0, 5)",
        name="answer",
    ),
    CheckConstraint(
        f"opened_on ~ {_DAY} and answered_on ~ {_DAY} and closed_on ~ {_DAY}", name="days"
    ),
    CheckConstraint(_STANDING, name="standing"),
)
Index("uq_disputes_overlap", disputes.c.site, disputes.c.other_site, unique=True)
Index("uq_disputes_claim", disputes.c.site, disputes.c.claim, unique=True)

# Percentages of what was planted, by zone, from a day on: SURVIVAL after one growing season,
# PRESERVATION after three to five years. Below `replant` a plot has failed.
survival_rules = Table(
    "survival_rules",
    metadata,
    Column("zone", Text, primary_key=True),
    Column("measure", Text, primary_key=True),
    Column("valid_from", Date, primary_key=True),
    Column("valid_until", Date),
    Column("passes", SmallInteger, nullable=False),
    Column("replant", SmallInteger, nullable=False),
    _text("standard"),
    _text("standing"),
    CheckConstraint("zone in ('ARID', 'COLD_PLATEAU', 'OTHER')", name="zone"),
    CheckConstraint("measure in ('SURVIVAL', 'PRESERVATION')", name="measure"),
    CheckConstraint("0 < replant and replant <= passes and passes <= 100", name="percent"),
    CheckConstraint("valid_from < valid_until", name="validity"),
    CheckConstraint(_STANDING, name="standing"),
)

# What an inspector found in the field. `hash` is keccak256 of the sheet's canonical JSON:
# the report that a statement on chain names (domain/inspection.py).
inspection_sheets = Table(
    "inspection_sheets",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("lot", ForeignKey("lots.id"), nullable=False, index=True),
    Column("stage", SmallInteger, nullable=False),
    Column("sheet", JSONB, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("length(hash) = 32", name="hash"),
    CheckConstraint("stage between 1 and 3", name="stage"),
)

# Statements that inspectors signed, from when they came until the chain has them for good.
# `id` is the EIP-712 digest, which the contract's event tells too.
signed_statements = Table(
    "signed_statements",
    metadata,
    Column("id", LargeBinary, primary_key=True),
    Column("lot", ForeignKey("lots.id"), nullable=False, index=True),
    Column("stage", SmallInteger, nullable=False),
    Column("inspector", LargeBinary, nullable=False),
    Column("report", LargeBinary, nullable=False),
    Column("message", JSONB, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text),
    Column("received_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "length(id) = 32 and length(inspector) = 20 and length(report) = 32", name="lengths"
    ),
    CheckConstraint("stage between 1 and 3", name="stage"),
    CheckConstraint("state in ('received', 'stated', 'refused')", name="state"),
)
Index(
    "ix_signed_statements_waiting",
    signed_statements.c.received_at,
    postgresql_where=text("state = 'received'"),
)
