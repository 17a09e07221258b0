"""A load: from JSON lines to committed rows by `treering load`, against PostgreSQL's own COPY.

The same rows are then copied out, and into the same tables emptied, by one COPY a table: what
PostgreSQL takes for its share of the work, keys, checks and the write-ahead log included.
"""

import os
import time
from tempfile import TemporaryFile

import psycopg
from sqlalchemy import text

from bench.figures import Figure, show
from bench.ground import CONTRACT, Ground, ground
from bench.lines import Lines, load
from bench.processor import of_database
from tests.ports import free_port

LINES = int(os.environ.get("BENCH_LINES", "500000"))
_TABLES = ("holders", "redemptions")


def run() -> bool:
    with ground() as made:
        make_room(made)
        file = made.home / "lines.ndjson"
        lines = Lines(every=3)
        lines.write(file, 1)
        start = load(file, environ(made), 1)
        lines.write(file, LINES - 1)
        worked = of_database(made.engine)
        mixed = load(file, environ(made), LINES).without(start)
        worked = of_database(made.engine) - worked
        units, gaps = counted(made)
        raw = _copied(made)
        _empty(made)
        Lines(every=1).write(file, LINES)
        new = load(file, environ(made), LINES).without(start)
        raw_new = _copied(made)
    return show(
        f"bulk: {LINES:,} redemptions from JSON lines to committed rows, every third a new holder",
        [
            Figure(name="redemptions a second", value=LINES / mixed.seconds, at_least=60_000),
            Figure(name="PostgreSQL's own COPY", value=LINES / raw),
            Figure(name="ratio to COPY", value=raw / mixed.seconds, at_least=1 / 2),
            Figure(name="… if every holder is new, a second", value=LINES / new.seconds),
            Figure(name="… ratio to COPY", value=raw_new / new.seconds),
            Figure(name="start of the command, not counted above", value=start.seconds, unit="s"),
            Figure(name="loader's processor", value=1e6 * mixed.cpu / LINES, unit="µs a line"),
            Figure(name="… and PostgreSQL's", value=1e6 * worked / LINES, unit="µs a line"),
            Figure(name="loader's memory", value=max(mixed.mb, new.mb), unit="MB", at_most=300),
            Figure(name="lines less units", value=LINES - units, at_least=0, at_most=0),
            Figure(name="gaps and overlaps of serials", value=gaps, at_most=0),
        ],
    )


def counted(made: Ground) -> tuple[int, int]:
    """Units redeemed, and serials that are missing or held twice."""
    query = """
        SELECT sum(count), count(*) FILTER (WHERE first_serial <> expected)
        FROM (SELECT count, first_serial, coalesce(
                  lag(first_serial + count) OVER (PARTITION BY lot ORDER BY first_serial), 0)
                  AS expected
              FROM redemptions) AS held
    """
    with made.engine.connect() as connection:
        units, gaps = connection.execute(text(query)).one()
    return units, gaps


def make_room(made: Ground) -> None:
    with made.engine.begin() as connection:
        connection.execute(text("UPDATE lots SET capacity = 4294967295 WHERE unit = 1"))


def environ(made: Ground) -> dict[str, str]:
    return {
        "TREERING_HOME": str(made.home),
        "TREERING_DATABASE_URL": made.database_url,
        "TREERING_RPC_URL": f"http://127.0.0.1:{free_port()}",  # redeeming asks no node
        "TREERING_CONTRACT": CONTRACT,
    }


def _empty(made: Ground) -> None:
    with made.engine.begin() as connection:
        connection.execute(text("TRUNCATE holders, redemptions, load_cells, loads CASCADE"))
        connection.execute(text("UPDATE lots SET asked = 0"))


def _copied(made: Ground) -> float:
    """Seconds in which the rows that are there go into their emptied tables again."""
    url = made.database_url.replace("postgresql+psycopg", "postgresql")
    with TemporaryFile() as holders, TemporaryFile() as redemptions, psycopg.connect(url) as link:
        files = dict(zip(_TABLES, (holders, redemptions), strict=True))
        for table, file in files.items():
            with link.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                for piece in copy:
                    file.write(piece)
            file.seek(0)
        link.execute("TRUNCATE holders, redemptions CASCADE")
        link.commit()
        begun = time.perf_counter()
        for table, file in files.items():
            with link.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                while piece := file.read(1 << 16):
                    copy.write(piece)
            link.commit()
        return time.perf_counter() - begun
