"""The mirror's trees name certificates that are copied with them; none is looked up for it"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_KEY = "fk_mirror_trees_certificate"


def upgrade() -> None:
    op.drop_constraint(_KEY, "mirror_trees", type_="foreignkey")


def downgrade() -> None:
    names = ["feed", "certificate"]
    op.create_foreign_key(_KEY, "mirror_trees", "mirror_certificates", names, names)
