"""A service that can be made to lie, and the page on which the visitor's browser checks it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, Page

from tests.web.real_world import RealWorld

STATES = {"final": "Final", "revoked": "Revoked", "replaced": "Replaced"}


class Liar:
    """The real services, but for what they were told to say."""

    def __init__(self, truth: Any) -> None:
        self.truth = truth
        self.lies: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        return self.lies.get(name) or getattr(self.truth, name)


@dataclass
class Stage:
    browser: Browser
    base_url: str
    world: RealWorld
    services: Liar
    numbers: dict[str, str]

    @property
    def node(self) -> str:
        return self.world.scene.chain.node.url


def ask(stage: Stage, page: Page, number: str, node: str | None = None) -> None:
    page.goto(f"{stage.base_url}/check#{number}")
    page.locator("#node").fill(stage.node if node is None else node)
    page.get_by_role("button", name="Check here").click()
    page.locator("#outcome:visible, #fault:visible").first.wait_for()


def verdicts(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#findings .verdict").all_inner_texts()]
