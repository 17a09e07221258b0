"""The stage, once a file of tests, and a window on it for each."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import browser, serving
from tests.e2e.own_check.stage import STATES, Liar, Stage
from tests.ports import free_port
from tests.web.real_world import real_world, scene
from treering.chain.node import Node
from treering.domain.redemption import Wish
from treering.web.app import create_app


@pytest.fixture(scope="module")
def stage(anvil: Node, postgres: str, tmp_path_factory) -> Iterator[Stage]:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    keys = tmp_path_factory.mktemp("keys")
    with scene(anvil, postgres, keys) as built, real_world(built, here) as world:
        numbers = {}
        for name in (*STATES, "successor"):
            wish = Wish(lot="ANT_FOREST-277", holder=name, name="张三丰")
            (numbers[name],) = world.parts.redeem("ANT_FOREST", name, wish).numbers
        world.settle()
        world.revoke(numbers["revoked"])
        world.replace(numbers["replaced"], numbers["successor"])
        wish = Wish(lot="ANT_FOREST-277", holder="late", name="张三丰")
        (numbers["waiting"],) = world.parts.redeem("ANT_FOREST", "late", wish).numbers
        services = Liar(world.services)
        with serving(create_app(services, base_url=here), port), browser() as running:
            yield Stage(running, here, world, services, numbers)


@pytest.fixture
def page(stage: Stage) -> Iterator[Page]:
    stage.services.lies.clear()
    context = stage.browser.new_context(locale="en-GB", viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    yield page
    context.close()
