"""What holders ask for; and a role that sees one programme's rows alone"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# A role is of the whole server: another database of it may have made it, or does so right now.
_ROLE = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'treering_tenant') THEN
            CREATE ROLE treering_tenant NOLOGIN NOBYPASSRLS;
        END IF;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
    END $$;
    DO $$ BEGIN
        IF NOT pg_has_role(current_user, 'treering_tenant', 'MEMBER') THEN
            GRANT treering_tenant TO CURRENT_USER;
        END IF;
    END $$
"""
_NUMBER = "NULLIF(current_setting('treering.number', true), '')::bigint"
_CODE = "current_setting('treering.programme', true)"
_LOT = f"(lot >> 32) = {_NUMBER}"
_HOLDER = "holder IN (SELECT id FROM holders)"  # which are under a policy themselves
_POLICIES = {
    "redemptions": _LOT,
    "redemption_keys": _LOT,
    "former_ids": _LOT,
    "name_corrections": _LOT,
    "batches": f"programme = {_CODE}",
    "loads": f"programme = {_CODE}",
    "load_cells": "load IN (SELECT id FROM loads)",
    "api_keys": f"programme = {_CODE}",
    "holders": "lookup = NULLIF(current_setting('treering.holder', true), '')::uuid",
    "exchanges": _HOLDER,
    "hidden_names": f"programme = {_NUMBER}",
    "guardians": _HOLDER,
    "erasures": _HOLDER,
}
# What everybody may read anyway.
_PUBLIC = ("lots", "species", "provinces", "parties")


def upgrade() -> None:
    _tables()
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])
    op.execute(_ROLE)
    op.execute("GRANT USAGE ON SCHEMA public TO treering_tenant")
    for table in _PUBLIC:
        op.execute(f"GRANT SELECT ON {table} TO treering_tenant")
    for table, rule in _POLICIES.items():
        op.execute(f"GRANT SELECT ON {table} TO treering_tenant")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY tenant ON {table} FOR SELECT TO treering_tenant USING ({rule})")


def _of_holder() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("holder", sa.BigInteger(), autoincrement=False, nullable=False),
    ]


def _keys(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.PrimaryKeyConstraint("holder", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(
            ["holder"], ["holders.id"], name=op.f(f"fk_{table}_holder"), ondelete="CASCADE"
        ),
    ]


def _at(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _tables() -> None:
    _hidden_names()
    _guardians()
    _erasures()
    _name_corrections()
    _tombstones()
    _forgotten()


def _hidden_names() -> None:
    op.create_table(
        "hidden_names",
        *_of_holder(),
        sa.Column("programme", sa.Integer(), nullable=False),
        _at("at"),
        *_keys("hidden_names"),
    )


def _guardians() -> None:
    op.create_table(
        "guardians",
        *_of_holder(),
        sa.Column("consents", sa.Boolean(), nullable=False),
        sa.Column("by", sa.LargeBinary(), nullable=False),
        _at("at"),
        sa.CheckConstraint("length(by) = 32", name=op.f("ck_guardians_by")),
        *_keys("guardians"),
    )


def _erasures() -> None:
    op.create_table(
        "erasures",
        *_of_holder(),
        _at("asked_at"),
        _at("due_at"),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.CheckConstraint("due_at >= asked_at", name=op.f("ck_erasures_due")),
        *_keys("erasures"),
    )


def _name_corrections() -> None:
    op.create_table(
        "name_corrections",
        sa.Column("lot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_serial", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        _at("at"),
        sa.PrimaryKeyConstraint("lot", "first_serial", name=op.f("pk_name_corrections")),
    )


def _tombstones() -> None:
    op.create_table(
        "tombstones",
        *_of_holder(),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(digest) = 32", name=op.f("ck_tombstones_digest")),
        sa.PrimaryKeyConstraint("holder", name=op.f("pk_tombstones")),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"], name=op.f("fk_tombstones_holder")),
        sa.ForeignKeyConstraint(["entry"], ["audit_log.number"], name=op.f("fk_tombstones_entry")),
    )


def _forgotten() -> None:
    op.create_table(
        "forgotten",
        sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("first_serial", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        _at("at"),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_forgotten")),
    )


def downgrade() -> None:
    raise NotImplementedError("what holders asked for would be undone")
