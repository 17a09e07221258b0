"""The regulator's view in a real browser: a map and a form, with and without scripts."""

import json
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.forest import LOT, Forest, forest
from tests.e2e.test_pages import is_sound
from treering.chain.node import Node
from treering.domain.role import Role

LOOKS = [
    (360, "zh-CN", "dark"),
    (360, "en-US", "light"),
    (1440, "zh-CN", "light"),
    (1440, "en-US", "dark"),
]
STATES = (
    "/explore",
    "/explore?lot=ANT_FOREST-277&state=FINAL",
    "/explore?year=nineteen",
)


@pytest.fixture(scope="module")
def wood(anvil: Node, postgres: str, tmp_path_factory) -> Iterator[Forest]:
    with forest(anvil, postgres, tmp_path_factory.mktemp("keys")) as built:
        built.redeem("user-1", "张三丰", count=60)
        built.world.settle()
        built.redeem("user-2", "欧阳娜娜", count=2)
        built.world.parts.follower.step()
        yield built


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look[0]} {look[1]} {look[2]}")
def test_every_state_of_it_is_sound_and_usable_by_all(wood: Forest, look):
    width, language, scheme = look
    how = {"viewport": {"width": width, "height": 900}, "locale": language}
    key = wood.key(Role.REGULATOR)
    page = wood.visit("/explore", key, color_scheme=scheme, **how)
    page.language, page.complaints = language, []
    for state in STATES:
        page.goto(state)
        is_sound(page)
        found = Axe().run(page)
        assert found.response["violations"] == [], f"{state}: {found.generate_report()}"
    page.context.close()


def test_from_the_map_to_a_record_to_the_ground_without_any_script(wood: Forest):
    page = wood.visit("/explore", wood.key(Role.REGULATOR), java_script_enabled=False)
    page.get_by_label("Province").select_option("150000")
    page.get_by_label("State").select_option("FINAL")
    page.get_by_role("button", name="Find records").click()
    rows = page.locator(".records tbody tr")
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    expect(rows).to_have_count(10)
    rows.first.locator("a").first.click()
    page.wait_for_url("**/c/*/provenance")
    page.context.close()


def test_a_mark_on_the_map_leads_to_its_province_and_on_to_its_lot(wood: Forest):
    page = wood.visit("/explore", wood.key(Role.REGULATOR))
    page.keyboard.press("Tab")
    page.locator("a.spot--disputed").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/explore?*")
    if "lot=" not in page.url:
        page.locator("a.spot--disputed").first.click()
        page.wait_for_url("**lot=*")
    assert LOT in page.locator(".records").inner_text()
    page.context.close()


def test_all_that_is_found_is_a_file_that_a_program_reads(wood: Forest):
    page = wood.visit(f"/explore?lot={LOT}&state=FINAL", wood.key(Role.AUDITOR))
    with page.expect_download() as download:
        page.get_by_role("link", name="JSONL").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    assert [json.loads(line)["serial"] for line in lines] == list(range(60))
    page.context.close()


def test_a_number_typed_in_leads_back_to_the_ground(wood: Forest):
    (number,) = wood.redeem("user-3", "王伟")
    page = wood.visit("/explore", wood.key(Role.REGULATOR))
    page.get_by_label("trace one certificate").fill(number.lower().replace("-", " "))
    page.get_by_role("button", name="Trace").click()
    page.wait_for_url(f"**/c/{number}/provenance")
    page.context.close()
