"""A whole story by real processes, and then their logs: ids of ours in them, nobody's secrets."""

import json
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Town
from tests.ports import free_port
from treering.domain.number import parse
from treering.store.redemptions import Redemptions
from treering.store.stretches import secrets as secrets_of

NAME, HOLDER, KEY = "欧阳娜娜", "user-2088-of-the-story", "idempotency-of-the-story"


def wait_for(ready, seconds: float = 150.0) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, "it takes too long"
        time.sleep(0.2)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.fixture(scope="module")
def story(town: Town) -> tuple[str, str]:
    """A redemption on its way to a final certificate; its number, and all that was logged."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    node = town.environ["TREERING_RPC_URL"].replace("://", "://user:rpc-password@")
    changed = {"TREERING_PORT": str(port), "TREERING_BASE_URL": base, "TREERING_RPC_URL": node}
    told = replace(town, environ=town.environ | changed | {"TREERING_SEAL_SECONDS": "0"})
    with told.start("serve") as web, told.start("worker") as worker:
        wait_for(lambda: web.poll() is not None or answers(f"{base}/healthz"))
        assert web.poll() is None, web.stderr.read()
        api_key = town.parts.example.api_key("ANT_FOREST")
        headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": KEY}
        wish = {"lot": "ANT_FOREST-805", "holder": HOLDER, "name": NAME}
        made = httpx.post(f"{base}/v1/redemptions", json=wish, headers=headers, timeout=30)
        (number,) = made.json()["numbers"]
        wait_for(lambda: town.is_final(number))
        for path in (f"/c/{number}", f"/v1/certificates/{number}", f"/c/{NAME}", "/operator"):
            httpx.get(base + path, timeout=30)
        httpx.post(f"{base}/v1/redemptions", json={"name": NAME}, headers=headers, timeout=30)
        web.terminate()
        worker.terminate()
        said = [text for process in (web, worker) for text in process.communicate(timeout=30)]
    return number, b"".join(said).decode()


def test_every_line_is_an_object_with_an_event(story):
    lines = [json.loads(line) for line in story[1].splitlines()]
    assert {"request", "batch moved"} <= {line["event"] for line in lines}
    assert all({"level", "timestamp"} <= line.keys() for line in lines)


def test_batch_and_certificate_are_in_them(story):
    number, said = story
    lines = [json.loads(line) for line in said.splitlines()]
    assert number in {line.get("certificate") for line in lines}
    moved = [line for line in lines if line["event"] == "batch moved"]
    assert "final" in {line["after"] for line in moved}
    assert all(isinstance(line["batch"], int) for line in moved)


def test_no_name_holder_key_password_or_opening_is(town: Town, story):
    said = story[1]
    secrets = [NAME, HOLDER, KEY, "rpc-password", town.environ["TREERING_SUBMIT_KEY"]]
    secrets += [town.parts.example.api_key("ANT_FOREST"), town.parts.engine.url.password or NAME]
    for path in Path(town.environ["TREERING_HOME"], "keys").glob("*.secret"):
        secrets.append(path.read_bytes().hex())
    for name in ("minter-ANT_FOREST", "admin"):
        secrets.append(town.parts.keys.account(name).key.hex().removeprefix("0x"))
    secrets += openings(town, story[0])
    assert [secret for secret in secrets if secret in said] == []


def openings(town: Town, number: str) -> list[str]:
    """What opens the record's commitment, in the forms in which it might be written."""
    tree = parse(number).tree
    with town.parts.engine.connect() as connection:
        found = Redemptions(connection).of_tree(tree)
        assert found
        secret = secrets_of(connection, town.parts.vault, {found[1]})[found[1]]
    return [secret.opening(tree).hex(), secret.secret.hex(), secret.reference_hash.hex()]
