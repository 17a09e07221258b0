"""F10, F11: system calls of ours that fail, and a process that is given no more memory.

strace needs rights that not every machine gives; where they are missing the row is skipped,
and says so.
"""

import json
import random
import resource
from pathlib import Path

import psutil
import pytest

from tests.faults.journal import LOT
from tests.faults.processes import until
from tests.faults.town import Town
from tests.faults.tracing import STRACE, traced

# A session of which the server hears nothing ends after a second here, after a minute else.
BRIEF = "idle_session_timeout=1s", "idle_in_transaction_session_timeout=1s"


def brief(town: Town) -> dict[str, str]:
    options = "%20".join(f"-c%20{setting.replace('=', '%3D')}" for setting in BRIEF)
    return {"TREERING_DATABASE_URL": f"{town.database_url}&options={options}"}


@pytest.mark.skipif(not STRACE, reason="there is no strace on this machine")
@pytest.mark.parametrize(
    "inject",
    [
        "recvfrom:error=EIO:when={}",
        "sendto:error=ECONNRESET:when={}",
        "sendto:signal=KILL:when={}",
        "connect:error=EMFILE:when=1..3",
    ],
    ids=["not received", "reset for the sender alone", "killed", "no descriptor"],
)
def test_f10_a_call_of_the_worker_that_fails_costs_nothing(town: Town, inject):
    """The worker keeps no file: what can fail of it is how it speaks to database and node.

    Of a query that broke off on its way the server knows nothing, and libpq waits for the
    server's last words: they come when the server has heard nothing for long enough.
    """
    web, worker = town.serve(), town.worker(**brief(town))
    assert web.redeem("before").status == 201
    until(town.settled, worker.check)
    chance = random.Random(inject)
    for i in range(3):
        assert web.redeem(f"traced {i}").status == 201
        traced(worker.forked.pid, inject.format(chance.randint(1, 20)), 1)
        if not worker.lives:
            assert "signal=KILL" in inject, (worker.ended(), worker.said[-9000:])
            worker = town.worker(**brief(town))
    until(town.settled, worker.check)
    assert worker.end() == 0
    assert town.agree().records == 4


def wishes(file: Path, count: int) -> None:
    with file.open("w") as written:
        for i in range(count):
            line = {"lot": LOT, "holder": f"holder {i}", "name": "王伟"}
            written.write(json.dumps(line, ensure_ascii=False) + "\n")


def test_f11_a_load_without_memory_says_so_and_is_taken_up_where_it_stopped(
    town: Town, tmp_path: Path
):
    file = tmp_path / "wishes.ndjson"
    wishes(file, 30_000)
    words = ("load", str(file), "--programme", "ANT_FOREST", "--key", "spring")
    parent = psutil.Process(town.serve().forked.pid).parent()
    assert parent
    short = town.start(*words, limits={resource.RLIMIT_AS: parent.memory_info().vms + (4 << 20)})
    assert short.ended() == 2
    assert "treering load: out of memory" in short.said
    assert town.sql("SELECT coalesce(sum(count), 0) FROM redemptions")[0][0] < 30_000
    again = town.start(*words)
    assert again.ended() == 0, again.said[-500:]
    assert "30000 redeemed, 0 refused" in again.said
    assert town.settle().records == 30_000
