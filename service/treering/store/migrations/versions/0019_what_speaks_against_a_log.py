"""Every history that a log offered is kept; the ledger tells whether our mirror is whole"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_TABLE = "mirror_contradictions"
_ONCE = "uq_mirror_contradictions_once"
_BEFORE = ("feed", "held_size", "index", "kind", "settled_at")
_SINCE = ("feed", "held_size", "index", "kind", "offered_root", "settled_at")
_STATES = ("good", "silent", "refused", "contradicted")
_OF_THE_LEDGER = ("behind", "damaged")


def upgrade() -> None:
    root = sa.Computed("split_part(offered_note, chr(10), 3)", persisted=True)
    op.add_column(_TABLE, sa.Column("offered_root", sa.Text(), root))
    op.drop_constraint(_ONCE, _TABLE, type_="unique")
    op.create_unique_constraint(_ONCE, _TABLE, _SINCE, postgresql_nulls_not_distinct=True)
    _allow(*_STATES, *_OF_THE_LEDGER)


def downgrade() -> None:
    op.drop_constraint(_ONCE, _TABLE, type_="unique")
    op.create_unique_constraint(_ONCE, _TABLE, _BEFORE, postgresql_nulls_not_distinct=True)
    op.drop_column(_TABLE, "offered_root")
    op.execute("DELETE FROM mirror_sources WHERE state IN ('behind', 'damaged')")
    _allow(*_STATES)


def _allow(*states: str) -> None:
    name = op.f("ck_mirror_sources_state")
    op.drop_constraint(name, "mirror_sources", type_="check")
    op.create_check_constraint(name, "mirror_sources", f"state in {states}")
