"""The visitor's browser checks for itself, against a real node, and catches a server that lies."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.browser import browser, serving
from tests.ports import free_port
from tests.web.real_world import RealWorld, real_world, scene
from treering.chain.node import Node
from treering.domain.own import Asked
from treering.domain.redemption import Wish
from treering.web.app import create_app

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


def ask(stage: Stage, page: Page, number: str, node: str | None = None) -> None:
    page.goto(f"{stage.base_url}/check#{number}")
    page.locator("#node").fill(stage.node if node is None else node)
    page.get_by_role("button", name="Check here").click()
    page.locator("#outcome:visible, #fault:visible").first.wait_for()


def verdicts(page: Page) -> list[str]:
    return [text.strip() for text in page.locator("#findings .verdict").all_inner_texts()]


@pytest.mark.parametrize("state", STATES)
def test_the_browser_comes_to_the_servers_own_state(stage: Stage, page: Page, state: str):
    ask(stage, page, stage.numbers[state])
    assert page.locator("#state .state__word").inner_text() == STATES[state]
    assert page.locator("#agrees").is_visible()
    assert not page.locator("#contradicts").is_visible()
    assert len(verdicts(page)) == 8
    assert verdicts(page).count("valid") == (8 if state == "final" else 7)
    assert str(stage.world.parts.ledger.at("finalized").height) in page.inner_text("#pinned")
    assert page.complaints == []


def test_who_named_a_node_before_is_answered_at_once(stage: Stage, page: Page):
    ask(stage, page, stage.numbers["final"])
    page.goto("about:blank")
    page.goto(f"{stage.base_url}/check#{stage.numbers['revoked']}")
    page.locator("#outcome").wait_for()
    assert page.locator("#state .state__word").inner_text() == "Revoked"


def test_a_server_that_hides_a_revocation_is_contradicted(stage: Stage, page: Page):
    honest = stage.services.truth.certificate
    final = honest(stage.numbers["final"])
    lie = {"number": stage.numbers["revoked"], "report": final.report, "state": final.state}
    stage.services.lies["certificate"] = lambda number: replace(honest(number), **lie)
    stage.services.lies["verification"] = lambda number: final.report
    page.goto(f"{stage.base_url}/c/{stage.numbers['revoked']}")
    assert page.get_by_role("heading", level=1).inner_text() == "Final"
    ask(stage, page, stage.numbers["revoked"])
    assert page.locator("#state .state__word").inner_text() == "Revoked"
    assert "FINAL ≠ REVOKED" in page.locator("#contradicts").inner_text()
    assert not page.locator("#agrees").is_visible()


def test_a_server_that_hands_out_another_credential_is_caught(stage: Stage, page: Page):
    honest = stage.services.truth.credential
    stage.services.lies["credential"] = lambda number: honest(stage.numbers["final"])
    ask(stage, page, stage.numbers["successor"])
    assert page.locator("#state .state__word").inner_text() == "Altered"
    assert page.locator("#contradicts").is_visible()
    page.goto(f"{stage.base_url}/c/{stage.numbers['successor']}")
    page.locator(".own--DIFFERS").wait_for()
    assert "NUMBER_OF_ANOTHER_RECORD" in page.inner_text("#own-detail")


def test_a_page_that_shows_what_was_not_signed_is_caught(stage: Stage, page: Page):
    honest = stage.services.truth.certificate

    def grander(number: str) -> Any:
        view = honest(number)
        return replace(view, redemption=replace(view.redemption, masked_name="李**"))

    stage.services.lies["certificate"] = grander
    page.goto(f"{stage.base_url}/c/{stage.numbers['final']}")
    page.locator(".own--DIFFERS").wait_for()
    assert "holderName: 李** ≠ 张**" in page.inner_text("#own-detail")


def test_another_species_or_site_than_was_signed_is_caught_in_either_language(
    stage: Stage, page: Page
):
    honest = stage.services.truth.certificate

    def rarer(number: str) -> Any:
        view = honest(number)
        species = replace(view.lot.species, en="Redwood", zh="红杉")
        return replace(view, lot=replace(view.lot, species=species, site_zh="别处"))

    stage.services.lies["certificate"] = rarer
    for language, named in (("en", "Redwood"), ("zh", "别处")):
        page.goto(f"{stage.base_url}/c/{stage.numbers['final']}?lang={language}")
        page.locator(".own--DIFFERS").wait_for()
        assert named in page.inner_text("#own-detail")


def test_what_a_hostile_document_says_is_shown_as_text(stage: Stage, page: Page, tmp_path: Path):
    credential = stage.services.truth.credential(stage.numbers["final"])
    hostile = "<img src=x onerror=document.title='hit'>"
    credential["credentialSubject"]["number"] = hostile
    (tmp_path / "hostile.json").write_text(json.dumps(credential))
    page.goto(f"{stage.base_url}/check#{hostile}")
    page.locator("#file").set_input_files(tmp_path / "hostile.json")
    page.get_by_role("button", name="Check here").click()
    page.locator("#outcome").wait_for()
    assert hostile in page.inner_text("#findings")
    assert page.locator("#findings img").count() == 0
    assert page.title() != "hit"


def test_an_honest_page_is_confirmed_without_a_node(stage: Stage, page: Page):
    page.goto(f"{stage.base_url}/c/{stage.numbers['final']}")
    page.locator(".own--HOLDS").wait_for()
    assert not page.locator(".own--DIFFERS").is_visible()
    assert page.complaints == []
    page.goto(f"{stage.base_url}/c/{stage.numbers['waiting']}")
    page.locator(".own--WAITS").wait_for()


def test_a_silent_node_makes_nothing_valid_or_invalid(stage: Stage, page: Page):
    ask(stage, page, stage.numbers["revoked"], f"http://127.0.0.1:{free_port()}")
    assert page.locator("#state .state__word").inner_text() == "Cannot be checked now"
    assert "The node did not answer" in page.locator("#fault").inner_text()
    assert not page.locator("#contradicts").is_visible()
    assert "invalid" not in verdicts(page)


def test_a_node_of_another_chain_contradicts_nobody(stage: Stage, page: Page):
    elsewhere = f"http://127.0.0.1:{free_port()}/"

    def answer(route: Any) -> None:
        asked = route.request.post_data_json
        block = {"hash": "0x" + "11" * 32, "number": "0x1", "timestamp": "0x1"}
        result = "0x1" if asked["method"] == "eth_chainId" else block
        body = json.dumps({"jsonrpc": "2.0", "id": asked["id"], "result": result})
        route.fulfill(body=body, headers={"access-control-allow-origin": "*"})

    page.route(elsewhere, answer)
    ask(stage, page, stage.numbers["final"], elsewhere)
    page.locator("#outcome").wait_for()
    assert page.locator("#state .state__word").inner_text() == "Cannot be checked now"
    assert "another chain" in page.locator("#fault").inner_text()
    assert not page.locator("#contradicts").is_visible()


def test_a_line_that_breaks_is_no_disagreement(stage: Stage, page: Page):
    page.route("**/v1/certificates/**", lambda route: route.abort())
    page.goto(f"{stage.base_url}/c/{stage.numbers['final']}")
    page.locator(".own--UNABLE").wait_for()
    assert not page.locator(".own--DIFFERS").is_visible()


def test_a_file_is_checked_and_nothing_of_it_sent(stage: Stage, page: Page, tmp_path: Path):
    path = tmp_path / "credential.json"
    credential = stage.services.truth.credential(stage.numbers["final"])
    path.write_text(json.dumps(credential))
    page.goto(f"{stage.base_url}/check")
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("#file").set_input_files(path)
    page.locator("#node").fill(stage.node)
    page.get_by_role("button", name="Check here").click()
    page.locator("#outcome").wait_for()
    assert page.locator("#state .state__word").inner_text() == "Final"
    asked = {url.rstrip("/") for url in sent if "/static/" not in url}
    assert asked == {stage.node.rstrip("/")}


def test_a_contract_that_the_visitor_knows_otherwise_is_another_network(stage: Stage, page: Page):
    page.goto(f"{stage.base_url}/check#{stage.numbers['final']}")
    page.locator("#node").fill(stage.node)
    page.locator("summary").click()
    page.locator("#contract").fill("0x" + "11" * 20)
    page.get_by_role("button", name="Check here").click()
    page.locator("#outcome").wait_for()
    assert page.locator("#state .state__word").inner_text() == "Another network"


def test_a_contract_that_moved_since_the_first_visit_is_named(stage: Stage, page: Page):
    ask(stage, page, stage.numbers["final"])
    page.evaluate("localStorage.setItem('treering.contract', '0x' + '22'.repeat(20))")
    page.reload()
    assert not page.locator("#outcome").is_visible(), "it does not begin by itself"
    assert "0x" + "22" * 20 in page.locator("#moved").inner_text()


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("TR-1", "Give a certificate's number"),
        ("TR-" + "-".join(["0000"] * 7), "knows no certificate"),
        ("waiting", "not final yet"),
    ],
)
def test_what_cannot_be_checked_says_why(stage: Stage, page: Page, number: str, said: str):
    ask(stage, page, stage.numbers.get(number, number))
    assert said in page.locator("#fault").inner_text()
    assert not page.locator("#outcome").is_visible()


def test_it_is_usable_by_all(stage: Stage, page: Page):
    ask(stage, page, stage.numbers["revoked"])
    assert page.evaluate("document.activeElement.id") == "outcome"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def test_without_scripts_it_says_what_to_do_instead(stage: Stage):
    context = stage.browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{stage.base_url}/check")
    assert "needs JavaScript" in page.locator("noscript").inner_text()
    assert not page.locator("form#own").is_visible()
    context.close()


@pytest.mark.parametrize(
    ("changed", "word", "codes"),
    [
        ({}, "Final", ["HOLDER_STATED_OK", "HOLDER_ID_OK", "HOLDER_NAME_OK"]),
        ({"name": {"name": "张四五"}}, "Altered", ["HOLDER_DIFFERS"]),
        ({"id": {"reference": "user-2"}}, "Altered", ["HOLDER_DIFFERS"]),
        ({"madeFor": "another bank"}, "Altered", ["HOLDER_UNSIGNED"]),
    ],
    ids=["as it is", "another name", "another id", "for another"],
)
def test_a_holders_own_copy_is_checked_here_and_nothing_of_it_sent(
    stage: Stage, page: Page, tmp_path: Path, changed, word, codes
):
    asked = Asked(holder="final", name="张三丰", made_for="a bank")
    copy = json.loads(json.dumps(stage.world.services.own_copy_now(stage.numbers["final"], asked)))
    for part, parts in changed.items():
        if part == "madeFor":
            copy["statement"]["madeFor"] = parts
        else:
            copy["opened"][part] |= parts
    (tmp_path / "own.json").write_text(json.dumps(copy, ensure_ascii=False))
    page.goto(f"{stage.base_url}/check")
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.locator("#file").set_input_files(tmp_path / "own.json")
    page.locator("#node").fill(stage.node)
    page.get_by_role("button", name="Check here").click()
    page.locator("#outcome").wait_for()
    assert page.locator("#state .state__word").inner_text() == word
    found = page.inner_text("#findings")
    assert all(code in found for code in codes), found
    assert {url.rstrip("/") for url in sent if "/static/" not in url} == {stage.node.rstrip("/")}
