"""Forest no. 277 as a working service: database, chain, pages, and one browser before them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.e2e.browser import browser, serving
from tests.ports import free_port
from tests.web.real_world import RealWorld, real_world, scene
from treering.chain.node import Node
from treering.domain.redemption import Wish
from treering.domain.role import Role
from treering.store import api_keys
from treering.web.app import create_app

LOT = "ANT_FOREST-277"


@dataclass
class Forest:
    """A service at `base_url`; people come to it by `visit`."""

    base_url: str
    world: RealWorld
    browser: Browser
    complaints: list[str] = field(default_factory=list)

    def redeem(self, holder: str, name: str, lot: str = LOT, count: int = 1) -> list[str]:
        """Numbers of certificates that wait to be minted."""
        wish = Wish(lot=lot, holder=holder, name=name, count=count)
        programme = lot.rpartition("-")[0]
        return list(self.world.parts.redeem(programme, f"{holder} {lot} {count}", wish).numbers)

    def key(self, role: Role, *provinces: str) -> str:
        """What opens a role's doors, of some provinces or of all."""
        parts = self.world.parts
        secret = f"{role}-{'-'.join(provinces) or 'all'}"
        with parts.engine.begin() as connection:
            api_keys.add(connection, secret, parts.clock(), role, provinces=provinces or None)
        return secret

    def visit(self, path: str, key: str | None = None, **how) -> Page:
        """A new window on a page; what the browser complains of is kept."""
        how = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB", **how}
        if key is not None:  # a browser shows a password only where it is asked for one
            how["extra_http_headers"] = {"X-API-Key": key}
        page = self.browser.new_context(base_url=self.base_url, **how).new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text))
        page.goto(path)
        return page


@contextmanager
def forest(anvil: Node, postgres: str, keys: Path) -> Iterator[Forest]:
    here = f"http://127.0.0.1:{free_port()}"
    with (
        scene(anvil, postgres, keys) as built,
        real_world(built, here) as world,
        serving(create_app(world.services, base_url=here), int(here.rpartition(":")[2])),
        browser() as running,
    ):
        yield Forest(here, world, running)
