"""Reconciliations, the differences that they found, and what became of those"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _moment(name: str, *, nullable: bool = False) -> "sa.Column[object]":
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    _reconciliations()
    _differences()
    _difference_history()


def _reconciliations() -> None:
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _moment("started_at"),
        _moment("ended_at"),
        sa.Column("failure", sa.Text()),
        sa.Column("block_number", sa.BigInteger()),
        sa.Column("block_hash", sa.LargeBinary()),
        _moment("block_time", nullable=True),
        sa.Column("feed", sa.Text()),
        sa.Column("head_size", sa.BigInteger()),
        sa.Column("head_root", sa.LargeBinary()),
        _moment("head_time", nullable=True),
        sa.Column("accepted", sa.LargeBinary()),
        *[
            sa.Column(name, sa.BigInteger())
            for name in ("lots batches records claims certificates found opened resolved".split())
        ],
        sa.CheckConstraint("ended_at >= started_at", name=op.f("ck_reconciliations_times")),
        sa.CheckConstraint(
            "(failure is null) = (block_number is not null and found is not null)",
            name=op.f("ck_reconciliations_made_or_not"),
        ),
        sa.CheckConstraint(
            "(head_size is null) = (head_root is null)", name=op.f("ck_reconciliations_head")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )


def _differences() -> None:
    op.create_table(
        "differences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("said_left", sa.Text(), nullable=False),
        sa.Column("said_right", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("programme", sa.Text()),
        sa.Column("province", sa.Text()),
        sa.Column("lot", sa.BigInteger()),
        _moment("opened_at"),
        _moment("first_seen"),
        _moment("last_seen"),
        _moment("resolved_at", nullable=True),
        sa.Column("last_run", sa.BigInteger(), nullable=False),
        sa.Column("runs", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "last_seen >= first_seen and opened_at >= first_seen",
            name=op.f("ck_differences_times"),
        ),
        sa.CheckConstraint("runs > 0 and count > 0", name=op.f("ck_differences_counts")),
        sa.ForeignKeyConstraint(
            ["last_run"], ["reconciliations.id"], name=op.f("fk_differences_last_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_differences")),
    )
    op.create_index(
        "ix_differences_open",
        "differences",
        ["kind", "province"],
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index("ix_differences_order", "differences", ["opened_at", "id"])


def _difference_history() -> None:
    op.create_table(
        "difference_history",
        sa.Column("difference", sa.Uuid(), nullable=False),
        sa.Column("run", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("said_left", sa.Text(), nullable=False),
        sa.Column("said_right", sa.Text(), nullable=False),
        _moment("at"),
        sa.CheckConstraint(
            "event in ('opened', 'changed', 'resolved', 'reopened')",
            name=op.f("ck_difference_history_event"),
        ),
        sa.ForeignKeyConstraint(
            ["difference"], ["differences.id"], name=op.f("fk_difference_history_difference")
        ),
        sa.ForeignKeyConstraint(
            ["run"], ["reconciliations.id"], name=op.f("fk_difference_history_run")
        ),
        sa.PrimaryKeyConstraint("difference", "run", name=op.f("pk_difference_history")),
    )


def downgrade() -> None:
    op.drop_table("difference_history")
    op.drop_table("differences")
    op.drop_table("reconciliations")
