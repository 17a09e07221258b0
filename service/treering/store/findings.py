"""What a run found, written over what was known: opened, changed, reopened, resolved.

The found ones are copied beside the table first; four statements do the rest, however many
there are.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, text

from treering.domain.comparison.cases import COUNTS
from treering.domain.difference import Difference
from treering.domain.record import programme_of
from treering.store.driver import driver

_AT_ONCE = 5000
_FOUND = """
CREATE TEMPORARY TABLE found (
    id uuid, name text, kind text, owner text, subject text, said_left text, said_right text,
    count bigint, lot numeric(20, 0), number bigint, adcode text, event text
) ON COMMIT DROP
"""
_SUBJECTS = "CREATE TEMPORARY TABLE {} (subject text) ON COMMIT DROP"
_COLUMNS = "id, name, kind, owner, subject, said_left, said_right, count, lot, number, adcode"
_ONCE = text("DELETE FROM found AS a USING found AS b WHERE a.id = b.id AND a.ctid > b.ctid")
_EVENTS = text("""
UPDATE found SET event = CASE
    WHEN NOT EXISTS (SELECT FROM differences AS d WHERE d.id = found.id) THEN 'opened'
    ELSE (
        SELECT CASE WHEN d.resolved_at IS NOT NULL THEN 'reopened'
            WHEN (d.said_left, d.said_right) <> (found.said_left, found.said_right) THEN 'changed'
        END FROM differences AS d WHERE d.id = found.id
    )
END
""")
_KEEP = text("""
INSERT INTO differences AS d (id, name, kind, owner, subject, said_left, said_right, count,
    programme, province, lot, opened_at, first_seen, last_seen, last_run, runs)
SELECT f.id, f.name, f.kind, f.owner, f.subject, f.said_left, f.said_right, f.count,
    coalesce(l.programme, p.code), coalesce(f.adcode, l.province), l.id,
    :now, :now, :now, :run, 1
FROM found AS f
LEFT JOIN lots AS l ON l.id = f.lot
LEFT JOIN programmes AS p ON p.number = f.number
ON CONFLICT (id) DO UPDATE SET
    said_left = excluded.said_left, said_right = excluded.said_right, count = excluded.count,
    programme = excluded.programme, province = excluded.province,
    opened_at = CASE WHEN d.resolved_at IS NULL THEN d.opened_at ELSE excluded.opened_at END,
    last_seen = excluded.last_seen, resolved_at = NULL, last_run = excluded.last_run,
    runs = d.runs + 1
""")
_TELL = text("""
INSERT INTO difference_history (difference, run, event, said_left, said_right, at)
SELECT id, :run, event, said_left, said_right, :now FROM found WHERE event IS NOT NULL
""")
_RESOLVE = text("""
WITH gone AS (
    UPDATE differences AS d SET resolved_at = :now, last_run = :run
    WHERE resolved_at IS NULL AND last_run <> :run AND name = ANY(:scope)
        AND (NOT name = ANY(:partial) OR subject IN (SELECT subject FROM looked_at))
        AND NOT EXISTS (SELECT FROM unjudged AS u WHERE u.subject = d.subject)
    RETURNING id, said_left, said_right
)
INSERT INTO difference_history (difference, run, event, said_left, said_right, at)
SELECT id, :run, 'resolved', said_left, said_right, :now FROM gone
""")
_SUMS = text("""
SELECT count(*), count(*) FILTER (WHERE event IN ('opened', 'reopened')) FROM found
""")


class Findings:
    """Of one run, within its transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open(self) -> None:
        for table in (_FOUND, _SUBJECTS.format("unjudged"), _SUBJECTS.format("looked_at")):
            self._connection.execute(text(table))

    def add(self, found: Iterable[Difference]) -> None:
        """As many as there are: some are held, then copied, so that the connection is free
        for what finds them."""
        rows = (_row(difference) for difference in found)
        while some := list(islice(rows, _AT_ONCE)):
            self._copy(f"found ({_COLUMNS})", some)

    def unjudged(self, subjects: Iterable[str]) -> None:
        """What is on its way was not looked at: an open difference of it stays open."""
        self._copy("unjudged", ((subject,) for subject in subjects))

    def looked_at(self, subjects: Iterable[str]) -> None:
        """Of the cases in COUNTS, only these subjects were looked at."""
        self._copy("looked_at", ((subject,) for subject in subjects))

    def keep(self, run: int, now: datetime, scope: Collection[str]) -> tuple[int, int, int]:
        """Found, opened, resolved. `scope` are the names of the cases that were looked for."""
        at = {"run": run, "now": now}
        self._connection.execute(_ONCE)
        self._connection.execute(_EVENTS)
        self._connection.execute(_KEEP, at)
        self._connection.execute(_TELL, at)
        limits = {"scope": list(scope), "partial": list(COUNTS)}
        resolved = self._connection.execute(_RESOLVE, at | limits).rowcount
        found, opened = self._connection.execute(_SUMS).one()
        return found, opened, resolved

    def _copy(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        with (
            driver(self._connection) as raw,
            raw.cursor().copy(f"COPY {table} FROM STDIN".encode()) as out,
        ):
            for row in rows:
                out.write_row(row)


def _row(found: Difference) -> tuple[object, ...]:
    case, lot = found.case, found.lot
    return (
        found.identity,
        case.name,
        case.kind.value,
        case.owner.value,
        found.subject,
        found.left,
        found.right,
        found.count,
        lot,
        programme_of(lot) if lot is not None else None,
        found.adcode,
    )
