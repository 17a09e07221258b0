"""The visitor's browser checks for itself, against a node of his choice."""

import json
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.own_check.stage import STATES, Stage, ask, verdicts
from tests.ports import free_port
from treering.domain.own import Asked


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
