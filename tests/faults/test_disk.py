"""F64, F66, F67, F71: disks that are full, that fail, that lose power.

Mounts and strace need rights and programs that not every machine has; where they are missing
the row is skipped, and says so.
"""

import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.faults import cluster
from tests.faults.cluster import Cluster
from tests.faults.journal import LOT, Answer
from tests.faults.processes import Web, until
from tests.faults.stage import Stage
from tests.faults.test_database import Writers, granted
from tests.faults.town import Town
from tests.faults.tracing import STRACE, traced


def mounted(folder: Path, *words: str) -> bool:
    done = subprocess.run(["mount", *words, str(folder)], capture_output=True, check=False)
    return done.returncode == 0


@contextmanager
def small_disk(golden: Cluster, megabytes: int) -> Iterator[Cluster]:
    """A server whose data lies on a disk of its own of this size."""
    place = cluster.new()
    if not mounted(place.folder, "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs"):
        place.remove()
        pytest.skip("this machine lets nobody mount a file system")
    cluster.own(place.folder)
    try:
        copied = cluster.copy(golden, ["max_wal_size=4MB", "min_wal_size=2MB"], place.folder)
        copied.start()
        yield copied
        copied.kill()
    finally:
        subprocess.run(["umount", "-l", str(place.folder)], check=True)
        place.remove()


def town_on(server: Cluster, stage: Stage, home: Path) -> Town:
    town = Town(stage, home, server.url())
    town.open()
    return town


def test_f64_a_full_disk_refuses_new_work_and_has_kept_the_old(
    stage: Stage, golden: Cluster, tmp_path: Path
):
    with small_disk(golden, 96) as server:
        town = town_on(server, stage, tmp_path)
        web = town.serve()
        assert web.redeem("before").status == 201
        filler = server.folder / "filler"
        answers: list[Answer] = []
        until(lambda: fills(filler) and refuses(web, answers))
        assert answers[-1].status in (0, 503)
        if running(server):
            assert web.get(f"/v1/lots/{LOT}").status_code == 200, "reading goes on"
        filler.unlink()
        if not running(server):
            server.start()  # PostgreSQL stops rather than go on without its log
        town.replay(web)
        assert web.redeem("after").status == 201
        town.settle()
        town.close()


def refuses(web: Web, answers: list[Answer]) -> bool:
    """Whether one more redemption is refused."""
    answers.append(web.redeem(f"full {len(answers)}", name="王伟" * 9))
    return not answers[-1].granted


def fills(filler: Path) -> bool:
    """One more MiB of a file that takes what is left of the disk; whether nothing is left."""
    try:
        with filler.open("ab", buffering=0) as file:
            for _ in range(256):
                file.write(b"\0" * 4096)
    except OSError:
        return True
    return False


def running(server: Cluster) -> bool:
    try:
        cluster.run("pg_ctl", "-D", server.data, "status")
    except AssertionError:
        return False
    return True


MANY = """
INSERT INTO holders (lookup, sealed)
SELECT gen_random_uuid(), decode(repeat('00', 150), 'hex')
FROM generate_series(1, 6000)
"""


def test_f66_a_file_that_may_not_grow_leaves_no_half_row(lone_town: Town, server: Cluster):
    """RLIMIT_FSIZE: the table of holders is as long as a file may be, and its log is shorter."""
    web, worker = lone_town.serve(), lone_town.worker()
    assert web.redeem("before").status == 201
    until(lone_town.settled, worker.check)
    lone_town.sql(MANY)
    longest = lone_town.sql("SELECT pg_relation_size('holders')")[0][0]
    assert longest > 1 << 20
    server.stop()
    server.start(longest=longest)
    answers = [web.redeem(f"small {i}") for i in range(60)]
    assert {answer.status for answer in answers} <= {0, 201, 503}
    assert "File too large" in server.log
    server.stop("immediate")
    server.start()
    lone_town.replay(web)
    worker.end()
    lone_town.settle()
    server.stop()
    cluster.run("pg_checksums", "--check", "-D", server.data)


@pytest.fixture
def image(golden: Cluster) -> Iterator[Cluster]:
    """A server on an ext4 image: what the image holds is what reached the device."""
    place = cluster.new()
    file = place.folder.with_suffix(".image")
    subprocess.run(["truncate", "-s", "256M", str(file)], check=True)
    made = shutil.which("mkfs.ext4", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not made or not (
        subprocess.run([made, "-q", "-F", str(file)], check=False).returncode == 0
        and mounted(place.folder, "-o", "loop", str(file))
    ):
        file.unlink()
        place.remove()
        pytest.skip("this machine lets nobody mount an image")
    cluster.own(place.folder)
    copied = cluster.copy(golden, ["max_wal_size=8MB"], place.folder)
    subprocess.run(["sync", "-f", str(place.folder)], check=True)
    copied.start()
    yield copied
    copied.kill()
    subprocess.run(["umount", "-l", str(place.folder)], check=True)
    file.unlink()
    place.remove()


def test_f67_a_power_cut_takes_nothing_that_was_acknowledged(
    stage: Stage, image: Cluster, tmp_path: Path
):
    """The device is copied, as the power cut leaves it, while the writers write on."""
    town = town_on(image, stage, tmp_path)
    writers = Writers([town.serve()], seed=67, count=4)
    granted(town, 60)
    frozen = [image.postmaster, *image.postmaster.children(recursive=True)]
    for process in frozen:
        process.send_signal(signal.SIGSTOP)
    acknowledged = set(town.journal.granted)
    device = image.folder.with_suffix(".image")
    cut = cluster.new()
    copied = cut.folder.with_suffix(".image")
    subprocess.run(["cp", "--sparse=always", str(device), str(copied)], check=True)
    for process in frozen:
        process.send_signal(signal.SIGCONT)
    writers.end()
    try:
        assert mounted(cut.folder, "-o", "loop", str(copied))
        for left in ("data/postmaster.pid", ".s.PGSQL.5432", ".s.PGSQL.5432.lock"):
            (cut.folder / left).unlink(missing_ok=True)  # of a server that lives on here
        cut.start()
        town.database_url = cut.url()
        lost = [line for line in town.examine().lost if line.split(":")[0] in acknowledged]
        assert lost == []
        cut.kill()
    finally:
        subprocess.run(["umount", "-l", str(cut.folder)], check=False)
        copied.unlink()
        cut.remove()
        town.close()


@pytest.mark.skipif(not STRACE, reason="there is no strace on this machine")
def test_f71_postgresql_that_could_not_sync_ends_and_reads_its_log_again(
    lone_town: Town, server: Cluster
):
    """It never syncs again what failed once: the kernel may have dropped it by then."""
    web, worker = lone_town.serve(), lone_town.worker()
    writers = Writers([web], seed=71, count=4)
    granted(lone_town, 10)
    until(lambda: lone_town.sql("SELECT 1 FROM batches"), worker.check)
    backends = lone_town.sql(
        "SELECT pid FROM pg_stat_activity WHERE datname IS NOT NULL AND pid <> pg_backend_pid()"
    )
    for backend in backends[:2]:
        traced(backend.pid, "fdatasync:error=EIO:when=1", 2)
    until(lambda: "PANIC" in server.log)
    granted(lone_town, 10)
    writers.end()
    lone_town.replay(web)
    worker.check()
    worker.end()
    lone_town.settle()


@pytest.mark.parametrize("table", ["batches", "redemptions"])
def test_f72_a_byte_that_rots_in_a_page_is_named_by_the_next_scrub(
    lone_town: Town, server: Cluster, table
):
    web, worker = lone_town.serve(), lone_town.worker()
    assert web.redeem("one").status == 201
    until(lone_town.settled, worker.check)
    assert lone_town.start("scrub").ended() == 0
    file = lone_town.sql(f"SELECT pg_relation_filepath('{table}')")[0][0]
    worker.end()
    web.end()
    server.stop()
    with (server.data / file).open("r+b") as page:
        page.seek(8000)  # in the last row of the first page
        byte = page.read(1)[0]
        page.seek(8000)
        page.write(bytes([byte ^ 1]))
    server.start()
    scrub = lone_town.start("scrub")
    assert scrub.ended() == 1
    assert f"table {table}: invalid page in block 0 of relation" in scrub.said
