"""Rules of conversion; exchanges that end, are resumed, and keep what they were decided by"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LIVE = "state in ('applied', 'issued', 'claimed', 'withdrawn')"
_APPEND_ONLY = """
    CREATE FUNCTION rules_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'rules are added, never changed or removed';
    END $$;
    CREATE TRIGGER rules_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON rules
        FOR EACH STATEMENT EXECUTE FUNCTION rules_stay()
"""


def upgrade() -> None:
    _rules()
    _exchanges()
    _exchange_keys()
    _eligibilities()
    _exchange_decisions()


def _exchange_keys() -> None:
    op.create_table(
        "exchange_keys",
        sa.Column("hash", sa.Uuid(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("exchange", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange"], ["exchanges.id"], name=op.f("fk_exchange_keys_exchange")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_exchange_keys")),
    )


def _eligibilities() -> None:
    op.create_table(
        "eligibilities",
        sa.Column("holder", sa.BigInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("consented", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "source in ('programme', 'guardian', 'school', 'registry')",
            name=op.f("ck_eligibilities_source"),
        ),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"], name=op.f("fk_eligibilities_holder")),
        sa.PrimaryKeyConstraint("holder", "year", name=op.f("pk_eligibilities")),
    )


def _exchange_decisions() -> None:
    op.create_table(
        "exchange_decisions",
        sa.Column("exchange", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("rule_hash", sa.LargeBinary(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Numeric(12, 3), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("trees", sa.SmallInteger(), nullable=False),
        sa.Column("award", sa.Text(), nullable=False),
        sa.CheckConstraint("length(rule_hash) = 32", name=op.f("ck_exchange_decisions_rule_hash")),
        sa.ForeignKeyConstraint(
            ["exchange"], ["exchanges.id"], name=op.f("fk_exchange_decisions_exchange")
        ),
        sa.PrimaryKeyConstraint("exchange", name=op.f("pk_exchange_decisions")),
    )


def _columns_of_exchanges() -> None:
    for column in (
        sa.Column("adcode", sa.Text(), nullable=False, server_default=""),
        sa.Column("settled", sa.Boolean(), nullable=False, server_default="false"),
        sa.Column("tries", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column(
            "due_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")
        ),
        sa.Column("ended_by", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.Text()),
    ):
        op.add_column("exchanges", column)


def _exchanges() -> None:
    _columns_of_exchanges()
    op.alter_column("exchanges", "adcode", server_default=None)
    op.drop_constraint(op.f("uq_exchanges_holder_year"), "exchanges")
    op.drop_constraint(op.f("ck_exchanges_state"), "exchanges")
    op.drop_constraint(op.f("ck_exchanges_issued_is_known"), "exchanges")
    for name, rule in {
        "state": f"{_LIVE[:-1]}, 'released', 'declined')",
        "issued_is_known": "state in ('applied', 'declined') or commitment is not null",
        "ended_by": "ended_by in ('registry', 'programme', 'chain')",
        "ended_is_told": "(state in ('withdrawn', 'released', 'declined')) = "
        "(ended_by is not null and ended_at is not null)",
        "adcode": "adcode ~ '^([1-9][0-9]{5})?$'",
    }.items():
        op.create_check_constraint(op.f(f"ck_exchanges_{name}"), "exchanges", rule)
    op.create_unique_constraint(op.f("uq_exchanges_commitment"), "exchanges", ["commitment"])
    op.create_index(
        "uq_exchanges_holder_year",
        "exchanges",
        ["holder", "year"],
        unique=True,
        postgresql_where=sa.text(_LIVE),
    )
    op.create_index(
        "ix_exchanges_due",
        "exchanges",
        ["due_at"],
        postgresql_where=sa.text("state in ('applied', 'issued', 'withdrawn') or not settled"),
    )
    op.create_index("ix_exchanges_trees", "exchanges", ["trees"], postgresql_using="gin")
    op.create_index(op.f("ix_exchange_trees_exchange"), "exchange_trees", ["exchange"])


def _rules() -> None:
    op.create_table(
        "rules",
        sa.Column("row", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        *[
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("id", "adcode", "form", "unit", "counting", "award", "people")
        ],
        sa.Column("from_quantity", sa.Numeric(12, 3), nullable=False),
        sa.Column("sure_quantity", sa.Numeric(12, 3), nullable=False),
        sa.Column("trees", sa.SmallInteger(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date()),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("standing", "as_of", "note")],
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_rules_hash")),
        sa.CheckConstraint(
            "from_quantity > 0 and sure_quantity >= from_quantity", name=op.f("ck_rules_quantity")
        ),
        sa.CheckConstraint("counting in ('LUMP', 'EACH')", name=op.f("ck_rules_counting")),
        sa.CheckConstraint(
            "award in ('NONE', 'FULFILMENT', 'HONOUR')", name=op.f("ck_rules_award")
        ),
        sa.CheckConstraint(
            "people in ('ELIGIBLE', 'OUTSIDE', 'ALL')", name=op.f("ck_rules_people")
        ),
        sa.CheckConstraint("until_day > from_day", name=op.f("ck_rules_days")),
        sa.CheckConstraint(
            "trees > 0 or trees = 0 and award = 'NONE'", name=op.f("ck_rules_trees")
        ),
        sa.PrimaryKeyConstraint("row", name=op.f("pk_rules")),
    )
    op.create_index(op.f("ix_rules_hash"), "rules", ["hash"])
    op.execute(_APPEND_ONLY)


def downgrade() -> None:
    raise NotImplementedError("exchanges that ended have no place in the former tables")
