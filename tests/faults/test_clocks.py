"""F45 to F49: clocks that are wrong, jump, run, or stand at a turn of the year.

Only a clock of the machine is ever wrong: the database's is everybody's (`store/clock.py`).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.faults import cluster
from tests.faults.cluster import Cluster
from tests.faults.processes import faketime, until
from tests.faults.stage import Stage
from tests.faults.town import Town

MINUTE = timedelta(minutes=1)


def recorded(town: Town) -> list[datetime]:
    rows = town.sql("SELECT recorded_at FROM redemptions ORDER BY recorded_at")
    return [row.recorded_at for row in rows]


def sealed(town: Town) -> list[datetime]:
    return [row.sealed_at for row in town.sql("SELECT sealed_at FROM batches")]


@pytest.mark.parametrize("clock", ["+2h", "-1d"])
def test_f45_a_wrong_clock_at_the_start_dates_nothing_wrongly(town: Town, clock):
    web, worker = town.serve(**faketime(clock)), town.worker(**faketime(clock))
    assert web.redeem("one").status == 201
    until(town.settled, worker.check, web.check)
    now = datetime.now(UTC)
    assert all(abs(now - moment) < MINUTE for moment in recorded(town) + sealed(town))
    assert '"about": "clock"' in worker.said, "the doctor tells it"
    assert web.state(town.journal.numbers[0]) == "FINAL"
    assert town.agree().records == 1


def test_f46_a_clock_that_jumps_back_while_all_run_changes_nothing(town: Town, tmp_path: Path):
    file = tmp_path / "clock"
    file.write_text("+0")
    jumping = faketime("+0")
    del jumping["FAKETIME"]
    jumping |= {"FAKETIME_TIMESTAMP_FILE": str(file), "FAKETIME_NO_CACHE": "1"}
    web, worker = town.serve(**jumping), town.worker(**jumping)
    for i, shift in enumerate(["+0", "-3h", "+1d", "-1d"]):
        file.write_text(shift)
        assert web.redeem(f"at {shift} {i}").status == 201
        until(town.settled, worker.check, web.check)
    now = datetime.now(UTC)
    assert all(abs(now - moment) < MINUTE for moment in recorded(town) + sealed(town))
    assert town.agree().records == 4


def test_f47_a_clock_that_runs_ten_times_as_fast_brings_no_wrong_verdict(town: Town):
    web, worker = town.serve(**faketime("+0 x10")), town.worker(**faketime("+0 x10"))
    (number,) = web.redeem("one").numbers
    assert web.state(number) == "PENDING"
    until(town.settled, worker.check, web.check)
    assert web.state(number) == "FINAL"
    assert town.agree().records == 1


@pytest.mark.parametrize(
    "moment",
    [
        "2026-12-31 15:59:40",  # in Shanghai the new year begins twenty seconds later
        "2016-12-31 23:59:40",  # the last leap second
        "2028-02-29 12:00:00",
        "2027-03-28 00:59:40",  # summer time in much of Europe
    ],
)
def test_f48_a_redemption_at_a_turn_of_the_calendar_has_its_own_date(
    stage: Stage, golden: Cluster, tmp_path: Path, moment
):
    server = cluster.copy(golden)
    server.start(**faketime(f"@{moment} x10"))
    town = Town(stage, tmp_path, server.url())
    town.open()
    web = town.serve()
    begun = datetime.fromisoformat(f"{moment}+00:00")
    for i in range(3):
        assert web.redeem(f"at the turn {i}").status == 201
    tomorrow = begun + timedelta(days=1)
    late = web.redeem("tomorrow", redeemed_at=tomorrow.isoformat())
    assert (late.status, late.body["code"]) == (422, "TR308")
    assert web.redeem("before", redeemed_at=begun.isoformat()).status == 201
    dates = recorded(town)
    assert dates == sorted(dates)
    assert all(begun <= date < begun + timedelta(hours=1) for date in dates)
    town.settle()
    town.close()
    server.remove()


def test_f49_two_workers_whose_clocks_are_apart_mint_everything_once(town: Town):
    web = town.serve()
    workers = [town.worker(), town.worker(**faketime("+10m"))]
    for i in range(6):
        assert web.redeem(f"{i}").status == 201
        until(town.settled, *[worker.check for worker in workers])
    for worker in workers:
        assert worker.end() == 0
    assert town.agree().records == 6
