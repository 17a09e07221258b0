"""The demo's pieces: a stage that is refused leaves nothing, and touches nobody else's."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import psutil
import pytest

from tests.chain_kit import ANVIL
from tests.ports import free_port
from treering.cli.demo import main as demo
from treering.cli.processes import Child
from treering.cli.stage import Stage
from treering.errors import CannotStart
from treering.main import main


@contextmanager
def listening() -> Iterator[int]:
    """A port that another program has taken."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def child(tmp_path: Path, *words: str, **environment: str) -> Child:
    return Child("part", list(words), environment, tmp_path / "logs/part.log")


def test_a_taken_port_is_one_clear_sentence_and_leaves_nothing(tmp_path, monkeypatch, capsys):
    home = tmp_path / "home"
    monkeypatch.setenv("TREERING_HOME", str(home))
    with listening() as port:
        monkeypatch.setenv("TREERING_PORT", str(port))
        assert main(["demo", "--exit"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"treering demo: TR902 port {port} is taken by another program")
    assert "TREERING_PORT" in said
    assert said.count("\n") == 1
    assert not home.exists()


def test_a_second_demo_on_the_same_port_leaves_the_first_ones_addresses(tmp_path):
    written = tmp_path / "environment.json"
    written.write_text("{}")
    with listening() as port, pytest.raises(CannotStart):
        demo(["--exit"], tmp_path, ANVIL, port, StringIO())
    assert written.exists()


def test_a_second_demo_in_the_same_home_is_refused_and_harms_nothing(tmp_path):
    first = Stage(tmp_path, ANVIL, free_port(), StringIO())
    first._lock_home()
    (tmp_path / "environment.json").write_text("{}")
    second = Stage(tmp_path, ANVIL, free_port(), StringIO())
    with pytest.raises(CannotStart, match="TREERING_HOME"):
        second.start()
    second.stop()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["environment.json", "lock"]
    first.stop()
    assert not (tmp_path / "environment.json").exists()


def test_a_home_that_cannot_be_made_is_one_clear_sentence(tmp_path, monkeypatch, capsys):
    (tmp_path / "file").touch()
    monkeypatch.setenv("TREERING_HOME", str(tmp_path / "file/home"))
    monkeypatch.setenv("TREERING_PORT", str(free_port()))
    assert main(["demo", "--exit"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("treering demo: ")
    assert (said.count("\n"), "Not a directory" in said) == (1, True)


def test_an_ethereum_node_that_is_not_there_is_named_and_the_database_is_stopped(
    tmp_path, monkeypatch
):
    stopped = []
    monkeypatch.setattr(
        Stage, "_start_database", lambda stage: setattr(stage, "database_url", "x")
    )
    monkeypatch.setattr("treering.store.embedded.stop", stopped.append)
    missing = tmp_path / "no/anvil"
    with pytest.raises(CannotStart, match=f"the Ethereum node {missing}: No such file"):
        demo(["--exit"], tmp_path / "home", missing, free_port(), StringIO())
    assert len(stopped) == 1


def test_a_part_that_dies_at_its_start_is_told_with_the_last_of_its_log(tmp_path):
    part = child(tmp_path, "serve", TREERING_PORT="eighty", TREERING_HOME=str(tmp_path))
    part.start()
    assert part.process
    part.process.wait(30)
    with pytest.raises(CannotStart, match=r"part ended with status 2:\n.*TREERING_PORT must be"):
        part.check()


def test_only_the_last_lines_of_a_long_log_are_told(tmp_path):
    part = child(tmp_path, "no-such-command")
    part.log.parent.mkdir()
    part.log.write_bytes(b"\xff old\n" * 1000)
    part.start()
    assert part.process
    part.process.wait(30)
    with pytest.raises(CannotStart) as told:
        part.check()
    assert len(str(told.value).splitlines()) <= 6


def test_a_part_that_runs_is_stopped_and_one_that_never_started_is_no_matter(tmp_path):
    part = child(tmp_path, "twin", "--folder", str(tmp_path / "registry"), "--port", "0")
    part.stop()
    assert part.died is None
    part.start()
    part.check()
    part.stop()
    assert part.died is not None
    with pytest.raises(ProcessLookupError):
        os.kill(part.pid, 0)


def test_a_part_dies_with_the_demo_that_started_it(tmp_path):
    program = f"""
import time
from pathlib import Path
from treering.cli.processes import Child
words = ["twin", "--folder", {str(tmp_path)!r}, "--port", "0"]
part = Child("part", words, {{}}, Path({str(tmp_path / "log")!r}))
part.start()
print(part.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as parent:
        assert parent.stdout
        pid = int(parent.stdout.readline())
        parent.kill()
    orphan = psutil.Process(pid) if psutil.pid_exists(pid) else None
    assert orphan is None or orphan.wait(10) is None or not orphan.is_running()


def test_what_other_commands_take_over_is_for_the_owner_alone(tmp_path):
    stage = Stage(tmp_path, ANVIL, 8123, StringIO())
    stage.registry = ("http://127.0.0.1:1", "key", "hush")
    stage.node = type("Running", (), {"url": "http://127.0.0.1:2"})()
    stage._write_environment()
    path = tmp_path / "environment.json"
    assert path.stat().st_mode & 0o777 == 0o600
    told = json.loads(path.read_text())
    assert told["TREERING_BASE_URL"] == "http://127.0.0.1:8123"
    assert told["TREERING_SUBMIT_KEY"] == "hush"
