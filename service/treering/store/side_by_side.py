"""The sides laid side by side by PostgreSQL, row by row, where they do not agree.

All in one snapshot: our tables, the mirror's, and what was staged of the chain.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, TextClause, text

from treering.domain.comparison.batches import BatchRow
from treering.domain.comparison.certificates import CertificateRow
from treering.domain.comparison.claims import ENDED, ClaimRow
from treering.domain.comparison.lots import LotRow
from treering.domain.contradiction import Dispute
from treering.domain.record import LotId, TreeId
from treering.store import disputes

_LOTS = text("""
WITH held AS (
    SELECT lot, sum(count) AS redeemed, count(*) FILTER (WHERE first_serial < reached) AS repeats
    FROM (
        SELECT lot, first_serial, count, max(first_serial + count) OVER (
            PARTITION BY lot ORDER BY first_serial ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS reached
        FROM redemptions
    ) AS in_order
    GROUP BY lot
), batched AS (SELECT lot, sum(count) AS batched FROM batches GROUP BY lot)
SELECT id, slug, site, species, year, unit, capacity, asked, sealed,
    coalesce(redeemed, 0) AS redeemed, coalesce(batched, 0) AS batched,
    coalesce(repeats, 0) AS repeats,
    CASE WHEN asked > sealed THEN (
        SELECT recorded_at FROM redemptions AS r
        WHERE r.lot = lots.id AND r.first_serial <= lots.sealed
        ORDER BY r.first_serial DESC LIMIT 1
    ) END AS oldest
FROM lots LEFT JOIN held ON held.lot = lots.id LEFT JOIN batched ON batched.lot = lots.id
""")

_BATCHES = text("""
SELECT lot, first_serial, b.count, b.root, b.state, b.sealed_at, b.block_number AS block,
    c.count AS minted, c.root AS minted_root
FROM batches AS b FULL JOIN staged_batches AS c USING (lot, first_serial)
WHERE b.id IS NULL OR c.root IS NULL OR b.count <> c.count OR b.root <> c.root
    OR b.state NOT IN ('mined', 'final')
ORDER BY lot, first_serial
""")

# A record's 12 bytes as the number that the mirror and the chain have.
_NUMBER = """(
    ('x' || encode(substr(t.tree, 1, 8), 'hex'))::bit(64)::bigint::numeric * 4294967296
    + ('x' || encode(substr(t.tree, 9, 4), 'hex'))::bit(32)::bigint
)"""

# Of a record that was in several exchanges, the one that lives, else the newest.
_CLAIMS = text(f"""
WITH claimed AS (
    SELECT DISTINCT ON (tree) tree, claim, released, block
    FROM staged_claims ORDER BY tree, seq DESC
), listed AS (
    SELECT tree, certificate AS listed FROM mirror_trees WHERE feed = :feed AND used
), ours AS (
    SELECT DISTINCT ON (tree) tree, state, exchange, applied_at, ended_at FROM (
        SELECT {_NUMBER} AS tree, e.state, e.commitment AS exchange, e.applied_at, e.ended_at
        FROM exchanges AS e CROSS JOIN LATERAL unnest(e.trees) AS t (tree)
    ) AS numbered ORDER BY tree, state = ANY(:ended), applied_at DESC
), differing AS (
    SELECT tree, claim, released, block, listed, state, exchange, applied_at, ended_at,
        revoked.tree IS NOT NULL AS is_revoked
    FROM claimed FULL JOIN listed USING (tree) FULL JOIN ours USING (tree)
    LEFT JOIN (SELECT DISTINCT tree FROM staged_revoked) AS revoked USING (tree)
    WHERE (claim = listed AND exchange = claim AND state = 'claimed' AND revoked.tree IS NULL)
        IS NOT TRUE
)
SELECT d.*, named.active AS standing, e.raw, coalesce(held.adcode, named.adcode) AS adcode,
    EXISTS (SELECT FROM staged_moving AS m WHERE m.tree = d.tree) AS is_moving
FROM differing AS d
LEFT JOIN mirror_certificates AS named
    ON named.feed = :feed AND named.certificate = coalesce(d.claim, d.exchange)
LEFT JOIN mirror_certificates AS held
    ON held.feed = :feed AND held.certificate = coalesce(d.listed, d.claim, d.exchange)
LEFT JOIN mirror_entries AS e ON e.feed = held.feed AND e.index = held.index
ORDER BY d.tree
""")  # noqa: S608 - a constant

_CERTIFICATES = text("""
SELECT c.certificate, c.year, c.adcode, e.year AS exchange_year, min(t.tree) AS first,
    CASE WHEN min(r.holder) <> max(r.holder) OR bool_or(e.holder <> r.holder) THEN 2 ELSE 1 END
        AS holders
FROM mirror_certificates AS c
JOIN mirror_trees AS t ON t.feed = c.feed AND t.certificate = c.certificate AND t.used
LEFT JOIN exchanges AS e ON e.commitment = c.certificate
LEFT JOIN LATERAL (
    SELECT holder FROM redemptions
    WHERE lot = CASE WHEN t.tree < 2::numeric ^ 95
            THEN div(t.tree, 4294967296)::bigint END  -- no lot of ours has a greater number
        AND first_serial <= mod(t.tree, 4294967296)::bigint
    ORDER BY first_serial DESC LIMIT 1
) AS r ON true
WHERE c.feed = :feed AND c.active
GROUP BY c.certificate, c.year, c.adcode, e.year
HAVING e.year <> c.year OR min(r.holder) <> max(r.holder) OR bool_or(e.holder <> r.holder)
ORDER BY c.certificate
""")


_CONTRADICTIONS = text("""
SELECT id, held_size, offered_size FROM mirror_contradictions
WHERE feed = :feed AND settled_at IS NULL ORDER BY id
""")

_SUMS = text("""
SELECT (SELECT count(DISTINCT tree) FROM staged_claims) AS claims,
    (SELECT count(*) FROM mirror_certificates WHERE feed = :feed) AS certificates
""")


class SideBySide:
    """`feed` is the log's origin."""

    def __init__(self, connection: Connection, feed: str | None) -> None:
        self._connection = connection
        self._feed = feed

    def now(self) -> datetime:
        """Of the snapshot."""
        moment: datetime = self._connection.execute(text("SELECT now()")).scalar_one()
        return moment

    def lots(self) -> Iterator[LotRow]:
        """All lots of our database."""
        for row in self._connection.execute(_LOTS).mappings():
            yield LotRow(**row)

    def batches(self) -> Iterator[BatchRow]:
        """Those that differ or are under way, by lot and serial."""
        for row in self._streamed(_BATCHES):
            yield BatchRow(**row)

    def claims(self) -> Iterator[tuple[ClaimRow, int | None, bytes | None, bool]]:
        """Those that differ: a row without its dates, the block of its claim, the entry that
        dates the certificate, and whether the chain has touched it since."""
        for facts in self._streamed(_CLAIMS, {"feed": self._feed, "ended": sorted(ENDED)}):
            block, raw, moving = facts.pop("block"), facts.pop("raw"), facts.pop("is_moving")
            facts["tree"] = TreeId(int(facts["tree"]))
            yield ClaimRow(**facts), block, raw, moving

    def certificates(self) -> Iterator[CertificateRow]:
        """Active ones that differ from our exchange or our holders."""
        for row in self._streamed(_CERTIFICATES, {"feed": self._feed}):
            yield CertificateRow(**{**row, "first": TreeId(int(row["first"]))})

    def contradictions(self) -> Iterator[tuple[int, int, int]]:
        """Unsettled ones: an id, and the sizes of the two heads that cannot both be true."""
        for row in self._connection.execute(_CONTRADICTIONS, {"feed": self._feed}):
            yield row.id, row.held_size, row.offered_size

    def disputes(self) -> Iterator[Dispute]:
        """Certificates of which this log and another source say different things."""
        for one in disputes.disputes(self._connection):
            if self._feed in (one.feed, one.other):
                yield one

    def sums(self) -> Mapping[str, int]:
        """How much was compared: claims on the chain, certificates of the mirror."""
        row = self._connection.execute(_SUMS, {"feed": self._feed}).mappings().one()
        return {name: int(count) for name, count in row.items()}

    def lot_named(self, slug: str) -> LotId | None:
        query = text("SELECT id FROM lots WHERE slug = :slug")
        return self._connection.execute(query, {"slug": slug}).scalar_one_or_none()

    def _streamed(
        self, query: TextClause, values: Mapping[str, object] | None = None
    ) -> Iterator[dict[str, Any]]:
        streaming = {"yield_per": 2000}
        found = self._connection.execute(query, values or {}, execution_options=streaming)
        for row in found.mappings():
            yield dict(row)
