"""What speaks against a registry's log; drops, staged bundles; how old each head is"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _mirror_contradictions()
    _mirror_disputes()
    _mirror_drops()
    _mirror_refused()
    _mirror_sources()
    _mirror_staged()
    op.add_column("mirror_heads", sa.Column("first_note", sa.Text()))
    op.add_column("mirror_heads", sa.Column("first_head_time", sa.DateTime(timezone=True)))
    op.execute("UPDATE mirror_heads SET first_note = note, first_head_time = head_time")
    op.alter_column("mirror_heads", "first_note", nullable=False)
    op.alter_column("mirror_heads", "first_head_time", nullable=False)
    op.create_check_constraint(
        op.f("ck_mirror_heads_times"), "mirror_heads", "first_head_time <= head_time"
    )


def _mirror_contradictions() -> None:
    op.create_table(
        "mirror_contradictions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("held_size", sa.BigInteger(), nullable=False),
        sa.Column("held_note", sa.Text(), nullable=False),
        sa.Column("offered_size", sa.BigInteger(), nullable=False),
        sa.Column("offered_note", sa.Text(), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=True),
        sa.Column("index", sa.BigInteger(), nullable=True),
        sa.Column("held_raw", sa.LargeBinary(), nullable=True),
        sa.Column("offered_raw", sa.LargeBinary(), nullable=True),
        sa.Column("held_path", sa.LargeBinary(), nullable=True),
        sa.Column("offered_path", sa.LargeBinary(), nullable=True),
        sa.Column("lots", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_because", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "kind in ('heads', 'rewritten')", name=op.f("ck_mirror_contradictions_kind")
        ),
        sa.CheckConstraint(
            "(settled_at is null) = (settled_because is null)",
            name=op.f("ck_mirror_contradictions_settled"),
        ),
        sa.CheckConstraint("seen_at >= found_at", name=op.f("ck_mirror_contradictions_seen_at")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mirror_contradictions")),
        sa.UniqueConstraint(
            "feed",
            "held_size",
            "index",
            "kind",
            "settled_at",
            name="uq_mirror_contradictions_once",
            postgresql_nulls_not_distinct=True,
        ),
    )


def _mirror_disputes() -> None:
    op.create_table(
        "mirror_disputes",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=True),
        sa.Column("other_raw", sa.LargeBinary(), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "feed <> other and raw is distinct from other_raw",
            name=op.f("ck_mirror_disputes_differ"),
        ),
        sa.CheckConstraint(
            "octet_length(certificate) = 32", name=op.f("ck_mirror_disputes_certificate")
        ),
        sa.PrimaryKeyConstraint("feed", "other", "certificate", name=op.f("pk_mirror_disputes")),
    )


def _mirror_drops() -> None:
    op.create_table(
        "mirror_drops",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("form in ('csv', 'xlsx', 'json')", name=op.f("ck_mirror_drops_form")),
        sa.CheckConstraint('"end" >= first and first >= 0', name=op.f("ck_mirror_drops_entries")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_mirror_drops_sha256")),
        sa.PrimaryKeyConstraint("feed", "number", name=op.f("pk_mirror_drops")),
        sa.UniqueConstraint("feed", "sha256", name="uq_mirror_drops_sha256"),
    )


def _mirror_refused() -> None:
    op.create_table(
        "mirror_refused",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_mirror_refused_sha256")),
        sa.PrimaryKeyConstraint("feed", "sha256", name=op.f("pk_mirror_refused")),
    )
    op.create_index(
        "ix_mirror_refused_received_at", "mirror_refused", ["feed", "received_at"], unique=False
    )


def _mirror_sources() -> None:
    op.create_table(
        "mirror_sources",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'good') = (code = '')", name=op.f("ck_mirror_sources_code")),
        sa.CheckConstraint(
            "state in ('good', 'silent', 'refused', 'contradicted')",
            name=op.f("ck_mirror_sources_state"),
        ),
        sa.CheckConstraint("looked_at >= since", name=op.f("ck_mirror_sources_since")),
        sa.PrimaryKeyConstraint("feed", name=op.f("pk_mirror_sources")),
    )


def _mirror_staged() -> None:
    op.create_table(
        "mirror_staged",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "start >= 0 and count between 1 and 256", name=op.f("ck_mirror_staged_count")
        ),
        sa.PrimaryKeyConstraint("feed", "start", name=op.f("pk_mirror_staged")),
    )


def downgrade() -> None:
    raise NotImplementedError("evidence against a registry would be lost: restore a backup")
