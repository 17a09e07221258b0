"""What holders come to do: about their tree, their certificate, and what is kept of them."""

from dataclasses import replace

from tests.e2e.tasks.conftest import Scene
from treering.domain.role import Role
from treering.flow.admitting.keybook import CONSOLE, Terms
from treering.flow.caring.ombudsman import COOL_OFF


def test_is_it_genuine_and_current(scene: Scene):
    page = scene.visit("/")
    page.get_by_label("number").first.fill(scene.numbers["user"][0].lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**/c/*")
    assert page.get_by_role("heading", level=1).inner_text() == "Final"
    page.locator(".own--HOLDS").wait_for()  # this browser has checked it for itself
    page.context.close()
    assert "Revoked" in scene.words(f"/c/{scene.numbers['revoked'][0]}")


def test_where_is_my_tree_and_who_planted_it_when(scene: Scene):
    page = scene.visit(f"/c/{scene.numbers['user'][0]}")
    page.locator("article a[href^='/lots/']").click()
    page.wait_for_url("**/lots/*")
    told = page.locator("section.answer").inner_text()
    assert "Alxa" in page.title()
    for word in ("China Green Foundation", "2019"):
        assert word in told
    assert page.locator(".plot svg").is_visible()
    page.context.close()


def test_is_it_redeemed_or_planted(scene: Scene):
    waiting = scene.words(f"/c/{scene.numbers['waiting'][0]}")
    assert "Not final yet" in waiting
    final = scene.words(f"/c/{scene.numbers['user'][0]}")
    for word in ("Redeemed", "Planted"):
        assert word in final


def test_did_it_survive(scene: Scene):
    page = scene.visit(f"/c/{scene.numbers['user'][0]}")
    outcome = page.locator("[data-outcome]").first
    assert outcome.get_attribute("data-outcome") == "REPLANT"
    assert "68.0 % alive on 2020-10-14" in outcome.inner_text()
    page.context.close()


def test_apply_for_my_fulfilment_certificate_and_be_told_exactly_why_not(scene: Scene):
    asked = {"certificates": scene.numbers["user"], "adcode": "150000", "consented": True}
    key = {"Idempotency-Key": "too-young"}
    refused = scene.ask("POST", "/v1/exchanges", json=asked | {"eligible": False}, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "TR231")
    few = asked | {"eligible": True, "certificates": scene.numbers["user"][:2] * 2}
    key = {"Idempotency-Key": "too-few"}
    assert scene.ask("POST", "/v1/exchanges", json=few, headers=key).json()["code"] == "TR221"
    key = {"Idempotency-Key": "three"}
    taken = scene.ask("POST", "/v1/exchanges", json=asked | {"eligible": True}, headers=key)
    assert (taken.status_code, taken.json()["state"]) == (202, "applied")


def test_correct_my_name(scene: Scene):
    (number,) = scene.numbers["correct"]
    old = scene.ask("GET", f"/v1/certificates/{number}").json()
    asked = {"holder": "correct", "name": "李四"}
    assert scene.ask("POST", "/v1/holders:correct", json=asked).json() == {"records": 1}
    assert "李*" in scene.words(f"/c/{number}")
    codes = [f["code"] for f in scene.ask("POST", "/v1/verify", json=old).json()["findings"]]
    assert "NAME_CORRECTED" in codes


def test_delete_me_and_keep_the_tree(scene: Scene):
    (number,) = scene.numbers["delete"]
    before = scene.ask("GET", "/v1/counts").json()["counts"]
    scene.ask("POST", "/v1/holders:leave", json={"holder": "delete"})
    parts = scene.forest.world.parts
    terms = Terms(role=Role.PROGRAMME, programme="ANT_FOREST", purpose="steward")
    second = parts.keybook.issue(CONSOLE, terms)
    early = scene.ask("POST", "/v1/holders:erase", second, json={"holder": "delete"})
    assert early.json()["code"] == "TR366"
    holders = parts.service.holders
    late = replace(holders, clock=lambda: parts.clock() + COOL_OFF)
    object.__setattr__(parts.service, "holders", late)
    done = scene.ask("POST", "/v1/holders:erase", second, json={"holder": "delete"})
    object.__setattr__(parts.service, "holders", holders)

    assert done.json() == {"records": 1}
    told = scene.words(f"/c/{number}")
    assert "张" not in told
    assert "a holder who withdrew" in told
    after = scene.ask("GET", "/v1/counts").json()["counts"]
    assert [row["final"] for row in after] == [row["final"] for row in before]


def test_the_parent_of_a_child_of_twelve_has_the_name_hidden(scene: Scene):
    (number,) = scene.numbers["parent"]
    assert "张**" in scene.words(f"/c/{number}")
    said = {"holder": "parent", "consents": False, "by": "ab" * 32}
    assert scene.ask("POST", "/v1/holders:guardian", json=said).json() == {"consents": False}
    assert "张" not in scene.words(f"/c/{number}")
