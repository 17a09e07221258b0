"""The nonce ledger, and the newest final block that was seen

What was on its way is sealed again: the engine looks whether its root stands before it signs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("chain_identity", sa.Column("final_number", sa.BigInteger()))
    op.add_column("chain_identity", sa.Column("final_hash", sa.LargeBinary()))
    op.add_column("chain_identity", sa.Column("halted_at", sa.DateTime(timezone=True)))
    op.add_column("chain_identity", sa.Column("halted_because", sa.Text()))
    _batches()
    _transactions()


def _batches() -> None:
    op.drop_index("uq_batches_nonce", "batches")
    op.drop_index("ix_batches_unsettled", "batches")
    op.drop_constraint(op.f("ck_batches_signed_has_transaction"), "batches")
    op.execute(
        "UPDATE batches SET state = 'sealed', nonce = NULL, block_number = NULL,"
        " block_hash = NULL, block_time = NULL, transaction = NULL"
        " WHERE state IN ('signed', 'mined', 'blocked')"
    )
    op.drop_column("batches", "raw_transaction")
    op.add_column("batches", sa.Column("minter", sa.LargeBinary()))
    op.create_check_constraint(
        op.f("ck_batches_signed_has_nonce"),
        "batches",
        "state <> 'signed' or (minter is not null and nonce is not null)",
    )
    flying = sa.text("state in ('signed', 'mined')")
    op.create_index(
        "uq_batches_nonce", "batches", ["minter", "nonce"], unique=True, postgresql_where=flying
    )
    op.create_index(
        "ix_batches_in_flight", "batches", ["programme", "nonce"], postgresql_where=flying
    )
    op.create_index(
        "ix_batches_waiting",
        "batches",
        ["programme", "lot", "first_serial"],
        postgresql_where=sa.text("state in ('sealed', 'blocked')"),
    )


def _transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("minter", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("attempt", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("batch", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("tip", sa.BigInteger(), nullable=False),
        sa.Column("cap", sa.BigInteger(), nullable=False),
        sa.Column("after_block", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "length(minter) = 20 and length(digest) = 32", name=op.f("ck_transactions_lengths")
        ),
        sa.CheckConstraint(
            "nonce >= 0 and attempt > 0 and tip >= 0 and cap >= tip",
            name=op.f("ck_transactions_offer"),
        ),
        sa.ForeignKeyConstraint(
            ["batch"],
            ["batches.id"],
            name=op.f("fk_transactions_batch"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("minter", "nonce", "attempt", name=op.f("pk_transactions")),
    )
    op.create_index("ix_transactions_batch", "transactions", ["batch"])
