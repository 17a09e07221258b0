"""Worlds begin and end here: a node, a database and a contract of each test's own."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from unittest.mock import patch

from sqlalchemy import Engine, create_engine, make_url, text

from tests.chain_kit import ANVIL, Chain
from tests.faults.node.world import CAPACITY, PROGRAMME, World
from tests.faults.proxy import Proxy
from tests.ports import free_port
from treering.chain import embedded, roles
from treering.chain.embedded import EmbeddedNode
from treering.chain.keys import KeyFolder, minter_name
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.domain.issuer_key import IssuerKey
from treering.flow.parts import Parts
from treering.store.migrate import migrate

_names = count(1)


@contextmanager
def world(
    template: str,
    keys: KeyFolder,
    *,
    finality: int = 2,
    nodes: int = 1,
    creation: bytes | None = None,
    kind: type[World] = World,
) -> Iterator[World]:
    """A world of its own. `template` is the URL of a database to begin with; `finality` is 2
    blocks, or 64 as on a public network; `creation` creates another contract than ours."""
    with ExitStack() as opened:
        node = opened.enter_context(_anvil(finality))
        engine = opened.enter_context(_database(template))
        chain = _ledger(node, keys, creation)
        chain.mine(finality)  # the contract itself is final
        proxies = [opened.enter_context(Proxy(node.url)) for _ in range(nodes)]
        new = kind(engine, keys, chain, proxies, finality)
        new._parts().check_identity()  # pinned, so that another contract than ours may be used
        new.start()
        yield new


def prepare(database_url: str, keys: KeyFolder) -> None:
    """Fill a template: the example with one programme only, which lets worlds begin faster."""
    engine = create_engine(database_url)
    migrate(engine)
    parts = Parts(engine, keys, Ledger(Node("http://127.0.0.1:9"), ""), "https://trees.example")
    parts.example.load()
    with engine.begin() as connection:
        for others in (
            "lots WHERE programme",
            "api_keys WHERE programme",
            "programmes WHERE code",
        ):
            connection.execute(text(f"DELETE FROM {others} <> '{PROGRAMME}'"))
    engine.dispose()


@contextmanager
def _anvil(finality: int) -> Iterator[Node]:
    epoch = {2: "1", 64: "32"}[finality]
    options = [*embedded._OPTIONS]
    options[options.index("--slots-in-an-epoch") + 1] = epoch
    with patch.object(embedded, "_OPTIONS", options):
        running = EmbeddedNode(ANVIL, free_port(), block_seconds=None)
    try:
        yield running.node
    finally:
        running.kill()


@contextmanager
def _database(template: str) -> Iterator[Engine]:
    url, name = make_url(template), f"fault_{next(_names)}"
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {url.database}"))
    engine = create_engine(url.set(database=name), pool_pre_ping=True)
    try:
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def _ledger(node: Node, keys: KeyFolder, creation: bytes | None) -> Chain:
    """The contract with forest no. 277 endorsed, and our minter in its role."""
    chain = Chain(node)
    chain.deploy(creation)
    minter = keys.account(minter_name(PROGRAMME)).address
    node.call("anvil_setBalance", minter, hex(10**21))
    chain.send("admin", roles.grant(chain.contract, roles.minter_of(1), minter))
    key = IssuerKey(keys.issuer(PROGRAMME).public_key().public_bytes_raw())
    chain.act("registrar", "setIssuerKey", 1, key.id, key.public, 1)
    chain.open_lot(277, endorsed=CAPACITY)
    return chain
