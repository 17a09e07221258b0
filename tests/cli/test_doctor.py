"""treering doctor and the worker: both tell the same, before any work is taken."""

import io
import json
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.cli.conftest import Town
from tests.ports import free_port
from treering.chain import abi, roles, sender
from treering.chain.sender import Call
from treering.cli import doctor
from treering.domain.checkup import Sign
from treering.domain.redemption import Wish
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
        "The worker refuses to start: TR913",
    ]


def test_the_last_line_says_what_the_worker_makes_of_it():
    poor, rich = (replace(BAD, programme="GFOREST"), replace(WELL, programme="ANT_FOREST"))
    for signs, last in [
        ([WELL, ODD], "The worker starts"),
        ([poor, rich], "The worker starts; nothing is minted of GFOREST, all others are"),
        ([poor], "The worker refuses to start: TR913"),
    ]:
        out = io.StringIO()
        doctor.main([], lambda signs=signs: signs, out)
        assert out.getvalue().splitlines()[-1] == last


def test_programs_get_the_same_as_json():
    out = io.StringIO()
    doctor.main(["--json"], lambda: [BAD], out)
    (sign,) = json.loads(out.getvalue())
    assert sign == {
        "about": "database settings",
        "programme": None,
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


def test_a_database_or_a_node_that_is_away_is_refused(refused):
    refused("TR319", TREERING_DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/none")
    refused("TR101", TREERING_RPC_URL=f"http://127.0.0.1:{free_port()}")


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


PROGRAMMES = {"ANT_FOREST": 1, "GFOREST": 2, "OCEAN_BUDDY": 3}


@contextmanager
def poor(town: Town, *programmes: str) -> Iterator[None]:
    """The minters of these have nothing."""
    node = town.parts.ledger.node
    minters = [town.parts.keys.account(f"minter-{code}").address for code in programmes]
    held = [node.call("eth_getBalance", minter, "latest") for minter in minters]
    for minter in minters:
        node.call("anvil_setBalance", minter, "0x0")
    yield
    for minter, balance in zip(minters, held, strict=True):
        node.call("anvil_setBalance", minter, balance)


@contextmanager
def roleless(town: Town, *programmes: str) -> Iterator[None]:
    """The minters of these have lost their role."""
    contract = town.parts.ledger.contract
    minters = [
        (roles.minter_of(PROGRAMMES[code]), town.parts.keys.account(f"minter-{code}").address)
        for code in programmes
    ]
    act(town, [Call(contract, abi.call_data("revokeRole", *minter)) for minter in minters])
    yield
    act(town, [roles.grant(contract, *minter) for minter in minters])


def act(town: Town, calls: list[Call]) -> None:
    """As the contract's admin; all of it is in a block."""
    sender.act(town.parts.ledger.node, town.parts.keys.account("admin"), *calls)


def test_empty_wallets_are_refused(town: Town, refused):
    with poor(town, *PROGRAMMES):
        refused("TR916")


def test_minters_without_their_role_are_refused(town: Town, refused):
    with roleless(town, *PROGRAMMES):
        refused("TR915")


def test_keys_that_are_missing_are_refused(town: Town, refused, tmp_path: Path):
    home = tmp_path / "home"
    shutil.copytree(Path(town.environ["TREERING_HOME"]) / "keys", home / "keys")
    for key in (home / "keys").glob("minter-*"):
        key.unlink()
    refused("TR914", TREERING_HOME=str(home))
    assert list((home / "keys").glob("minter-*")) == [], "none was made"


@pytest.mark.parametrize(("spoil", "code"), [(poor, "TR916"), (roleless, "TR915")])
def test_one_programmes_trouble_is_told_and_holds_up_no_other(town: Town, ask, spoil, code):
    wish = Wish(lot="ANT_FOREST-805", holder=f"beside {code}", name="王伟")
    (number,) = town.parts.redeem("ANT_FOREST", f"beside {code}", wish).numbers
    with spoil(town, "OCEAN_BUDDY"):
        status, said = ask("doctor")
        assert (status, said.count("FAIL"), said.count(code)) == (2, 1, 1), said
        for _ in range(30):
            status, said = ask("worker", "--once", TREERING_SEAL_SECONDS="0")
            assert status == 0, said
            (held,) = [line for line in said.splitlines() if "minting held" in line]
            assert ("OCEAN_BUDDY" in held, code in held) == (True, True)
            if town.is_final(number):
                return
            time.sleep(0.5)
        pytest.fail("the other programme's record is not final")
