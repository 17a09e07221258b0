"""An inspector at his own page: prepared, signed by his wallet, brought, seen on the lot's page.

The wallet is a provider as EIP-6963 announces one; behind it a real key signs the typed data as
eth_signTypedData_v4 gives it, so a hardware wallet would be asked the very same."""

import json
from collections.abc import Iterator

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from eth_account import Account
from eth_account.messages import encode_typed_data
from playwright.sync_api import Page

from tests.chain_kit import mining
from tests.domain.test_inspection import SHEET
from tests.e2e.browser import browser, free_port, serving
from tests.web.real_world import RealWorld, real_world, scene
from treering.chain.node import Node
from treering.web.app import create_app

WALLET = """
const provider = { request: async ({ method, params }) =>
  method === "eth_requestAccounts" ? [await window.walletAddress()]
    : method === "eth_signTypedData_v4" ? window.walletSigns(...params) : null };
const told = () => dispatchEvent(new CustomEvent("eip6963:announceProvider", { detail: {
  info: { uuid: "1", name: "Test Wallet", rdns: "example.wallet", icon: "data:," }, provider } }));
%s
"""
ANNOUNCED = WALLET % 'addEventListener("eip6963:requestProvider", told);'
INJECTED = WALLET % "window.ethereum = provider;"
# 72 % of the 150,000 that were accepted, found in a sample of a twentieth.
SURVEY = msgspec.structs.replace(SHEET, inspected_on="2022-10-14")


@pytest.fixture(scope="module")
def base_url() -> str:
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture(scope="module")
def world(anvil: Node, postgres: str, tmp_path_factory, base_url: str) -> Iterator[RealWorld]:
    keys = tmp_path_factory.mktemp("keys")
    with scene(anvil, postgres, keys) as built, real_world(built, base_url) as world:
        yield world


@pytest.fixture
def page(world: RealWorld, base_url: str) -> Iterator[Page]:
    app = create_app(world.services, base_url=base_url)
    with serving(app, int(base_url.rpartition(":")[2])), browser() as running:
        page = running.new_page(viewport={"width": 390, "height": 844}, locale="en-GB")
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error(e.violatedDirective))"
        )
        page.on("console", lambda said: page.complaints.append(said.text))
        yield page


def with_wallet(page: Page, world: RealWorld, script: str, key: str) -> list[str]:
    """What it was asked to sign is kept in the list."""
    account = world.parts.keys.account(key)
    asked: list[str] = []

    def signs(address: str, typed: str) -> str:
        assert address == account.address
        asked.append(typed)
        signable = encode_typed_data(full_message=json.loads(typed))
        return "0x" + bytes(Account.sign_message(signable, account.key).signature).hex()

    page.expose_function("walletAddress", lambda: account.address)
    page.expose_function("walletSigns", signs)
    page.add_init_script(script)
    return asked


def test_an_inspector_signs_with_his_own_wallet_and_the_lot_shows_it(
    page: Page, world: RealWorld, base_url: str
):
    asked = with_wallet(page, world, ANNOUNCED, "UNNAMED_2019")
    page.goto(f"{base_url}/inspect")
    assert Axe().run(page).response["violations"] == []
    page.fill("#sheet", msgspec.json.encode(SURVEY).decode())
    page.get_by_role("button", name="Sign with Test Wallet").click()
    page.wait_for_selector("#said[data-state=received], #said[data-state=refused]")
    assert page.get_attribute("#said", "data-state") == "received", page.inner_text("#said")
    (typed,) = (json.loads(each) for each in asked)
    assert typed["primaryType"] == "Statement"
    assert typed["message"]["report"] == "0x" + SURVEY.hash().hex()

    with mining(world.parts.ledger.node):
        assert world.parts.inspectorate.relay() is True
    page.wait_for_selector("#said[data-state=stated]")
    page.goto(f"{base_url}/lots/ANT_FOREST-277")
    assert page.get_attribute("[data-outcome]", "data-outcome") == "PASSED"
    assert "72.0 % alive on 2022-10-14" in page.inner_text("[data-outcome]")
    assert "7,200 alive of 10,000" in page.inner_text("#statements ~ ol")
    assert page.complaints == []


def test_a_wallet_of_no_inspector_is_told_so_before_it_signs(
    page: Page, world: RealWorld, base_url: str
):
    asked = with_wallet(page, world, INJECTED, "stranger")
    page.goto(f"{base_url}/inspect")
    page.fill("#sheet", msgspec.json.encode(SURVEY).decode())
    page.locator("#wallets button").click()
    page.wait_for_selector("#said[data-state=refused]")
    assert "no inspector on the chain" in page.inner_text("#said")
    assert asked == []


def test_without_a_wallet_and_without_a_script_a_signed_statement_is_brought_all_the_same(
    page: Page, world: RealWorld, base_url: str
):
    page.goto(f"{base_url}/inspect")
    page.wait_for_selector("#said[data-state=none]")
    bare = page.context.browser.new_context(java_script_enabled=False, locale="en-GB")
    plain = bare.new_page()
    plain.goto(f"{base_url}/inspect")
    assert not plain.is_visible("#wallet")
    plain.fill("#signed", '{"message": {}, "inspector": "0x12", "signature": "0x"}')
    plain.locator("form button").last.click()
    assert "cannot stand" in plain.inner_text(".alert")
    bare.close()


@pytest.mark.parametrize(("width", "height"), [(360, 800), (768, 1024), (1440, 900)])
def test_forest_277_is_answered_in_one_screen(page: Page, base_url: str, width: int, height: int):
    """Who planted, funded, inspected; the counts; the dispute: on a desk without scrolling."""
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{base_url}/lots/ANT_FOREST-277")
    answer = page.locator("section.answer")
    for word in ("China Green Foundation", "Ant Group", "2019-12", "150,000", "2021-09"):
        assert word in answer.inner_text(), word
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width == 1440:
        for part in ("#count-deficit", ".dispute__link", ".plot svg"):
            box = page.locator(part).first.bounding_box()
            assert box["y"] + box["height"] <= height, part
