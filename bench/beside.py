"""What may run beside a web process: a registry, and a worker that follows it, books and chain.

Both are the product's own commands, each in a process of its own.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from eth_account import Account
from sqlalchemy import text

from tests.ports import free_port
from tests.web.real_world import RealWorld
from treering.chain.keys import minter_name

_PATIENCE = 60.0  # seconds


@contextmanager
def beside(world: RealWorld, home: Path) -> Iterator[None]:
    """From when the worker has mirrored the registry's first head; both are killed at the end,
    and must have lived until then."""
    port, twin = free_port(), home / "twin"
    with ExitStack() as stack:
        commands = [["twin", "--folder", str(twin), "--port", str(port)], ["worker"]]
        registry = stack.enter_context(_running(commands[0], {}))
        _wait((twin / "verifier_key.txt").exists, registry)
        told = _environ(world, home) | {
            "TREERING_REGISTRY_URL": f"http://127.0.0.1:{port}",
            "TREERING_REGISTRY_KEY": (twin / "verifier_key.txt").read_text("utf-8").strip(),
        }
        worker = stack.enter_context(_running(commands[1], told))
        _wait(lambda: _has_mirrored(world), worker)
        yield
        assert (registry.poll(), worker.poll()) == (None, None), "one of them has ended"


def _environ(world: RealWorld, home: Path) -> dict[str, str]:
    """What a worker of this world is told; its keys and database are as a worker insists on."""
    scene = world.scene
    for tenant in world.parts.tenants.all():
        _hand_over(world, minter_name(tenant.code))
    scene.on_server(f"ALTER DATABASE {scene.database} RESET synchronous_commit")
    return {
        "TREERING_HOME": str(home),
        "TREERING_DATABASE_URL": scene.postgres.replace("/postgres?", f"/{scene.database}?"),
        "TREERING_RPC_URL": scene.chain.node.url,
        "TREERING_CONTRACT": scene.chain.contract,
        "TREERING_BASE_URL": world.parts.base_url,
        "TREERING_EMBEDDED_CHAIN": "1",
    }


def _hand_over(world: RealWorld, name: str) -> None:
    """The chain kit's account, as the keystore that a worker opens."""
    keys = world.scene.keys
    store = Account.encrypt(
        keys.account(name).key, keys.secret("password").hex(), kdf="pbkdf2", iterations=1000
    )
    path = keys.folder / f"{name}.keystore.json"
    path.touch(0o600)
    path.write_text(json.dumps(store), "utf-8")


def _has_mirrored(world: RealWorld) -> bool:
    with world.parts.engine.connect() as connection:
        return bool(connection.execute(text("SELECT EXISTS (SELECT FROM mirror_heads)")).scalar())


def _wait(happened: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """TimeoutError, also if the process has ended."""
    deadline = time.monotonic() + _PATIENCE
    while not happened():
        if process.poll() is not None or time.monotonic() > deadline:
            raise TimeoutError(f"{process.args} did not come so far: {process.poll()}")
        time.sleep(0.1)


@contextmanager
def _running(command: list[str], told: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(
        [sys.executable, "-m", "treering.main", *command],
        env={**os.environ, **told},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            yield process
        finally:
            process.kill()
