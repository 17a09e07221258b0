"""From when on a programme's keys may sign"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "issuer_keys",
        sa.Column("programme", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("octet_length(key_id) = 32", name=op.f("ck_issuer_keys_key_id")),
        sa.PrimaryKeyConstraint("programme", "key_id", name=op.f("pk_issuer_keys")),
    )


def downgrade() -> None:
    op.drop_table("issuer_keys")
