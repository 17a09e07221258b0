"""A chain to measure on: Anvil as the demo starts it, with the example programme published."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import text

from bench.ground import Ground
from tests.ports import free_port
from treering.chain import deploy
from treering.chain.embedded import EmbeddedNode
from treering.flow.assembly import assemble
from treering.flow.parts import Parts
from treering.flow.publish import names_of_keys
from treering.settings import Settings

BASE_URL = "http://127.0.0.1"


@dataclass(frozen=True)
class Published:
    """`environ` is what a `treering` process of this chain is told."""

    node: EmbeddedNode
    parts: Parts
    environ: dict[str, str]


@contextmanager
def published(ground: Ground, *, capacity: int) -> Iterator[Published]:
    """All lots of trees hold `capacity`; the ground's books are pinned to this chain."""
    with ground.engine.begin() as connection:
        connection.execute(text("DELETE FROM chain_identity"))
        connection.execute(text("UPDATE lots SET capacity = :n WHERE unit = 1"), {"n": capacity})
    settings = Settings.from_environ({"TREERING_HOME": str(ground.home)})
    node = EmbeddedNode(settings.anvil, free_port())
    try:
        for name in names_of_keys():
            address = ground.keys.account(name).address
            node.node.call("anvil_setBalance", address, hex(10**24))
        admin = ground.keys.account("admin")
        creation = deploy.Creation(admin=admin.address, admin_delay=0)
        contract = deploy.deploy(node.node, admin, creation).contract
        parts = assemble(
            database_url=ground.database_url,
            rpc_url=node.url,
            contract=contract,
            keys=ground.keys.folder,
            base_url=BASE_URL,
        )
        parts.check_identity()
        parts.example.publish(parts.admin)
        yield Published(node, parts, _environ(ground, node.url, contract))
        parts.engine.dispose()
    finally:
        node.kill()


def _environ(ground: Ground, rpc_url: str, contract: str) -> dict[str, str]:
    return {
        "TREERING_HOME": str(ground.home),
        "TREERING_DATABASE_URL": ground.database_url,
        "TREERING_RPC_URL": rpc_url,
        "TREERING_CONTRACT": contract,
        "TREERING_BASE_URL": BASE_URL,
        "TREERING_EMBEDDED_CHAIN": "1",
        "TREERING_SEAL_SECONDS": "0",
        "TREERING_IN_FLIGHT": "64",
    }
