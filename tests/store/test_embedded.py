"""The embedded PostgreSQL comes back whatever became of the last one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.places import new_folder
from treering.errors import CannotStart
from treering.store import embedded


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Of a server that these tests kill and start as they like."""
    home = new_folder("treering-test-")
    yield home / "postgres"
    embedded.stop(home / "postgres")
    shutil.rmtree(home, ignore_errors=True)


def postmaster(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split()[0])


def kill(folder: Path) -> None:
    process = psutil.Process(postmaster(folder))
    process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answer(url: str, query: str = "SELECT 1") -> object:
    engine = create_engine(url)
    with engine.begin() as connection:
        found = connection.execute(text(query)).scalar()
    engine.dispose()
    return found


def test_a_server_that_runs_is_found_and_not_started_again(folder: Path):
    url = embedded.start(folder)
    pid = postmaster(folder)
    assert embedded.start(folder) == url
    assert postmaster(folder) == pid
    assert answer(url) == 1
    assert embedded.is_running(folder)


def test_a_server_that_was_killed_is_started_again_with_what_was_committed(folder: Path):
    url = embedded.start(folder)
    answer(url, "SELECT 1 FROM pg_sleep(0); CREATE TABLE IF NOT EXISTS kept AS SELECT 42 AS n")
    kill(folder)
    assert not embedded.is_running(folder)
    assert answer(embedded.start(folder), "SELECT n FROM kept") == 42


def test_a_dead_process_that_nobody_has_reaped_does_not_pass_for_the_server(folder: Path):
    embedded.start(folder)
    held = (folder / "postmaster.pid").read_text()
    embedded.stop(folder)
    with subprocess.Popen([sys.executable, "-c", ""]) as zombie:
        while psutil.Process(zombie.pid).status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.02)
        lines = held.splitlines(keepends=True)
        (folder / "postmaster.pid").write_text("".join([f"{zombie.pid}\n", *lines[1:]]))
        shutil.copystat(folder / "PG_VERSION", folder / "postmaster.pid")
        assert not embedded.is_running(folder)
        assert answer(embedded.start(folder)) == 1


def test_a_stopped_server_runs_no_more_and_may_be_stopped_again(folder: Path):
    url = embedded.start(folder)
    embedded.stop(folder)
    embedded.stop(folder)
    assert not embedded.is_running(folder)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("+psycopg", ""), connect_timeout=2)


def test_data_of_another_postgresql_is_told_at_once():
    home = new_folder("treering-test-")
    (home / "PG_VERSION").write_text("9\n")
    try:
        with pytest.raises(CannotStart, match=f"the database in {home}: Version mismatch"):
            embedded.start(home)
    finally:
        shutil.rmtree(home)


def test_a_server_that_does_not_start_is_told_with_its_last_word(monkeypatch):
    home = new_folder("treering-test-")
    monkeypatch.setattr(embedded, "_START_SECONDS", 0.0)
    (home / "in the way").touch()  # PostgreSQL makes no database in a folder with things in it
    try:
        with pytest.raises(CannotStart, match=f"the database in {home}: .+"):
            embedded.start(home)
    finally:
        shutil.rmtree(home)


def test_a_home_remembers_where_its_database_is_and_a_new_home_finds_no_old_one(
    tmp_path: Path, monkeypatch
):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    first = embedded.data_folder(tmp_path / "a")
    assert embedded.data_folder(tmp_path / "a") == first
    assert embedded.data_folder(tmp_path / "b") != first
    assert tmp_path not in first.parents


def test_a_name_that_was_torn_while_it_was_written_is_written_anew(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    (tmp_path / "postgres.folder").touch()
    assert embedded.data_folder(tmp_path).name.startswith("treering-")


def test_whoever_is_not_root_keeps_the_data_at_home(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert embedded.data_folder(tmp_path) == tmp_path / "postgres"
