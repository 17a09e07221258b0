"""One forest for the tasks of a file: what is redeemed, minted and stated before anybody comes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import msgspec
import pytest

from tests.chain_kit import mining
from tests.domain.test_inspection import SHEET
from tests.e2e.forest import Forest, forest
from treering.chain.node import Node
from treering.flow.inspecting.inspect import finding_of

# 68 % alive in an arid zone after one season: neither passed nor failed.
THIN = msgspec.structs.replace(SHEET, inspected_on="2020-10-14", n1=6_800, count=102_000)


@dataclass
class Scene:
    """`numbers` by holder: final certificates of lot 277, but `revoked` and `waiting`."""

    forest: Forest
    numbers: dict[str, list[str]] = field(default_factory=dict)

    def visit(self, path: str, **how: Any):
        return self.forest.visit(path, **how)

    def words(self, path: str, **how: Any) -> str:
        """What a page tells, with single spaces."""
        page = self.visit(path, **how)
        told = " ".join(page.locator("main").inner_text().split())
        page.context.close()
        return told

    def ask(self, method: str, path: str, key: str | None = None, **sent: Any) -> httpx.Response:
        """As a program asks; the programme's own key unless another is given."""
        headers = {"Authorization": f"Bearer {key or self.forest.world.api_key}"}
        headers |= sent.pop("headers", {})
        return httpx.request(
            method, self.forest.base_url + path, headers=headers, timeout=30, **sent
        )


@pytest.fixture(scope="module")
def scene(anvil: Node, postgres: str, tmp_path_factory) -> Iterator[Scene]:
    with forest(anvil, postgres, tmp_path_factory.mktemp("keys")) as built:
        told = Scene(built)
        people = {"user": 3, "correct": 1, "delete": 1, "parent": 1, "revoked": 1}
        told.numbers = {who: built.redeem(who, "张三丰", count=n) for who, n in people.items()}
        built.world.settle()
        built.world.revoke(told.numbers["revoked"][0])
        _survey(built)
        told.numbers["waiting"] = built.redeem("waiting", "欧阳娜娜")
        built.world.parts.follower.step()
        yield told


def _survey(built: Forest) -> None:
    parts = built.world.parts
    office, inspector = parts.inspectorate, parts.keys.account("UNNAMED_2019")
    signed = office.sign(finding_of(THIN), inspector)
    office.submit(replace(signed, sheet=THIN.document()))
    with mining(parts.ledger.node):
        assert office.relay() is True
    built.world.scene.chain.finalise()
