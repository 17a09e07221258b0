"""What a programme's key was made for"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("scopes", sa.ARRAY(sa.Text())))
    op.create_check_constraint(
        op.f("ck_api_keys_scopes"),
        "api_keys",
        "scopes is null or (scope = 'programme' and scopes <> '{}' "
        "and scopes <@ array['redeem', 'holders', 'exchange', 'ground'])",
    )


def downgrade() -> None:
    raise NotImplementedError("keys made for one thing would open all others")
