"""What is logged is counted, by its constant message; what steps come to is counted too."""

import httpx
import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest

from tests.fakes.services import FakeServices
from tests.ports import free_port
from treering import logs
from treering.telemetry.events import Events
from treering.telemetry.steps import Steps

overview = FakeServices("http://127.0.0.1").overview


@pytest.fixture
def registry():
    found = CollectorRegistry()
    logs.configure(Events.into(found))
    yield found
    structlog.reset_defaults()


def test_each_message_is_counted_with_its_level_and_code(registry, capsys):
    log = structlog.get_logger()
    log.warning("not reached", code="TR101", why="connection refused")
    log.warning("not reached", code="TR101", why="another reason")
    log.info("batch moved", batch=7, before="sealed", after="signed")
    log.info("request", route="/")
    assert (
        registry.get_sample_value(
            "treering_events_total", {"event": "not reached", "level": "warning", "code": "TR101"}
        )
        == 2
    )
    assert registry.get_sample_value("treering_batches_moved_total", {"after": "signed"}) == 1
    assert b'event="request"' not in generate_latest(registry)
    assert capsys.readouterr().err.count("\n") == 4, "all of it is logged all the same"


def test_steps_are_counted_by_what_came_of_them_and_raise_as_before():
    steps = Steps(overview)

    def fail() -> bool:
        raise ValueError

    assert steps.counted(lambda: True)() is True
    assert steps.counted(lambda: False)() is False
    with pytest.raises(ValueError):
        steps.counted(fail)()
    for came_of in ("work", "nothing", "failure"):
        labels = {"came_of": came_of}
        assert steps.registry.get_sample_value("treering_worker_steps_total", labels) == 1


def test_a_programme_whose_minting_is_held_is_told_at_every_scrape():
    steps, held = Steps(overview), [True]
    steps.watch("GFOREST", lambda: held[0])
    seen = []
    for held[0] in (True, False):
        labels = {"programme": "GFOREST"}
        seen.append(steps.registry.get_sample_value("treering_minting_held", labels))
    assert seen == [1, 0]


def test_the_worker_tells_its_numbers_on_a_port_of_its_own_if_one_is_named():
    port = free_port()
    steps = Steps(overview)
    steps.tell("127.0.0.1", 0)
    steps.tell("127.0.0.1", port)
    told = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert "treering_worker_steps_total" in told
    assert 'treering_units{number="asked",unit="TREE"} 0.0' in told


def test_what_is_sent_and_sent_again_and_what_it_cost_is_counted_by_programme(registry):
    log = structlog.get_logger()
    for again in (False, True, True):
        log.info("transaction sent", programme="ANT_FOREST", nonce=1, again=again)
    log.info("gas paid", programme="ANT_FOREST", batch=1, gas=3_000_000, wei=6 * 10**15)
    log.info("gas paid", programme="ANT_FOREST", batch=2, gas=21_000, wei=10**15)

    def value(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(name, {"programme": "ANT_FOREST", **labels})

    assert value("treering_transactions_sent_total", again="false") == 1
    assert value("treering_transactions_sent_total", again="true") == 2
    assert value("treering_gas_used_total") == 3_021_000
    assert value("treering_gas_paid_ether_total") == pytest.approx(0.007)
