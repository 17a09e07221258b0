"""Exchanges whose processes die between any two lines: on a real database, node and registry."""

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes.registry import PUBLIC, SUBMIT_KEY
from tests.faults.processes import Web, until
from tests.faults.town import Town
from tests.flow.exchanging import RunningTwin, running_twin
from treering.chain.ledger import Ledger
from treering.domain.number import parse

KILLED = -signal.SIGKILL


@pytest.fixture
def registry(town: Town, tmp_path: Path) -> Iterator[RunningTwin]:
    with running_twin(tmp_path / "twin") as twin:
        town.environ |= {
            "TREERING_REGISTRY_URL": twin.url,
            "TREERING_REGISTRY_KEY": str(PUBLIC),
            "TREERING_SUBMIT_KEY": SUBMIT_KEY,
        }
        yield twin


@pytest.fixture
def three(town: Town, registry: RunningTwin) -> list[str]:
    """Three final certificates of one holder and year."""
    web = town.serve()
    made = web.redeem("three", count=3, redeemed_at="2018-11-02T10:15:00+08:00")
    town.settle()
    web.kill()
    return made.numbers


def asked(town: Town, web: Web, path: str, body: dict[str, Any] | None = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {town.journal.api_key}", "Idempotency-Key": "exchange"}
    return httpx.request(
        "GET" if body is None else "POST",
        f"{web.url}/v1/exchanges{path}",
        headers=headers,
        json=body,
        timeout=30,
    )


def apply(town: Town, web: Web, numbers: list[str]) -> httpx.Response:
    said = {"adcode": "150000", "eligible": True, "consented": True}
    return asked(town, web, "", {"certificates": numbers, **said})


def state(town: Town) -> str:
    """Of the one exchange."""
    ((found,),) = town.sql("SELECT state FROM exchanges")
    return str(found)


def claims(town: Town, numbers: list[str]) -> set[bytes | None]:
    now = Ledger(town.node.node, town.stage.contract).at("latest")
    return {now.status(parse(number).tree).claim for number in numbers}


def carried_on(town: Town, wanted: str) -> None:
    """A healthy worker brings the exchange to this state."""
    worker = town.worker()
    until(lambda: state(town) == wanted, worker.check)
    worker.end()


def is_whole(town: Town, registry: RunningTwin, numbers: list[str]) -> None:
    """One certificate, one claim of each record, for it; and the auditor agrees."""
    ((commitment,),) = town.sql("SELECT commitment FROM exchanges")
    assert claims(town, numbers) == {bytes(commitment)}
    assert registry.size == 1
    town.agree()


@pytest.mark.parametrize(
    ("point", "kept"), [("exchange.before_commit", 0), ("exchange.after_commit", 1)]
)
def test_a_service_that_dies_around_the_commit_keeps_all_of_an_application_or_nothing(
    town: Town, registry, three, point, kept
):
    web = town.serve(FAILPOINT=f"{point}:1")
    with pytest.raises(httpx.TransportError):
        apply(town, web, three)
    assert web.ended() == KILLED
    for table in ("exchanges", "exchange_keys", "exchange_decisions"):
        assert town.sql(f"SELECT count(*) FROM {table}")[0][0] == kept
    again = town.serve()
    assert apply(town, again, three).status_code == (200 if kept else 202)
    carried_on(town, "claimed")
    is_whole(town, registry, three)


@pytest.mark.parametrize(
    "point",
    [
        "exchange.granted_not_noted",
        "exchange.issued_not_claimed",
        "exchange.claimed_not_noted",
    ],
)
def test_a_worker_that_dies_between_the_sides_is_followed_by_one_that_goes_on(
    town: Town, registry, three, point
):
    assert apply(town, town.serve(), three).status_code == 202
    worker = town.worker(FAILPOINT=f"{point}:1")
    assert worker.ended() == KILLED
    assert state(town) in ("applied", "issued")
    carried_on(town, "claimed")
    is_whole(town, registry, three)


@pytest.mark.parametrize(
    "point", ["exchange.withdrawn_not_released", "exchange.released_not_noted"]
)
def test_a_worker_that_dies_while_it_takes_back_is_followed_by_one_that_goes_on(
    town: Town, registry, three, point
):
    web = town.serve()
    path = f"/{apply(town, web, three).json()['id']}/withdrawal"
    carried_on(town, "claimed")
    assert asked(town, web, path, {}).status_code == 202
    worker = town.worker(FAILPOINT=f"{point}:1")
    assert worker.ended() == KILLED
    carried_on(town, "released")
    assert claims(town, three) == {None}
    assert registry.size == 2, "issued, and withdrawn once"
    town.agree()


def test_two_workers_at_once_exchange_once(town: Town, registry, three):
    web = town.serve()
    workers = [town.worker(), town.worker()]
    assert apply(town, web, three).status_code == 202
    until(lambda: state(town) == "claimed", *[worker.check for worker in workers])
    assert [worker.end() for worker in workers] == [0, 0]
    is_whole(town, registry, three)


def test_a_worker_that_froze_before_its_claim_wakes_to_one_that_was_made(
    town: Town, registry, three
):
    assert apply(town, town.serve(), three).status_code == 202
    frozen = town.worker(FAILPOINT="exchange.issued_not_claimed:1", FPACT="stop")
    frozen.frozen()
    carried_on(town, "claimed")
    frozen.thaw()
    assert frozen.end() == 0
    is_whole(town, registry, three)


def test_a_certificate_that_the_registry_withdraws_is_noticed_and_released(
    town: Town, registry, three
):
    assert apply(town, town.serve(), three).status_code == 202
    carried_on(town, "claimed")
    ((commitment,),) = town.sql("SELECT commitment FROM exchanges")
    path = f"{registry.url}/certificates/{bytes(commitment).hex()}/withdrawal"
    headers = {"authorization": f"Bearer {SUBMIT_KEY}"}
    assert httpx.post(path, headers=headers).is_success
    carried_on(town, "released")
    assert claims(town, three) == {None}
    assert town.sql("SELECT ended_by FROM exchanges")[0][0] == "registry"
    town.agree()
