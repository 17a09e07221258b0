"""A server that lies is caught by the visitor's own browser; an honest one is confirmed."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.e2e.own_check.stage import Stage, ask


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
