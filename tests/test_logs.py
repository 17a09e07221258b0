"""What is logged: JSON lines, and never the values that stood around a fault."""

import json

import pytest
import structlog

from treering import logs


@pytest.fixture
def log(capsys):
    logs.configure()
    yield structlog.get_logger()
    structlog.reset_defaults()


def test_a_line_is_one_json_object_with_its_fields(log, capsys):
    log.info("batch moved", batch=7, after="final")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["batch"], line["level"]) == ("batch moved", 7, "info")


def test_a_fault_is_told_without_the_values_around_it(log, capsys):
    def fail(name: str) -> None:
        secret = f"secret of {name}"
        raise ValueError(len(secret))

    try:
        fail("欧阳娜娜")
    except ValueError:
        log.exception("it failed")
    told = capsys.readouterr().err
    assert "ValueError" in told
    assert "secret of" not in told
    assert "欧阳娜娜" not in told
