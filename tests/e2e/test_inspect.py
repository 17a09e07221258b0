"""An inspector at his own page: prepared, signed by his wallet, brought, seen on the lot's page.

The wallet is a provider as EIP-6963 announces one, or window.ethereum; behind it a real key signs
the typed data that eth_signTypedData_v4 gives, so a hardware wallet would be asked the very same.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from eth_account import Account
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount
from playwright.sync_api import Page

from tests.chain_kit import mining
from tests.domain.test_inspection import SHEET
from tests.e2e.forest import LOT, Forest, forest
from treering.chain.node import Node

_WALLET = """
const provider = { request: async ({ method, params }) => {
  if (method === "eth_requestAccounts") return [await window.walletAddress()];
  const found = await window.walletSigns(...params);
  if (found.startsWith("0x")) return found;
  throw Object.assign(new Error(found), { code: 4001 });
} };
"""
ANNOUNCED = (
    _WALLET
    + """
const info = { uuid: "1", name: "Test Wallet", rdns: "example.wallet", icon: "data:," };
addEventListener("eip6963:requestProvider", () => dispatchEvent(
  new CustomEvent("eip6963:announceProvider", { detail: { info, provider } })));
"""
)
INJECTED = _WALLET + "window.ethereum = provider;"
INSPECTOR = "UNNAMED_2019"  # who accepted forest no. 277
# 72 % of the 150,000 that were accepted, found in a sample of a twentieth.
SURVEY = msgspec.structs.replace(SHEET, inspected_on="2022-10-14")


@dataclass
class Wallet:
    """What it was asked to sign is kept; `unwilling` says no instead, as its owner may."""

    account: LocalAccount
    unwilling: str = ""
    asked: list[dict] = field(default_factory=list)

    def signs(self, address: str, typed: str) -> str:
        assert address == self.account.address
        self.asked.append(json.loads(typed))
        signable = encode_typed_data(full_message=self.asked[-1])
        signature = Account.sign_message(signable, self.account.key).signature
        return self.unwilling or "0x" + bytes(signature).hex()


@pytest.fixture(scope="module")
def wood(anvil: Node, postgres: str, tmp_path_factory) -> Iterator[Forest]:
    with forest(anvil, postgres, tmp_path_factory.mktemp("keys")) as built:
        yield built


def opened(wood: Forest, wallet: Wallet, script: str) -> Page:
    page = wood.visit("/inspect", viewport={"width": 390, "height": 844})
    page.expose_function("walletAddress", lambda: wallet.account.address)
    page.expose_function("walletSigns", wallet.signs)
    page.add_init_script(script)
    page.reload()
    page.get_by_label("sheet", exact=False).first.fill(msgspec.json.encode(SURVEY).decode())
    return page


def wallet_of(wood: Forest, name: str, unwilling: str = "") -> Wallet:
    return Wallet(wood.world.parts.keys.account(name), unwilling)


def said(page: Page, *states: str) -> str:
    page.wait_for_selector(", ".join(f"#said[data-state={state}]" for state in states))
    return page.inner_text("#said")


def test_a_wallet_whose_owner_says_no_has_signed_nothing_and_nothing_is_sent(wood: Forest):
    wallet = wallet_of(wood, INSPECTOR, unwilling="User rejected the request.")
    page = opened(wood, wallet, ANNOUNCED)
    page.locator("#wallets button").click()
    assert "User rejected the request." in said(page, "refused")
    assert len(wallet.asked) == 1
    assert page.input_value("#signed") == ""
    page.context.close()


def test_a_wallet_of_no_inspector_is_told_so_before_it_signs(wood: Forest):
    wallet = wallet_of(wood, "stranger")
    page = opened(wood, wallet, INJECTED)
    page.locator("#wallets button").click()
    assert "no inspector on the chain" in said(page, "refused")
    assert wallet.asked == []
    page.context.close()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"count": 150_000}, "make 108000, not 150000"),
        ({"n1": 20_000}, "alive of"),
        ({"sampled_m2": 10_000}, "5 % at least"),
        ({"method": "FULL"}, "whole area"),
        ({"media": ["ab" * 32]}, "no evidence that we know"),
    ],
)
def test_a_sheet_whose_arithmetic_fails_is_refused_and_names_why(wood: Forest, changes, why):
    page = opened(wood, wallet_of(wood, INSPECTOR), ANNOUNCED)
    sheet = msgspec.to_builtins(SURVEY) | changes
    page.fill("#sheet", json.dumps(sheet))
    page.locator("#wallets button").click()
    assert why in said(page, "refused")
    page.context.close()


def test_a_statement_signed_for_another_lot_or_by_another_key_is_refused(wood: Forest):
    wallet = wallet_of(wood, INSPECTOR)
    page = opened(wood, wallet, ANNOUNCED)
    page.route("**/v1/statements", lambda route: route.abort())
    page.locator("#wallets button").click()
    said(page, "refused")
    signed = json.loads(page.input_value("#signed"))
    message = signed["message"]
    other = {**signed, "message": {**message, "lot": str(int(message["lot"]) + 1)}}
    for altered in (other, {**signed, "inspector": "0x" + "12" * 20}):
        page.fill("#signed", json.dumps(altered))
        with page.expect_navigation():
            page.locator("form[method=post] button").click()
        assert "it was signed by" in page.locator(".alert").inner_text()
    page.context.close()


def test_without_a_wallet_or_a_script_a_statement_is_brought_all_the_same(wood: Forest):
    page = wood.visit("/inspect")
    said(page, "none")
    assert Axe().run(page).response["violations"] == []
    page.context.close()
    plain = wood.visit("/inspect", java_script_enabled=False)
    assert not plain.is_visible("#wallet")
    plain.fill("#signed", '{"message": {}, "inspector": "0x12", "signature": "0x"}')
    plain.locator("form[method=post] button").click()
    plain.locator(".alert").wait_for()
    plain.context.close()


def test_an_inspector_signs_with_his_own_wallet_and_the_lot_shows_it(wood: Forest):
    wallet, node = wallet_of(wood, INSPECTOR), wood.world.parts.ledger.node
    page = opened(wood, wallet, ANNOUNCED)
    page.get_by_role("button", name="Sign with Test Wallet").click()
    assert said(page, "received", "refused").startswith("Received;")
    (typed,) = wallet.asked
    assert typed["primaryType"] == "Statement"
    assert typed["message"]["report"] == "0x" + SURVEY.hash().hex()

    with mining(node):
        assert wood.world.parts.inspectorate.relay() is True
    said(page, "stated")
    wood.world.scene.chain.finalise()
    page.goto(f"/lots/{LOT}")
    outcome = page.locator("[data-outcome]").first
    assert outcome.get_attribute("data-outcome") == "PASSED"
    assert "72.0 % alive on 2022-10-14: 7,200 of 10,000" in outcome.inner_text()
    assert Axe().run(page).response["violations"] == []
    page.context.close()


@pytest.mark.parametrize(("width", "height"), [(360, 800), (768, 1024), (1440, 900)])
def test_forest_277_is_answered_in_one_screen(wood: Forest, width: int, height: int):
    """Who planted, funded, inspected; the counts; the dispute: on a desk without scrolling."""
    page = wood.visit(f"/lots/{LOT}", viewport={"width": width, "height": height})
    answer = page.locator("section.answer")
    for word in ("China Green Foundation", "Ant Group", "2019-12", "150,000", "2021-09"):
        assert word in answer.inner_text(), word
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width == 1440:
        for part in ("#count-deficit", ".dispute__link", ".plot svg"):
            box = page.locator(part).first.bounding_box()
            assert box["y"] + box["height"] <= height, part
    page.context.close()
