"""An overseer's search over the records sees his provinces alone"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# Unset it is null or empty: then no province is among them.
_HIS = "string_to_array(NULLIF(current_setting('treering.provinces', true), ''), ',')"
_LOT = f"lot IN (SELECT id FROM lots WHERE province = ANY ({_HIS}))"  # noqa: S608 - constants only
# What a search reads beside redemptions. A programme's transaction sees no row of the new ones.
_NEW = {
    "record_events": _LOT,
    "lot_parties": _LOT,
    "evidence": _LOT,
    "inspection_sheets": _LOT,
    "sites": f"province = ANY ({_HIS})",
}


def upgrade() -> None:
    _policy("batches", _LOT)
    for table, rule in _NEW.items():
        op.execute(f"GRANT SELECT ON {table} TO treering_tenant")
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        _policy(table, rule)


def _policy(table: str, rule: str) -> None:
    op.execute(f"CREATE POLICY overseer ON {table} FOR SELECT TO treering_tenant USING ({rule})")


def downgrade() -> None:
    op.execute("DROP POLICY overseer ON batches")
    for table in _NEW:
        op.execute(f"DROP POLICY overseer ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
        op.execute(f"REVOKE ALL ON {table} FROM treering_tenant")
