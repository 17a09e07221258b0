"""The ground: land, parties in their roles, evidence, claims elsewhere, disputes, inspections"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _declared_claims()
    _survival_rules()
    _density_bands()
    _projects()
    _evidence()
    _ground_facts()
    _inspection_sheets()
    _lot_parties()
    _signed_statements()
    _sites()
    _disputes()


def _declared_claims() -> None:
    op.create_table(
        "declared_claims",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("geometry", postgresql.JSONB(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.Column("area_m2", sa.Float(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_declared_claims_standing"),
        ),
        sa.CheckConstraint(
            "west <= east and south <= north and area_m2 > 0", name=op.f("ck_declared_claims_box")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declared_claims")),
        sa.UniqueConstraint(
            "register", "reference", name=op.f("uq_declared_claims_register_reference")
        ),
    )


def _survival_rules() -> None:
    op.create_table(
        "survival_rules",
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("passes", sa.SmallInteger(), nullable=False),
        sa.Column("replant", sa.SmallInteger(), nullable=False),
        sa.Column("standard", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "measure in ('SURVIVAL', 'PRESERVATION')", name=op.f("ck_survival_rules_measure")
        ),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_survival_rules_standing"),
        ),
        sa.CheckConstraint(
            "zone in ('ARID', 'COLD_PLATEAU', 'OTHER')", name=op.f("ck_survival_rules_zone")
        ),
        sa.CheckConstraint(
            "0 < replant and replant <= passes and passes <= 100",
            name=op.f("ck_survival_rules_percent"),
        ),
        sa.CheckConstraint("valid_from < valid_until", name=op.f("ck_survival_rules_validity")),
        sa.PrimaryKeyConstraint("zone", "measure", "valid_from", name=op.f("pk_survival_rules")),
    )


def _density_bands() -> None:
    op.create_table(
        "density_bands",
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("least_per_mu", sa.Numeric(), nullable=True),
        sa.Column("most_per_mu", sa.Numeric(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_density_bands_standing"),
        ),
        sa.CheckConstraint("least_per_mu <= most_per_mu", name=op.f("ck_density_bands_band")),
        sa.ForeignKeyConstraint(
            ["species"], ["species.code"], name=op.f("fk_density_bands_species")
        ),
        sa.PrimaryKeyConstraint("species", name=op.f("pk_density_bands")),
    )


def _projects() -> None:
    op.create_table(
        "projects",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_projects_standing"),
        ),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.code"], name=op.f("fk_projects_programme")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_projects")),
    )


def _rules_of_evidence() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(
            "kind in ('REPORT', 'PHOTO', 'DRONE', 'SATELLITE')", name=op.f("ck_evidence_kind")
        ),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_evidence_standing"),
        ),
        sa.CheckConstraint(
            "taken_on ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'", name=op.f("ck_evidence_taken_on")
        ),
        sa.CheckConstraint(
            "(lost_at is null) = (lost_why is null)", name=op.f("ck_evidence_lost")
        ),
        sa.CheckConstraint(
            "length(hash) = 32 and length(received) = 32", name=op.f("ck_evidence_hash")
        ),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name=op.f("fk_evidence_lot")),
        sa.ForeignKeyConstraint(["party"], ["parties.code"], name=op.f("fk_evidence_party")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_evidence")),
        sa.UniqueConstraint("received", name=op.f("uq_evidence_received")),
    ]


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.LargeBinary(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("party", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("taken_on", sa.Text(), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=6, scale=3), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=5, scale=3), nullable=True),
        sa.Column("caption_en", sa.Text(), nullable=False),
        sa.Column("caption_zh", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_why", sa.Text(), nullable=True),
        *_rules_of_evidence(),
    )
    op.create_index(op.f("ix_evidence_checked_at"), "evidence", ["checked_at"], unique=False)
    op.create_index(op.f("ix_evidence_lot"), "evidence", ["lot"], unique=False)


def _ground_facts() -> None:
    op.create_table(
        "ground_facts",
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "fact in ('PLANTED_FROM', 'PLANTED_UNTIL', 'ROW_METRES', 'PLANT_METRES', 'DESIGN_COUNT', 'DENSITY_PER_MU')",
            name=op.f("ck_ground_facts_fact"),
        ),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_ground_facts_standing"),
        ),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name=op.f("fk_ground_facts_lot")),
        sa.PrimaryKeyConstraint("lot", "fact", name=op.f("pk_ground_facts")),
    )


def _inspection_sheets() -> None:
    op.create_table(
        "inspection_sheets",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("sheet", postgresql.JSONB(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_inspection_sheets_hash")),
        sa.CheckConstraint("stage between 1 and 3", name=op.f("ck_inspection_sheets_stage")),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name=op.f("fk_inspection_sheets_lot")),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_inspection_sheets")),
    )
    op.create_index(op.f("ix_inspection_sheets_lot"), "inspection_sheets", ["lot"], unique=False)


def _lot_parties() -> None:
    op.create_table(
        "lot_parties",
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("stated_on", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "role in ('FUNDER', 'FOUNDATION', 'IMPLEMENTER', 'INSPECTOR', 'GOVERNMENT')",
            name=op.f("ck_lot_parties_role"),
        ),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_lot_parties_standing"),
        ),
        sa.CheckConstraint(
            "stated_on ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'",
            name=op.f("ck_lot_parties_stated_on"),
        ),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name=op.f("fk_lot_parties_lot")),
        sa.ForeignKeyConstraint(["party"], ["parties.code"], name=op.f("fk_lot_parties_party")),
        sa.PrimaryKeyConstraint("lot", "role", "party", name=op.f("pk_lot_parties")),
    )
    op.create_index("ix_lot_parties_party", "lot_parties", ["party"], unique=False)


def _signed_statements() -> None:
    op.create_table(
        "signed_statements",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column("inspector", sa.LargeBinary(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
        sa.Column("message", postgresql.JSONB(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state in ('received', 'stated', 'refused')", name=op.f("ck_signed_statements_state")
        ),
        sa.CheckConstraint(
            "length(id) = 32 and length(inspector) = 20 and length(report) = 32",
            name=op.f("ck_signed_statements_lengths"),
        ),
        sa.CheckConstraint("stage between 1 and 3", name=op.f("ck_signed_statements_stage")),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name=op.f("fk_signed_statements_lot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_statements")),
    )
    op.create_index(op.f("ix_signed_statements_lot"), "signed_statements", ["lot"], unique=False)
    op.create_index(
        "ix_signed_statements_waiting",
        "signed_statements",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("state = 'received'"),
    )


def _sites() -> None:
    op.create_table(
        "sites",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("geometry", postgresql.JSONB(), nullable=False),
        sa.Column("west", sa.Float(), nullable=False),
        sa.Column("south", sa.Float(), nullable=False),
        sa.Column("east", sa.Float(), nullable=False),
        sa.Column("north", sa.Float(), nullable=False),
        sa.Column("area_m2", sa.Float(), nullable=False),
        sa.Column("declared_m2", sa.Float(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_sites_standing"),
        ),
        sa.CheckConstraint(
            "zone in ('ARID', 'COLD_PLATEAU', 'OTHER')", name=op.f("ck_sites_zone")
        ),
        sa.CheckConstraint(
            "west <= east and south <= north and area_m2 > 0", name=op.f("ck_sites_box")
        ),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.code"], name=op.f("fk_sites_programme")
        ),
        sa.ForeignKeyConstraint(["project"], ["projects.code"], name=op.f("fk_sites_project")),
        sa.ForeignKeyConstraint(
            ["province"], ["provinces.adcode"], name=op.f("fk_sites_province")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_sites")),
    )
    op.create_index("ix_sites_box", "sites", ["west", "east", "south", "north"], unique=False)


def _rules_of_disputes() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(
            "case kind when 'STATEMENT' then lot is not null when 'OVERLAP' then site < other_site else site is not null and claim is not null end",
            name=op.f("ck_disputes_between"),
        ),
        sa.CheckConstraint(
            "kind in ('STATEMENT', 'OVERLAP', 'CLAIM')", name=op.f("ck_disputes_kind")
        ),
        sa.CheckConstraint(
            "opened_on ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$' and answered_on ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$' and closed_on ~ '^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$'",
            name=op.f("ck_disputes_days"),
        ),
        sa.CheckConstraint(
            "standing in ('reported', 'weakly reported', 'derived', 'placeholder')",
            name=op.f("ck_disputes_standing"),
        ),
        sa.CheckConstraint(
            "num_nonnulls(answered_on, answered_by_en, answered_by_zh, answer_en, answer_zh) in (0, 5)",
            name=op.f("ck_disputes_answer"),
        ),
        sa.ForeignKeyConstraint(["claim"], ["declared_claims.id"], name=op.f("fk_disputes_claim")),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name=op.f("fk_disputes_lot")),
        sa.ForeignKeyConstraint(
            ["other_site"], ["sites.code"], name=op.f("fk_disputes_other_site")
        ),
        sa.ForeignKeyConstraint(["site"], ["sites.code"], name=op.f("fk_disputes_site")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_disputes")),
    ]


def _disputes() -> None:
    op.create_table(
        "disputes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=True),
        sa.Column("site", sa.Text(), nullable=True),
        sa.Column("other_site", sa.Text(), nullable=True),
        sa.Column("claim", sa.BigInteger(), nullable=True),
        sa.Column("area_m2", sa.Float(), nullable=True),
        sa.Column("opened_on", sa.Text(), nullable=False),
        sa.Column("raised_by_en", sa.Text(), nullable=False),
        sa.Column("raised_by_zh", sa.Text(), nullable=False),
        sa.Column("statement_en", sa.Text(), nullable=False),
        sa.Column("statement_zh", sa.Text(), nullable=False),
        sa.Column("answered_on", sa.Text(), nullable=True),
        sa.Column("answered_by_en", sa.Text(), nullable=True),
        sa.Column("answered_by_zh", sa.Text(), nullable=True),
        sa.Column("answer_en", sa.Text(), nullable=True),
        sa.Column("answer_zh", sa.Text(), nullable=True),
        sa.Column("closed_on", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        *_rules_of_disputes(),
    )
    op.create_index(op.f("ix_disputes_lot"), "disputes", ["lot"], unique=False)
    op.create_index("uq_disputes_claim", "disputes", ["site", "claim"], unique=True)
    op.create_index("uq_disputes_overlap", "disputes", ["site", "other_site"], unique=True)


def downgrade() -> None:
    raise NotImplementedError("evidence and disputes would be forgotten: restore a backup")
