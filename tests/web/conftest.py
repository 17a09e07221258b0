"""The web over services that a test can move on: settle, revoke, silence.

`World` names all that a test asks of them beside `Services` itself, so that the same tests
run over the fake services and over the real flow. `@FAKE` marks what only a fake can be made
to do, such as a fault in the middle of a service; `@REAL` what needs a database or a node.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pytest
from starlette.testclient import TestClient

from tests.fakes.services import API_KEY, OTHER_API_KEY, FakeServices
from tests.web.real_world import RealWorld, Scene, real_world, scene
from treering.chain.node import Node
from treering.domain.number import parse
from treering.web.app import create_app
from treering.web.services import Services

BASE_URL = "https://treering.example"
FAKE = pytest.mark.parametrize("world", ["fake"], indirect=True)
REAL = pytest.mark.parametrize("world", ["real"], indirect=True)


class World(Protocol):
    """Services, and what happens behind their back."""

    services: Services
    api_key: str
    other_api_key: str

    def seal(self) -> None:
        """All waiting records go into batches."""

    def mine(self) -> None:
        """All batches get into blocks."""

    def settle(self) -> None:
        """All records become final."""

    def revoke(self, number: str) -> None:
        """On the chain, because it was not planted."""

    def replace(self, number: str, successor: str) -> None:
        """On the chain, by another record that is final."""

    def withdraw(self, holder: str) -> None:
        """The holder of this reference leaves Ant Forest."""

    def silence(self) -> None:
        """The chain does not answer any more."""

    def elsewhere(self, number: str) -> dict[str, Any]:
        """The credential as a ledger on chain 11155111 would have it, truly signed."""


@dataclass
class FakeWorld:
    services: FakeServices
    api_key: str = API_KEY
    other_api_key: str = OTHER_API_KEY

    def seal(self) -> None:
        self.services.books.seal()

    def mine(self) -> None:
        self.services.books.mine()

    def settle(self) -> None:
        self.services.books.settle()

    def revoke(self, number: str) -> None:
        self.services.books.revoked.add(parse(number).tree)

    def replace(self, number: str, successor: str) -> None:
        self.services.books.replaced[parse(number).tree] = parse(successor).tree

    def withdraw(self, holder: str) -> None:
        books = self.services.books
        for made in [one for one in books.redemptions.values() if books.holders[one.id] == holder]:
            books.redemptions[made.id] = replace(made, masked_name="")

    def silence(self) -> None:
        self.services.books.down = True

    def halt(self, why: str) -> None:
        self.services.books.halted = f"halted since 2026-11-22 08:00 UTC: {why}"

    def elsewhere(self, number: str) -> dict[str, Any]:
        return self.services.signed(number, chain_id=11155111)


@pytest.fixture(scope="module")
def real_scene(
    anvil: Node, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with scene(anvil, postgres, tmp_path_factory.mktemp("keys")) as built:
        yield built


@pytest.fixture
def real(real_scene: Scene) -> Iterator[RealWorld]:
    with real_world(real_scene, BASE_URL) as world:
        yield world


@pytest.fixture(params=["fake", "real"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "real":
        return request.getfixturevalue("real")
    return FakeWorld(FakeServices(BASE_URL))


@pytest.fixture
def client(world: World) -> Iterator[TestClient]:
    app = create_app(world.services, base_url=BASE_URL)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def headers(world: World) -> dict[str, str]:
    return {"Authorization": f"Bearer {world.api_key}", "Idempotency-Key": "key-1"}


@pytest.fixture
def redeem(client: TestClient, headers: dict[str, str]) -> Callable[..., dict[str, Any]]:
    """Redeem one saxaul for 张三丰, or whatever differs from that."""
    keys = iter(range(1000))

    def send(**wish: Any) -> dict[str, Any]:
        body = {"lot": "ANT_FOREST-277", "holder": "user-1", "name": "张三丰", **wish}
        keyed = {**headers, "Idempotency-Key": f"redeem-{next(keys)}"}
        answer = client.post("/v1/redemptions", json=body, headers=keyed)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return send


@pytest.fixture
def page(client: TestClient, number: str) -> bytes:
    """The PDF of a final certificate."""
    return client.get(f"/v1/certificates/{number}.pdf").content


@pytest.fixture
def number(world: World, redeem: Callable[..., dict[str, Any]]) -> str:
    """The number of a final certificate."""
    found = redeem()["numbers"][0]
    world.settle()
    return found
