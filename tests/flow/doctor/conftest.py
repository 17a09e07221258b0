"""The doctor on real parts: the example programme, published, and a copy for each test."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests.chain_kit import Chain
from tests.flow.conftest import Clock
from tests.flow.doctor.kit import named, on_server
from treering.chain import deploy
from treering.chain.keys import KeyFolder
from treering.chain.node import Node
from treering.flow.overseeing.doctor.examine import Doctor
from treering.flow.parts import Parts
from treering.flow.publish import names_of_keys
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
