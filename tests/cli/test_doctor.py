"""treering doctor and the worker: both tell the same, before any work is taken."""

import io
import json
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.cli.conftest import Town
from treering.cli import doctor
from treering.domain.checkup import Sign
from treering.errors import DatabaseUnsafe
from treering.main import main

WELL = Sign.ok("database", "PostgreSQL 18 answers")
ODD = Sign.warn("clock", "3 s apart", "keep time by NTP")
BAD = Sign.fail("database settings", DatabaseUnsafe("fsync=off"), "set it to on")


@pytest.mark.parametrize(
    ("signs", "status"), [([WELL], 0), ([WELL, ODD], 1), ([WELL, ODD, BAD], 2)]
)
def test_the_status_tells_the_worst(signs, status):
    assert doctor.main([], lambda: signs, io.StringIO()) == status


def test_each_sign_is_a_line_and_what_to_do_stands_under_it():
    out = io.StringIO()
    doctor.main([], lambda: [WELL, BAD], out)
    assert out.getvalue().splitlines() == [
        "OK    database: PostgreSQL 18 answers",
        "FAIL  database settings: TR913 fsync=off",
        "      → set it to on",
    ]


def test_programs_get_the_same_as_json():
    out = io.StringIO()
    doctor.main(["--json"], lambda: [BAD], out)
    (sign,) = json.loads(out.getvalue())
    assert sign == {
        "about": "database settings",
        "health": "FAIL",
        "code": "TR913",
        "said": "fsync=off",
        "advice": "set it to on",
    }


@pytest.fixture
def ask(town: Town, monkeypatch, capsys) -> Iterator[Callable[..., tuple[int, str]]]:
    """A command's status and all that it says, in the town with these settings changed."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def run(*words: str, **changed: str) -> tuple[int, str]:
        for name, value in (town.environ | changed).items():
            monkeypatch.setenv(name, value)
        status = main(words)
        said = capsys.readouterr()
        return status, said.out + said.err

    yield run
    for number, handler in handlers.items():
        signal.signal(number, handler)


@pytest.fixture
def refused(ask) -> Callable[..., None]:
    """Doctor and worker both refuse, with this code."""

    def check(code: str, **changed: str) -> None:
        status, said = ask("doctor", **changed)
        assert (status, f": {code} " in said) == (2, True), said
        status, said = ask("worker", "--once", **changed)
        assert (status, f"treering worker: {code} " in said) == (2, True), said

    return check


def test_a_town_that_works_is_well(ask):
    status, said = ask("doctor", "--json")
    signs = json.loads(said)
    assert status in (0, 1), said
    assert {sign["about"] for sign in signs} >= {"mirror", "minter of ANT_FOREST", "finality"}
    assert [sign for sign in signs if sign["health"] == "FAIL"] == []


def test_a_wrong_contract_address_is_refused(refused):
    refused("TR102", TREERING_CONTRACT="0x" + "11" * 20)


def test_a_wrong_password_is_refused(town: Town, refused, tmp_path: Path):
    home = tmp_path / "home"
    shutil.copytree(Path(town.environ["TREERING_HOME"]) / "keys", home / "keys")
    (home / "keys/password.secret").write_bytes(b"\1" * 32)
    refused("TR914", TREERING_HOME=str(home))


@pytest.mark.parametrize(
    ("spoil", "mend", "code"),
    [
        (
            "ALTER DATABASE town SET synchronous_commit = off",
            "ALTER DATABASE town RESET synchronous_commit",
            "TR913",
        ),
        (
            "UPDATE alembic_version SET version_num = 'next ' || version_num",
            "UPDATE alembic_version SET version_num = substr(version_num, 6)",
            "TR912",
        ),
    ],
)
def test_a_database_that_is_unsafe_or_too_new_is_refused(town: Town, refused, spoil, mend, code):
    engine = create_engine(town.environ["TREERING_DATABASE_URL"])
    with engine.begin() as connection:
        connection.execute(text(spoil))
    try:
        refused(code)
    finally:
        with engine.begin() as connection:
            connection.execute(text(mend))
        engine.dispose()


def test_an_empty_wallet_is_refused(town: Town, refused):
    node = town.parts.ledger.node
    minter = town.parts.keys.account("minter-ANT_FOREST").address
    before = node.call("eth_getBalance", minter, "latest")
    node.call("anvil_setBalance", minter, "0x0")
    try:
        refused("TR916")
    finally:
        node.call("anvil_setBalance", minter, before)
