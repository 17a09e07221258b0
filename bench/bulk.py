"""A load: from JSON lines to committed rows by `treering load`, against PostgreSQL's own COPY.

The same rows are then copied out, and into the same tables emptied, by one COPY a table: what
PostgreSQL takes for its share of the work, keys, checks and the write-ahead log included.
"""

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import psycopg
from sqlalchemy import text

from bench.figures import Figure, show
from bench.ground import CONTRACT, Ground, free_port, ground

LINES = 300_000
EACH = 3  # redemptions of a holder, on the average
LOTS = ("ANT_FOREST-277", "ANT_FOREST-464", "ANT_FOREST-805", "ANT_FOREST-1")
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅春建国文"
OTHERS = ("阿依古丽·买买提", "John Smith")  # one in sixteen
_TABLES = ("holders", "redemptions")


@dataclass(frozen=True, slots=True)
class Loaded:
    """`seconds` of the whole command, from its start to its end; `mb` its peak of memory."""

    seconds: float
    mb: float


def run() -> bool:
    with ground() as made:
        make_room(made)
        known = load(made, "known", LINES, LINES // EACH)
        rows, gaps = counted(made)
        raw_known = _copied(made)
        new = load(made, "new", LINES, LINES)
        empty(made)
        fresh = load(made, "fresh", LINES, LINES)
        raw_new = _copied(made)
    return show(
        f"bulk: {LINES:,} redemptions from JSON lines to committed rows",
        [
            Figure(name="redemptions a second", value=LINES / known.seconds, at_least=60_000),
            Figure(name="PostgreSQL's own COPY of both tables", value=LINES / raw_known),
            Figure(name="ratio to COPY", value=raw_known / known.seconds, at_least=1 / 2),
            Figure(name="each for a new holder: a second", value=LINES / fresh.seconds),
            Figure(name="… ratio to COPY", value=raw_new / fresh.seconds),
            Figure(name="… upon as many: a second", value=LINES / new.seconds),
            Figure(name="memory", value=max(known.mb, new.mb, fresh.mb), unit="MB", at_most=300),
            Figure(name="lines less units", value=LINES - rows, at_least=0, at_most=0),
            Figure(name="gaps and overlaps of serials", value=gaps, at_most=0),
        ],
    )


def make_room(made: Ground) -> None:
    with made.engine.begin() as connection:
        connection.execute(text("UPDATE lots SET capacity = 4294967295 WHERE unit = 1"))


def load(made: Ground, key: str, lines: int, holders: int) -> Loaded:
    file = made.home / f"{key}.ndjson"
    _write(file, key, lines, holders)
    environ = {
        "TREERING_HOME": str(made.home),
        "TREERING_DATABASE_URL": made.database_url,
        "TREERING_RPC_URL": f"http://127.0.0.1:{free_port()}",  # redeeming asks no node
        "TREERING_CONTRACT": CONTRACT,
    }
    words = ["load", str(file), "--programme", "ANT_FOREST", "--key", key]
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "treering.main", *words], env={**os.environ, **environ}
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    assert status == 0, "the load went through"
    file.unlink()
    return Loaded(seconds, usage.ru_maxrss / 1024)


def _write(file: Path, key: str, lines: int, holders: int) -> None:
    """Holders come again all over the file, as people do over the years."""
    with file.open("w", encoding="utf-8") as written:
        for i in range(lines):
            holder = i * 7_919 % holders
            wish = {
                "lot": LOTS[i % len(LOTS)],
                "holder": f"{key}-2088{holder:012}",
                "name": _name(holder),
                "redeemed_at": f"2019-03-{1 + i % 28:02}T{i % 24:02}:{i % 60:02}:00+08:00",
            }
            written.write(json.dumps(wish, ensure_ascii=False) + "\n")


def _name(holder: int) -> str:
    if holder % 16 == 0:
        return OTHERS[holder % 32 // 16]
    first, second = GIVEN[holder % 31], GIVEN[holder // 31 % 31]
    return SURNAMES[holder // 961 % 20] + first + second * (holder % 3 > 0)


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


def empty(made: Ground) -> None:
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
