"""Keys of operators, and the alarms that they look at"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("scope", sa.Text()))
    op.execute("UPDATE api_keys SET scope = 'programme'")
    op.alter_column("api_keys", "scope", nullable=False)
    op.alter_column("api_keys", "programme", nullable=True)
    op.create_check_constraint(
        op.f("ck_api_keys_scope"),
        "api_keys",
        "scope in ('programme', 'operator') and (scope = 'programme') = (programme is not null)",
    )
    op.create_table(
        "alarms",
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("batch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("times > 0 and last_at >= first_at", name=op.f("ck_alarms_times")),
        sa.PrimaryKeyConstraint("event", "code", "batch", name=op.f("pk_alarms")),
    )
    op.create_index(op.f("ix_alarms_last_at"), "alarms", ["last_at"])


def downgrade() -> None:
    raise NotImplementedError("an operator's key would become a programme's: restore a backup")
