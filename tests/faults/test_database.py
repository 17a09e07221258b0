"""F62, F63, F65, F68 to F70, F73: PostgreSQL locked, read-only, killed, restarted, torn."""

import random
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import create_engine, text

from tests.faults import cluster
from tests.faults.cluster import Cluster
from tests.faults.journal import LOT
from tests.faults.processes import PATIENCE, Web, until
from tests.faults.stage import on_server
from tests.faults.town import Town
from treering.store.migrate import is_current, migrate

HASTY = "-c lock_timeout=300ms -c idle_in_transaction_session_timeout=300ms"


def hasty(town: Town) -> dict[str, str]:
    """Processes that wait for a lock for a third of a second instead of five."""
    return {"TREERING_DATABASE_URL": f"{town.database_url}&options={HASTY.replace(' ', '%20')}"}


def test_f62_a_locked_lot_is_answered_with_503_and_not_waited_for_without_end(town: Town):
    web = town.serve(**hasty(town))
    engine = create_engine(town.database_url)
    with engine.begin() as connection:
        connection.execute(text("LOCK TABLE lots, redemptions IN ACCESS EXCLUSIVE MODE"))
        answer = web.redeem("one")
        assert (answer.status, answer.body["code"]) == (503, "TR319")
        assert int(answer.headers["retry-after"]) > 0
    engine.dispose()
    assert web.redeem("one").status == 201
    assert town.settle().records == 1


def test_f63_who_only_reads_does_not_wait_for_those_who_write(town: Town):
    web = town.serve()
    (number,) = web.redeem("one").numbers
    engine = create_engine(town.database_url)
    with engine.begin() as connection:  # somebody writes, and takes his time
        connection.execute(text("UPDATE lots SET asked = asked"))
        assert web.state(number) == "PENDING"
        assert web.get(f"/v1/lots/{LOT}").status_code == 200
    engine.dispose()
    assert town.settle().records == 1


def redeemed(web: Web, key: str) -> None:
    """Asked for until it is; the last refusal is told where it never is."""
    last = time.monotonic() + PATIENCE
    while (answer := web.redeem(key)).status != 201:
        assert time.monotonic() < last, answer


def test_f63_a_process_frozen_in_its_transaction_loses_it_and_the_others_go_on(town: Town):
    frozen = town.serve(FAILPOINT="redeem.before_commit:1", FPACT="stop", **hasty(town))
    web = town.serve()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(frozen.redeem, "frozen")
        frozen.frozen()
        redeemed(web, "another")  # for the server took the lock away
        frozen.thaw()
        made = asked.result()
    assert made.status == 201, "it was tried again, under the same key"
    assert frozen.redeem("frozen").body["id"] == made.body["id"]
    assert town.settle().records == 2


def test_f65_a_read_only_database_is_not_ready_and_still_read(town: Town):
    web = town.serve()
    (number,) = web.redeem("one").numbers
    read_only(town, "on")
    readiness = web.get("/readyz")
    assert (readiness.status_code, readiness.json()["database"]) == (503, False)
    assert web.state(number) == "PENDING"
    answer = web.redeem("two")
    assert (answer.status, answer.body["code"]) == (503, "TR319")
    read_only(town, "off")
    assert web.get("/readyz").status_code == 200
    assert web.redeem("two").status == 201
    assert town.settle().records == 2


def read_only(town: Town, value: str) -> None:
    """For all connections, which are ended and made anew."""
    name = town.name
    on_server(
        town.stage.postgres,
        f"ALTER DATABASE {name} SET default_transaction_read_only = {value}",
        f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
    )


class Writers:
    """Clients that redeem without pause until they are told to stop."""

    def __init__(self, webs: list[Web], seed: int, count: int = 8) -> None:
        self._stop = Event()
        self._webs = webs
        self._pool = ThreadPoolExecutor(count)
        self._at_work = [self._pool.submit(self._write, seed, i) for i in range(count)]

    def _write(self, seed: int, writer: int) -> int:
        chance, done = random.Random(f"{seed} {writer}"), 0
        while not self._stop.is_set():
            web = chance.choice(self._webs)
            answer = web.redeem(f"writer {writer}, {done}")
            if answer.granted:
                done += 1
            else:
                assert answer.status in (0, 503), answer
                time.sleep(0.02)
        return done

    def end(self) -> int:
        """How many they were granted."""
        self._stop.set()
        return sum(writer.result() for writer in self._at_work)


def granted(town: Town, more: int) -> None:
    """Wait until so many more were granted."""
    wanted = len(town.journal.granted) + more
    until(lambda: len(town.journal.granted) >= wanted)


def test_f68_a_killed_postgresql_has_lost_nothing_that_was_acknowledged(
    lone_town: Town, server: Cluster
):
    town, webs = lone_town, [lone_town.serve(), lone_town.serve()]
    worker = town.worker()
    writers = Writers(webs, seed=68)
    until(lambda: town.sql("SELECT 1 FROM batches"), worker.check)
    for _ in range(2):
        granted(town, 25)
        server.kill()
        server.start()
    granted(town, 25)
    writers.end()
    worker.check()
    town.replay(webs[0])
    worker.end()
    town.settle()


@pytest.mark.parametrize("setting", ["synchronous_commit=off", "fsync=off"])
def test_f68_no_process_starts_on_a_database_that_may_lose_commits(
    lone_town: Town, server: Cluster, setting
):
    server.stop()
    server.start(setting)
    for child in (lone_town.start("serve"), lone_town.worker()):
        assert child.ended() == 2
        assert f"TR913 {setting}" in child.said


def test_f69_connections_that_are_ended_again_and_again_lose_and_double_nothing(town: Town):
    webs = [town.serve(), town.serve()]
    worker = town.worker()
    writers = Writers(webs, seed=69)
    until(lambda: town.sql("SELECT 1 FROM batches"), worker.check)
    for _ in range(10):
        granted(town, 5)
        town.sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    writers.end()
    town.replay(webs[0])
    worker.check()
    worker.end()
    town.settle()


def test_f69_a_restart_of_postgresql_ends_no_process_of_ours(lone_town: Town, server: Cluster):
    web, worker = lone_town.serve(), lone_town.worker()
    writers = Writers([web], seed=690, count=4)
    until(lambda: lone_town.sql("SELECT 1 FROM batches"), worker.check)
    for mode in ("immediate", "fast"):
        granted(lone_town, 10)
        server.stop(mode)
        server.start()
    granted(lone_town, 10)
    writers.end()
    for child in (web, worker):
        child.check()
    lone_town.replay(web)
    worker.end()
    lone_town.settle()


def test_f69_a_synchronous_standby_that_is_promoted_has_all_that_was_acknowledged(
    lone_town: Town, server: Cluster
):
    standby = cluster.new()
    try:
        where = ("-h", server.folder, "-U", "postgres", "-D", standby.data)
        cluster.run("pg_basebackup", *where, "-c", "fast", "-R", "-X", "stream")
        standby.start("cluster_name=standby")
        until(lambda: lone_town.sql("SELECT 1 FROM pg_stat_replication"))
        lone_town.sql("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        lone_town.sql("SELECT pg_reload_conf()")
        web = lone_town.serve()
        writers = Writers([web], seed=691, count=4)
        granted(lone_town, 30)
        server.kill()
        cluster.run("pg_ctl", "-w", "-D", standby.data, "promote")
        writers.end()
        web.kill()
        lone_town.database_url = standby.url()
        lone_town.replay(lone_town.serve())
        lone_town.settle()
        for child in lone_town.children:
            child.kill()
    finally:
        standby.remove()


RAISE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'this row is not taken' USING ERRCODE = '58030'; END $$;
"""


@pytest.mark.parametrize(
    ("table", "event", "mark"),
    [
        ("holders", "INSERT", "NEW.sealed IS NOT NULL"),
        ("redemptions", "INSERT", "NEW.campaign = 'marked'"),
        ("redemption_keys", "INSERT", "NEW.hash IS NOT NULL"),
        ("lots", "UPDATE", "NEW.sealed > OLD.sealed"),
        ("batches", "INSERT", "NEW.programme = 'ANT_FOREST'"),
        ("batches", "UPDATE", "NEW.state = 'final'"),
        ("transactions", "INSERT", "NEW.nonce >= 0"),
    ],
)
def test_f70_a_row_that_cannot_be_written_holds_up_nothing_else(town: Town, table, event, mark):
    web = town.serve()
    assert web.redeem("before").status == 201
    town.settle()
    of_requests = ("holders", "redemptions", "redemption_keys")
    town.sql(RAISE)
    town.sql(
        f"CREATE TRIGGER refused BEFORE {event} ON {table} FOR EACH ROW "
        f"WHEN ({mark}) EXECUTE FUNCTION refuse()"
    )
    worker = town.worker()
    refused = web.redeem("marked", campaign="marked")
    other = web.redeem("other")
    if table in of_requests:
        assert refused.status == 503
    assert table in ("holders", "redemption_keys") or other.status == 201
    until(lambda: "not reached" in worker.said or table in of_requests)
    worker.check()
    assert town.examine().wrong == {}
    town.sql(f"DROP TRIGGER refused ON {table}")
    assert web.redeem("marked", campaign="marked").granted
    assert web.redeem("other").granted
    until(town.settled, worker.check)
    worker.end()
    assert town.agree().records == 3


def test_f73_a_migration_that_is_killed_half_way_has_done_nothing(town: Town):
    name = town.copy_database()
    town.sql("DROP SCHEMA public CASCADE")
    town.sql("CREATE SCHEMA public")
    killed = town.start("migrate", FAILPOINT="migrate.between_steps:1")
    assert killed.ended() == -9
    assert town.sql("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == []
    assert town.start("migrate").ended() == 0
    engine = create_engine(town.database_url)
    assert is_current(engine)
    migrate(engine)
    engine.dispose()
    town.restore_database(name)
    assert town.serve().redeem("one").status == 201
    assert town.settle().records == 1


def test_f73_the_version_before_goes_on_with_the_tables_of_the_next(town: Town):
    """A migration only adds: what runs already redeems, and a worker that starts says why not."""
    web = town.serve()
    town.sql("ALTER TABLE lots ADD COLUMN newer text")
    town.sql("CREATE TABLE newer (id bigint PRIMARY KEY)")
    town.sql("UPDATE alembic_version SET version_num = 'next ' || version_num")
    (number,) = web.redeem("one").numbers
    assert web.state(number) == "PENDING"
    worker = town.worker()
    assert worker.ended() == 2
    assert "TR912" in worker.said
    assert town.sql("SELECT 1 FROM batches") == []
    town.sql("UPDATE alembic_version SET version_num = substr(version_num, 6)")
    assert town.settle().records == 1
