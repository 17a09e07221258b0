"""The first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _chain_identity()
    _mirror_entries()
    _mirror_heads()
    _parties()
    _programmes()
    _provinces()
    _species()
    _api_keys()
    _holders()
    _lots()
    _mirror_certificates()
    _batches()
    _exchanges()
    _mirror_trees()
    _redemptions()
    _exchange_trees()


def _chain_identity() -> None:
    op.create_table(
        "chain_identity",
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("genesis", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("pinned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row", sa.SmallInteger(), server_default="1", nullable=False),
        sa.CheckConstraint('"row" = 1', name=op.f("ck_chain_identity_one_chain")),
        sa.PrimaryKeyConstraint("contract", name=op.f("pk_chain_identity")),
        sa.UniqueConstraint("row", name=op.f("uq_chain_identity_row")),
    )


def _mirror_entries() -> None:
    op.create_table(
        "mirror_entries",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("index >= 0", name=op.f("ck_mirror_entries_index")),
        sa.CheckConstraint(
            "octet_length(certificate) = 32", name=op.f("ck_mirror_entries_certificate")
        ),
        sa.PrimaryKeyConstraint("feed", "index", name=op.f("pk_mirror_entries")),
    )
    op.create_index(
        "ix_mirror_entries_certificate",
        "mirror_entries",
        ["feed", "certificate", "index"],
        unique=False,
    )


def _mirror_heads() -> None:
    op.create_table(
        "mirror_heads",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("head_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fetched_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "octet_length(peaks) = 32 * bit_count(size::bit(64))",
            name=op.f("ck_mirror_heads_peaks"),
        ),
        sa.CheckConstraint("octet_length(root) = 32", name=op.f("ck_mirror_heads_root")),
        sa.CheckConstraint("size >= 0", name=op.f("ck_mirror_heads_size")),
        sa.PrimaryKeyConstraint("feed", "size", name=op.f("pk_mirror_heads")),
    )


def _parties() -> None:
    op.create_table(
        "parties",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_parties")),
        sa.UniqueConstraint("address", name=op.f("uq_parties_address")),
    )


def _programmes() -> None:
    op.create_table(
        "programmes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("since", sa.Text(), nullable=False),
        sa.Column("sealed_number_key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_programmes")),
        sa.UniqueConstraint("number", name=op.f("uq_programmes_number")),
    )


def _provinces() -> None:
    op.create_table(
        "provinces",
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("adcode", name=op.f("pk_provinces")),
    )


def _species() -> None:
    op.create_table(
        "species",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("latin", sa.Text(), nullable=False),
        sa.Column("unit", sa.SmallInteger(), nullable=False),
        sa.Column("energy_grams", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.CheckConstraint("energy_grams > 0", name=op.f("ck_species_energy")),
        sa.CheckConstraint("unit in (1, 2, 3)", name=op.f("ck_species_unit")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_species")),
    )


def _api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.code"], name=op.f("fk_api_keys_programme")
        ),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_api_keys")),
    )


def _holders() -> None:
    op.create_table(
        "holders",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.code"], name=op.f("fk_holders_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holders")),
        sa.UniqueConstraint("programme", "lookup", name=op.f("uq_holders_programme_lookup")),
    )


def _lots() -> None:
    op.create_table(
        "lots",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("province", sa.Text(), nullable=False),
        sa.Column("implementer", sa.Text(), nullable=False),
        sa.Column("inspector", sa.Text(), nullable=True),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("site_en", sa.Text(), nullable=False),
        sa.Column("site_zh", sa.Text(), nullable=False),
        sa.Column("unit", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("area_m2", sa.BigInteger(), nullable=True),
        sa.Column("inspected_on", sa.Text(), nullable=True),
        sa.Column("standing", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("asked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("sealed", sa.BigInteger(), server_default="0", nullable=False),
        sa.CheckConstraint("asked between 0 and capacity", name=op.f("ck_lots_never_oversold")),
        sa.CheckConstraint("capacity between 0 and 4294967295", name=op.f("ck_lots_capacity")),
        sa.CheckConstraint("sealed between 0 and asked", name=op.f("ck_lots_sealed_of_asked")),
        sa.CheckConstraint("unit in (1, 2, 3)", name=op.f("ck_lots_unit")),
        sa.CheckConstraint("year between 1981 and 9998", name=op.f("ck_lots_year")),
        sa.ForeignKeyConstraint(
            ["implementer"], ["parties.code"], name=op.f("fk_lots_implementer")
        ),
        sa.ForeignKeyConstraint(["inspector"], ["parties.code"], name=op.f("fk_lots_inspector")),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.code"], name=op.f("fk_lots_programme")
        ),
        sa.ForeignKeyConstraint(["province"], ["provinces.adcode"], name=op.f("fk_lots_province")),
        sa.ForeignKeyConstraint(["species"], ["species.code"], name=op.f("fk_lots_species")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("slug", name=op.f("uq_lots_slug")),
    )


def _mirror_certificates() -> None:
    op.create_table(
        "mirror_certificates",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("adcode", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "adcode ~ '^[1-9][0-9]{5}$'", name=op.f("ck_mirror_certificates_adcode")
        ),
        sa.CheckConstraint("form ~ '^F[1-8]$'", name=op.f("ck_mirror_certificates_form")),
        sa.CheckConstraint("year >= 1981", name=op.f("ck_mirror_certificates_year")),
        sa.ForeignKeyConstraint(
            ["feed", "index"],
            ["mirror_entries.feed", "mirror_entries.index"],
            name="fk_mirror_certificates_entry",
        ),
        sa.PrimaryKeyConstraint("feed", "certificate", name=op.f("pk_mirror_certificates")),
    )


def _rules_of_batches() -> list[sa.Constraint]:
    return [
        sa.CheckConstraint(
            "state <> 'signed' or raw_transaction is not null",
            name=op.f("ck_batches_signed_has_transaction"),
        ),
        sa.CheckConstraint(
            "state in ('sealed', 'signed', 'mined', 'final', 'blocked')",
            name=op.f("ck_batches_state"),
        ),
        sa.CheckConstraint(
            "state not in ('mined', 'final') or block_hash is not null",
            name=op.f("ck_batches_mined_has_block"),
        ),
        sa.CheckConstraint(
            "length(holders) = 20 * count and count between 1 and 6500",
            name=op.f("ck_batches_holders"),
        ),
        sa.CheckConstraint("length(root) = 32", name=op.f("ck_batches_root")),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name=op.f("fk_batches_lot")),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.code"], name=op.f("fk_batches_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("lot", "first_serial", name=op.f("uq_batches_lot_first_serial")),
    ]


def _batches() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("first_serial", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holders", sa.LargeBinary(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=True),
        sa.Column("raw_transaction", sa.LargeBinary(), nullable=True),
        sa.Column("block_number", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.LargeBinary(), nullable=True),
        sa.Column("block_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("transaction", sa.LargeBinary(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        *_rules_of_batches(),
    )
    op.create_index(
        "ix_batches_unsettled",
        "batches",
        ["programme", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('sealed', 'signed', 'mined')"),
    )
    op.create_index(
        "uq_batches_nonce",
        "batches",
        ["programme", "nonce"],
        unique=True,
        postgresql_where=sa.text("state in ('signed', 'mined')"),
    )


def _exchanges() -> None:
    op.create_table(
        "exchanges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("trees", sa.ARRAY(sa.LargeBinary()), nullable=False),
        sa.Column("sealed_salt", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("commitment", sa.LargeBinary(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state = 'applied' or commitment is not null",
            name=op.f("ck_exchanges_issued_is_known"),
        ),
        sa.CheckConstraint(
            "state in ('applied', 'issued', 'claimed')", name=op.f("ck_exchanges_state")
        ),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"], name=op.f("fk_exchanges_holder")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchanges")),
        sa.UniqueConstraint("holder", "year", name=op.f("uq_exchanges_holder_year")),
    )


def _mirror_trees() -> None:
    op.create_table(
        "mirror_trees",
        sa.Column("feed", sa.Text(), nullable=False),
        sa.Column("tree", sa.Numeric(precision=29, scale=0), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("index", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "tree >= 0 AND tree < 2::numeric ^ 96", name=op.f("ck_mirror_trees_tree")
        ),
        sa.ForeignKeyConstraint(
            ["feed", "certificate"],
            ["mirror_certificates.feed", "mirror_certificates.certificate"],
            name="fk_mirror_trees_certificate",
        ),
        sa.PrimaryKeyConstraint("feed", "tree", "certificate", name=op.f("pk_mirror_trees")),
    )
    op.create_index(
        "uq_mirror_trees_used",
        "mirror_trees",
        ["feed", "tree"],
        unique=True,
        postgresql_where=sa.text("used"),
    )


def _redemptions() -> None:
    op.create_table(
        "redemptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("lot", sa.BigInteger(), nullable=False),
        sa.Column("first_serial", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("masked_name", sa.Text(), nullable=False),
        sa.Column("price_grams", sa.BigInteger(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count > 0 and first_serial >= 0", name=op.f("ck_redemptions_range")),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"], name=op.f("fk_redemptions_holder")),
        sa.ForeignKeyConstraint(["lot"], ["lots.id"], name=op.f("fk_redemptions_lot")),
        sa.ForeignKeyConstraint(
            ["programme"], ["programmes.code"], name=op.f("fk_redemptions_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("lot", "first_serial", name=op.f("uq_redemptions_lot_first_serial")),
        sa.UniqueConstraint("programme", "key", name=op.f("uq_redemptions_programme_key")),
    )


def _exchange_trees() -> None:
    op.create_table(
        "exchange_trees",
        sa.Column("tree", sa.LargeBinary(), nullable=False),
        sa.Column("exchange", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(tree) = 12", name=op.f("ck_exchange_trees_tree")),
        sa.ForeignKeyConstraint(
            ["exchange"], ["exchanges.id"], name=op.f("fk_exchange_trees_exchange")
        ),
        sa.PrimaryKeyConstraint("tree", name=op.f("pk_exchange_trees")),
    )


def downgrade() -> None:
    raise NotImplementedError("the books are not taken apart: restore a backup instead")
