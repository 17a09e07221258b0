"""What is logged is counted, by its constant message; what steps come to is counted too."""

import pytest
import structlog
from prometheus_client import CollectorRegistry, generate_latest

from treering import logs
from treering.telemetry.events import Events
from treering.telemetry.steps import Steps


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
    registry = CollectorRegistry()
    steps = Steps(registry)

    def fail() -> bool:
        raise ValueError

    assert steps.counted(lambda: True)() is True
    assert steps.counted(lambda: False)() is False
    with pytest.raises(ValueError):
        steps.counted(fail)()
    for came_of in ("work", "nothing", "failure"):
        found = registry.get_sample_value("treering_worker_steps_total", {"came_of": came_of})
        assert found == 1, came_of
