"""What became of records after they were minted, as the contract's events tell it"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "followed",
        sa.Column("sole", sa.Boolean(), primary_key=True, server_default="true"),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.CheckConstraint("sole", name=op.f("ck_followed_one_row")),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_followed_hash")),
        sa.PrimaryKeyConstraint("sole", name=op.f("pk_followed")),
    )
    op.create_table(
        "record_events",
        sa.Column("block", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("index", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("serial", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.CheckConstraint("kind between 1 and 4", name=op.f("ck_record_events_kind")),
        sa.CheckConstraint(
            "length(value) = (array[1, 12, 32, 32])[kind]", name=op.f("ck_record_events_value")
        ),
        sa.PrimaryKeyConstraint("block", "index", name=op.f("pk_record_events")),
    )
    op.create_index("ix_record_events_record", "record_events", ["lot", "serial"])
    op.create_index(
        "ix_redemptions_redeemed_at", "redemptions", ["redeemed_at"], postgresql_using="brin"
    )


def downgrade() -> None:
    op.drop_index("ix_redemptions_redeemed_at", "redemptions")
    op.drop_table("record_events")
    op.drop_table("followed")
