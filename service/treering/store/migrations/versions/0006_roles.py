"""Keys of regulators, auditors and inspectors; keys that end, and were last used"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("provinces", sa.ARRAY(sa.Text())))
    op.add_column("api_keys", sa.Column("purpose", sa.Text(), nullable=False, server_default=""))
    op.add_column("api_keys", sa.Column("expires_at", sa.DateTime(timezone=True)))
    op.add_column("api_keys", sa.Column("last_used_at", sa.DateTime(timezone=True)))
    op.drop_constraint(op.f("ck_api_keys_scope"), "api_keys")
    op.create_check_constraint(
        op.f("ck_api_keys_scope"),
        "api_keys",
        "scope in ('programme', 'operator', 'regulator', 'auditor', 'inspector') "
        "and (scope = 'programme') = (programme is not null)",
    )


def downgrade() -> None:
    raise NotImplementedError("keys of other roles would open what they must not")
