"""The doctor on real parts: what is well, and every way in which a part is not."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from structlog.testing import capture_logs

from tests.chain_kit import Chain, free_port
from tests.fakes.lying_node import lying_node, with_id
from tests.fakes.registry import KEY, PUBLIC, SUBMIT_KEY, serving
from tests.flow.conftest import Clock
from treering.chain import abi, deploy, roles
from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.chain.nodes import Nodes
from treering.domain.checkup import Health, Sign, worst
from treering.errors import (
    ChainUnavailable,
    DatabaseUnavailable,
    DatabaseUnsafe,
    Diverged,
    IssuerKeyUnlisted,
    KeystoreUnusable,
    MinterWithoutFunds,
    MinterWithoutRole,
    NodeRefused,
    NotALedger,
    SchemaOutdated,
    SchemaTooNew,
    WrongChain,
)
from treering.flow.doctor import clocks, database
from treering.flow.doctor.examine import Doctor
from treering.flow.parts import Parts
from treering.flow.publish import minter_name, names_of_keys
from treering.registry.feed import Feed
from treering.registry.twin import twin_app
from treering.store import identity
from treering.store.condition import condition
from treering.store.migrate import migrate


@dataclass(frozen=True)
class Scene:
    """The example programme, published once; each test gets a copy of all of it."""

    chain: Chain
    database: str
    keys: KeyFolder


@pytest.fixture(scope="module")
def scene(anvil: Node, postgres: str, tmp_path_factory) -> Iterator[Scene]:
    before = anvil.call("evm_snapshot")
    on_server(postgres, "CREATE DATABASE doctors")
    keys = KeyFolder(tmp_path_factory.mktemp("doctors") / "keys")
    engine = create_engine(named(postgres, "doctors"))
    migrate(engine)
    chain = Chain(anvil)
    for name in names_of_keys():
        anvil.call("anvil_setBalance", keys.account(name).address, hex(10**21))
    anvil.call("evm_setAutomine", True)
    creation = deploy.Creation(admin=keys.account("admin").address, admin_delay=0)
    chain.contract = deploy.deploy(anvil, keys.account("admin"), creation).contract
    parts = Parts(engine, keys, chain.ledger, "http://127.0.0.1:8000")
    parts.example.load()
    parts.example.publish(parts.admin)
    anvil.call("evm_setAutomine", False)
    chain.finalise()
    engine.dispose()
    yield Scene(chain, "doctors", keys)
    on_server(postgres, "DROP DATABASE doctors")
    anvil.call("evm_revert", before)


@pytest.fixture
def chain(scene: Scene) -> Iterator[Chain]:
    before = scene.chain.node.call("evm_snapshot")
    yield scene.chain
    scene.chain.node.call("evm_revert", before)


@pytest.fixture
def published(scene: Scene, chain: Chain, postgres: str, tmp_path: Path) -> Iterator[Parts]:
    on_server(postgres, "CREATE DATABASE doctor TEMPLATE doctors")
    keys = KeyFolder(Path(shutil.copytree(scene.keys.folder, tmp_path / "keys")))
    engine = create_engine(named(postgres, "doctor"))
    clock = Clock(chain.ledger.at("latest").as_of)
    yield Parts(engine, keys, chain.ledger, "http://127.0.0.1:8000", clock=clock)
    engine.dispose()
    on_server(postgres, "DROP DATABASE doctor WITH (FORCE)")


@pytest.fixture
def doctor(published: Parts) -> Doctor:
    """All is well, but that the clock of the tests stands still."""
    published.check_identity()
    return published.doctor


def named(server: str, database: str) -> str:
    return server.replace("/postgres?", f"/{database}?")


def on_server(server: str, command: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(command))
    engine.dispose()


def sign(doctor: Doctor, about: str) -> Sign:
    """What is said about this; the one that fails where there are several."""
    found = [sign for sign in doctor.examine() if sign.about == about]
    return next((s for s in found if s.health is Health.FAIL), found[0])


def refuses(doctor: Doctor, about: str, kind: type[Exception], said: str) -> None:
    """Doctor and worker say the same."""
    found = sign(doctor, about)
    assert (found.health, type(found.refusal)) == (Health.FAIL, kind)
    assert found.advice
    with pytest.raises(kind, match=said):
        doctor.insist()


def holds(doctor: Doctor, code: str, kind: type[Exception], said: str) -> None:
    """Doctor and worker say the same of this programme, and let all others be minted."""
    found = doctor.unfit(code)
    assert type(found.refusal) is kind
    assert said in found.said
    assert found.said in [sign.said for sign in doctor.examine()]
    assert found.advice
    assert worst(doctor.examine()) is Health.FAIL
    doctor.insist()
    for other in {"ANT_FOREST", "GFOREST", "OCEAN_BUDDY"} - {code}:
        assert doctor.unfit(other) is None


def on_database(engine: Engine, command: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(command))
    engine.dispose()  # what is set for a database counts for new connections


def test_where_all_is_well_every_part_has_a_line_that_says_so(doctor: Doctor):
    signs = {sign.about: sign for sign in doctor.examine()}
    abouts = {"database", "database settings", "schema", "keystore", "node", "contract"}
    abouts |= {"chain identity", "finality", "clock", "block time"}
    for code in ("ANT_FOREST", "GFOREST", "OCEAN_BUDDY"):
        abouts |= {f"minter of {code}", f"wallet of {code}", f"issuer key of {code}"}
    assert set(signs) == abouts
    assert {s.health for about, s in signs.items() if about != "clock"} == {Health.OK}


def test_a_warning_is_logged_and_keeps_nobody_from_work(doctor: Doctor):
    late = replace(doctor, clock=lambda: datetime.now(UTC) - timedelta(seconds=10))
    assert worst(late.examine()) is Health.WARN
    with capture_logs() as said:
        late.insist()
    assert [(line["event"], line["about"]) for line in said] == [("doctor", "clock")]


def test_a_database_that_is_away_leaves_the_rest_unlooked_at(doctor: Doctor):
    gone = create_engine(f"postgresql+psycopg://nobody:hush@127.0.0.1:{free_port()}/none")
    away = replace(doctor, engine=gone)
    refuses(away, "database", DatabaseUnavailable, "connection")
    assert [s.about for s in away.examine()] == ["database", "all else"]
    assert "hush" not in away.examine()[0].said


def test_a_database_that_goes_away_in_between_is_one_line(doctor: Doctor, monkeypatch):
    def look(engine: Engine) -> list[Sign]:
        on_database(engine, "DROP TABLE chain_identity CASCADE")
        return [Sign.ok("database", "answers")]

    monkeypatch.setattr(database, "signs", look)
    (only,) = doctor.examine()
    assert (only.about, only.health) == ("database", Health.FAIL)


@pytest.mark.parametrize(
    ("setting", "said"), [("synchronous_commit = off", "synchronous_commit=off")]
)
def test_settings_that_lose_commits_are_refused(doctor: Doctor, setting, said):
    name = doctor.engine.url.database
    on_database(doctor.engine, f"ALTER DATABASE {name} SET {setting}")
    refuses(doctor, "database settings", DatabaseUnsafe, said)


@pytest.mark.parametrize(
    ("changed", "health"),
    [
        ({"fsync": "off"}, "FAIL"),
        ({"full_page_writes": "off"}, "FAIL"),
        ({"standby": True}, "FAIL"),
        ({"version": 140_012}, "WARN"),
        ({"synchronous_commit": "remote_apply"}, "OK"),
    ],
)
def test_settings_of_the_whole_server_are_judged_alike(doctor: Doctor, changed, health):
    with doctor.engine.connect() as connection:
        found = replace(condition(connection), **changed)
    assert database._settings(found).health is Health(health)


@pytest.mark.parametrize(
    ("command", "kind", "said"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", SchemaTooNew, "9999"),
        ("UPDATE alembic_version SET version_num = '0001'", SchemaOutdated, "0001"),
        ("DELETE FROM alembic_version", SchemaOutdated, "empty"),
    ],
)
def test_another_schema_is_refused_and_which_way_it_differs_is_said(doctor, command, kind, said):
    on_database(doctor.engine, command)
    refuses(doctor, "schema", kind, said)


def test_a_key_that_is_missing_is_named_and_not_made(doctor: Doctor):
    lost = doctor.keys.folder / "minter-ANT_FOREST.keystore.json"
    lost.unlink()
    holds(doctor, "ANT_FOREST", KeystoreUnusable, lost.name)
    assert not lost.exists()
    assert sign(doctor, "keystore").said == "the keys of 2 of 3 programmes open"


def test_without_any_minters_key_all_work_is_refused(doctor: Doctor):
    for lost in doctor.keys.folder.glob("minter-*"):
        lost.unlink()
    refuses(doctor, "keys of GFOREST", KeystoreUnusable, "minter-ANT_FOREST.keystore.json")
    assert "keystore" not in {sign.about for sign in doctor.examine()}


def test_a_folder_without_keys_is_told_as_such(doctor: Doctor, tmp_path: Path):
    nowhere = replace(doctor, keys=replace(doctor.keys, folder=tmp_path / "nowhere"))
    refuses(nowhere, "keystore", KeystoreUnusable, "lacks password.secret")
    assert nowhere.keys.exposed() == []


def test_a_folder_that_cannot_be_read_is_told_as_such(doctor: Doctor, tmp_path: Path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    looped = replace(doctor, keys=replace(doctor.keys, folder=tmp_path / "loop/keys"))
    refuses(looped, "keystore", KeystoreUnusable, "loop")


def test_a_key_that_others_may_read_is_refused(doctor: Doctor):
    (doctor.keys.folder / "vault.secret").chmod(0o640)
    refuses(doctor, "keystore", KeystoreUnusable, "others may read vault.secret")


def test_a_wrong_password_is_refused(doctor: Doctor):
    (doctor.keys.folder / "password.secret").write_bytes(b"\1" * 32)
    refuses(doctor, "keys of GFOREST", KeystoreUnusable, "does not open with this password")


def test_the_vault_of_another_database_is_refused(doctor: Doctor):
    (doctor.keys.folder / "vault.secret").write_bytes(b"\1" * 32)
    refuses(doctor, "keystore", KeystoreUnusable, "not the one that sealed")


def test_a_vault_that_is_no_key_is_refused(doctor: Doctor):
    (doctor.keys.folder / "vault.secret").write_bytes(b"short")
    refuses(doctor, "keystore", KeystoreUnusable, "holds 5 bytes, not 32")
    assert sign(doctor, "minters").said == "not looked at"


def test_a_node_that_is_away_is_told_once(doctor: Doctor):
    node = Node(f"http://127.0.0.1:{free_port()}")
    away = replace(doctor, ledger=Ledger(node, doctor.ledger.contract))
    refuses(away, "node", ChainUnavailable, "ConnectError")
    assert [s.about for s in away.examine() if s.health is Health.FAIL] == ["node"]


def test_an_address_without_a_contract_is_refused(doctor: Doctor, chain: Chain):
    empty = replace(doctor, ledger=Ledger(chain.node, chain.account("x").address))
    refuses(empty, "contract", WrongChain, "no contract at")


def test_a_contract_that_is_no_ledger_is_refused(doctor: Doctor, chain: Chain):
    stranger = chain.account("stranger").address
    chain.node.call("anvil_setCode", stranger, "0x60006000fd")
    refuses(replace(doctor, ledger=Ledger(chain.node, stranger)), "contract", NotALedger, stranger)


def altered(chain: Chain, contract: str) -> None:
    """The ledger's code with another last byte, as another release would have."""
    code = chain.node.call("eth_getCode", contract, "latest")
    last = f"{(int(code[-2:], 16) + 1) % 256:02x}"
    chain.node.call("anvil_setCode", contract, code[:-2] + last)


def test_a_ledger_of_another_release_is_refused_unless_our_books_began_with_it(
    published: Parts, chain: Chain
):
    altered(chain, published.ledger.contract)
    refuses(published.doctor, "contract", NotALedger, "byte")
    published.check_identity()
    assert sign(published.doctor, "contract").health is Health.WARN


def test_books_without_a_pin_are_told_that_it_is_yet_to_come(published: Parts):
    assert "pinned when work begins" in sign(published.doctor, "chain identity").said


def test_another_chain_than_the_pinned_one_is_refused_unless_it_is_our_own(doctor: Doctor):
    on_database(doctor.engine, "UPDATE chain_identity SET chain_id = 1")
    refuses(doctor, "chain identity", WrongChain, "chain id 31337, not 1")
    assert sign(replace(doctor, embedded=True), "chain identity").health is Health.WARN


def test_a_node_that_knows_of_nothing_final_is_a_warning(doctor: Doctor):
    def lie(method, params, answer):
        return with_id(answer, result=None) if "finalized" in params else answer

    with lying_node(doctor.ledger.node.url, lie) as url:
        lied = replace(doctor, ledger=Ledger(Node(url), doctor.ledger.contract))
        assert sign(lied, "finality").health is Health.WARN


def test_a_minter_without_its_role_is_held(doctor: Doctor, published: Parts, chain: Chain):
    minter = published.keys.account(minter_name("GFOREST")).address
    admin = published.keys.account("admin")
    chain.node.call("anvil_impersonateAccount", admin.address)
    arguments = roles.grant(published.ledger.contract, roles.minter_of(2), minter)
    revoke = "0xd547741f" + arguments.data.hex()[8:]
    call = {"from": admin.address, "to": published.ledger.contract, "data": revoke}
    chain.node.call("eth_sendTransaction", call)
    chain.mine()
    holds(doctor, "GFOREST", MinterWithoutRole, minter)


def test_an_empty_wallet_is_held_and_one_that_runs_low_is_a_warning(doctor, chain: Chain):
    minter = doctor.keys.account(minter_name("ANT_FOREST")).address
    chain.node.call("anvil_setBalance", minter, hex(10**17))
    assert sign(doctor, "wallet of ANT_FOREST").health is Health.WARN
    chain.node.call("anvil_setBalance", minter, "0x0")
    chain.mine()
    holds(doctor, "ANT_FOREST", MinterWithoutFunds, "enough for 0 batches")


def test_an_issuer_key_that_the_chain_does_not_list_is_held(doctor: Doctor):
    (doctor.keys.folder / "issuer-GFOREST.secret").write_bytes(b"\1" * 32)
    holds(doctor, "GFOREST", IssuerKeyUnlisted, "is not on")


def test_an_issuer_key_that_was_retired_is_held(doctor: Doctor, published: Parts, chain: Chain):
    registrar = published.keys.account("registrar").address
    chain.node.call("anvil_impersonateAccount", registrar)
    key = published.example.issuer_key("GFOREST")

    call = {
        "from": registrar,
        "to": published.ledger.contract,
        "data": "0x" + abi.call_data("retireIssuerKey", 2, key.id, 1).hex(),
    }
    chain.node.call("eth_sendTransaction", call)
    chain.mine()
    holds(doctor, "GFOREST", IssuerKeyUnlisted, "was retired at")


def test_a_node_that_falls_silent_over_the_minters_is_told(doctor: Doctor):
    def lie(method, params, answer):
        error = {"code": -32000, "message": "busy"}
        return with_id(answer, error=error) if method == "eth_gasPrice" else answer

    with lying_node(doctor.ledger.node.url, lie) as url:
        lied = replace(doctor, ledger=Ledger(Node(url), doctor.ledger.contract))
        assert sign(lied, "minters").said == "eth_gasPrice: busy"
        with pytest.raises(NodeRefused):
            lied.unfit("ANT_FOREST")


@pytest.mark.parametrize(
    ("apart", "about", "health"),
    [
        (timedelta(seconds=-61), "block time", "WARN"),
        (timedelta(seconds=16), "block time", "WARN"),
        (timedelta(), "block time", "OK"),
    ],
)
def test_a_head_that_is_old_or_ahead_is_a_warning(doctor: Doctor, apart, about, health):
    head = doctor.ledger.at("latest").as_of
    at = replace(doctor, clock=lambda: head - apart)
    assert sign(at, about).health is Health(health)


def test_clocks_that_agree_are_said_to(doctor: Doctor, published: Parts):

    assert sign(replace(doctor, clock=lambda: datetime.now(UTC)), "clock").health is Health.OK


def test_a_node_that_goes_away_before_its_clock_is_read_is_a_warning(doctor: Doctor):

    node = Node(f"http://127.0.0.1:{free_port()}")
    away = Ledger(node, doctor.ledger.contract)
    assert clocks._chain(away, doctor.clock).health is Health.WARN


def test_a_mirror_is_told_with_its_age_and_warned_of_when_old(published: Parts, tmp_path: Path):
    clock = published.clock
    with serving(twin_app(tmp_path, KEY, clock, SUBMIT_KEY)) as registry:
        following = replace(published, feed=Feed(registry, PUBLIC))
        following.check_identity()
        assert sign(following.doctor, "mirror").said.startswith("nothing of")
        following.sync_mirror()
        assert sign(following.doctor, "mirror").health is Health.OK
        clock.pass_by(timedelta(days=3))
        assert sign(following.doctor, "mirror").health is Health.WARN


def test_one_of_several_nodes_that_is_silent_is_a_warning(doctor: Doctor):
    silent = Node(f"http://127.0.0.1:{free_port()}")
    several = Nodes([doctor.ledger.node, silent])
    both = replace(doctor, ledger=Ledger(several, doctor.ledger.contract))
    assert sign(both, f"node {silent.name}").health is Health.WARN
    assert sign(both, f"node {doctor.ledger.node.name}").health is Health.OK


def test_a_halt_is_told_with_the_way_out_of_it(doctor: Doctor):
    with doctor.engine.begin() as connection:
        identity.halt(connection, "block 7 was final", doctor.clock())
    refuses(doctor, "halt", Diverged, "block 7 was final")
