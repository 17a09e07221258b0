"""The tables of what speaks against a registry's log: how each source stands, what was refused
of it, where it contradicted itself, and where two sources say different things.

`feed` is a log's origin. Nothing here is ever deleted but refused bytes that are long settled.
"""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    Identity,
    Index,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from treering.store.tables.metadata import metadata

# How the last look at a source ended; `since` is when it began to end so. What we anchored on
# the ledger is a source too, and the only one of `behind` and `damaged`.
mirror_sources = Table(
    "mirror_sources",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),  # of the refusal; empty while good
    Column("why", Text, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("looked_at", DateTime(timezone=True), nullable=False),
    Column("good_at", DateTime(timezone=True)),  # when a look last ended well
    CheckConstraint(
        "state in ('good', 'silent', 'refused', 'contradicted', 'behind', 'damaged')", name="state"
    ),
    CheckConstraint("(state = 'good') = (code = '')", name="code"),
    CheckConstraint("looked_at >= since", name="since"),
)

# Bytes that a source sent and that were refused, once for each content, as they came.
mirror_refused = Table(
    "mirror_refused",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("sha256", LargeBinary, primary_key=True),
    Column("path", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("raw", LargeBinary, nullable=False),
    CheckConstraint("octet_length(sha256) = 32", name="sha256"),
    Index("ix_mirror_refused_received_at", "feed", "received_at"),
)

ROOT_OF_NOTE = "split_part(offered_note, chr(10), 3)"  # in base64

# Two signed heads of one log that cannot both be true, and what they disagree about. `kind` is
# `heads` if the two notes alone prove it, `rewritten` if `proof` is needed too: the path in the
# offered log that leads to its signed root, but from another beginning than the held one.
# `index` is the first entry that differs, where it is known; `lots` those whose trees the
# contradicted entries name, and which are not minted on until a person has settled it. Another
# root that was offered is another history, and kept beside the first (decision 0156).
mirror_contradictions = Table(
    "mirror_contradictions",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("feed", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("held_size", BigInteger, nullable=False),
    Column("held_note", Text, nullable=False),
    Column("offered_size", BigInteger, nullable=False),
    Column("offered_note", Text, nullable=False),
    Column("offered_root", Text, Computed(ROOT_OF_NOTE, persisted=True)),
    Column("proof", LargeBinary),  # 32 bytes a step, as RFC 6962 orders them
    Column("index", BigInteger),
    Column("held_raw", LargeBinary),
    Column("offered_raw", LargeBinary),
    Column("held_path", LargeBinary),  # from the entry to its head's root, 32 bytes a step
    Column("offered_path", LargeBinary),
    Column("lots", ARRAY(BigInteger), nullable=False),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),  # the last time
    Column("settled_at", DateTime(timezone=True)),
    Column("settled_because", Text),
    UniqueConstraint("feed", "held_size", "index", "kind", "offered_root", "settled_at",
                     name="uq_mirror_contradictions_once", postgresql_nulls_not_distinct=True),
    CheckConstraint("kind in ('heads', 'rewritten')", name="kind"),
    CheckConstraint("seen_at >= found_at", name="seen_at"),
    CheckConstraint(
        "(settled_at is null) = (settled_because is null)", name="settled"
    ),
)  # fmt: skip

# A certificate of which two sources that we follow say different things. A side is null where
# that source does not know it, though its head is from after the other's entry.
mirror_disputes = Table(
    "mirror_disputes",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("other", Text, primary_key=True),
    Column("certificate", LargeBinary, primary_key=True),
    Column("raw", LargeBinary),
    Column("other_raw", LargeBinary),
    Column("found_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),  # since when they agree again
    CheckConstraint("octet_length(certificate) = 32", name="certificate"),
    CheckConstraint("feed <> other and raw is distinct from other_raw", name="differ"),
)
