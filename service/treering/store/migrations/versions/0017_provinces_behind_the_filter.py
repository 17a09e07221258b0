"""An overseer's transaction sees the redemptions of his provinces alone"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Unset it is null or empty: then no province is among them.
_HIS = "string_to_array(NULLIF(current_setting('treering.provinces', true), ''), ',')"
_LOT = f"lot IN (SELECT id FROM lots WHERE province = ANY ({_HIS}))"  # noqa: S608 - constants only
_POLICIES = {
    "redemptions": _LOT,
    "former_ids": _LOT,
    # Who hides his name, by the number of his row: without it a hidden name would be shown.
    "hidden_names": f"{_HIS} IS NOT NULL",
}


def upgrade() -> None:
    for table, rule in _POLICIES.items():
        op.execute(
            f"CREATE POLICY overseer ON {table} FOR SELECT TO treering_tenant USING ({rule})"
        )


def downgrade() -> None:
    for table in _POLICIES:
        op.execute(f"DROP POLICY overseer ON {table}")
