"""What auditors, inspectors, organisations and journalists come to do."""

import json
from datetime import datetime
from functools import partial
from io import StringIO
from pathlib import Path

import pytest

from tests import pictures
from tests.e2e.forest import LOT
from tests.e2e.tasks.conftest import Scene
from treering.cli import audit, bundle, verify
from treering.domain.role import Role
from treering.flow.verifying.bundle import bundled

PHOTO = "kind=PHOTO&caption_en=a&caption_zh=b&source=c"


def recounted(scene: Scene, *words: str) -> str:
    out = StringIO()
    parts = scene.forest.world.parts
    where = ["--rpc", parts.ledger.node.url, "--contract", parts.ledger.contract]
    assert audit.main([*where, *words], out, StringIO()) == 0
    return out.getvalue()


def test_auditor_counts_from_the_chain_alone_and_the_page_says_the_same(scene: Scene, tmp_path):
    recounted(scene, "--report", str(tmp_path / "report.json"))
    report = json.loads((tmp_path / "report.json").read_text())
    lines = [line for line in report["lots"] if line["unit"] == "TREE"]
    page = scene.visit("/audit?by=unit&key=TREE")
    cells = page.locator("section[aria-labelledby=five] tbody tr").first.locator("td")
    assert int(cells.last.inner_text()) == sum(line["minted"] for line in lines) == 7
    page.context.close()


def test_auditor_goes_from_a_figure_down_to_a_records_proof(scene: Scene):
    page = scene.visit("/audit", key=scene.forest.key(Role.AUDITOR))
    page.locator("section[aria-labelledby=by-year] tbody a", has_text="7").first.click()
    page.wait_for_url("**/audit?by=year*")
    page.locator("section[aria-labelledby=lots] tbody a", has_text="7").last.click()
    page.wait_for_url("**/audit/lots/*")
    page.locator("tbody th a").first.click()
    page.locator("#proof").wait_for()
    page.context.close()


def test_auditor_sees_role_changes_with_their_transactions(scene: Scene):
    page = scene.visit("/audit")
    rows = page.locator("section[aria-labelledby=changes] tbody tr")
    assert rows.count() > 10
    assert rows.first.locator("code").last.get_attribute("title").startswith("0x")
    page.context.close()


def test_auditor_sees_a_lot_whose_trees_died_by_the_rule_of_its_zone(scene: Scene):
    page = scene.visit("/audit")
    (row,) = page.locator("tr[data-kind=SURVIVAL]").all()
    for word in ("≥ 70%", "GB/T 15776", "68.0%", "To be replanted."):
        assert word in row.inner_text()
    page.context.close()


def test_inspector_sees_what_is_due_and_where_to_sign(scene: Scene):
    page = scene.visit("/me", key=scene.forest.key(Role.INSPECTOR))
    page.get_by_role("link", name="Inspect").first.click()
    page.wait_for_url("**/inspect")
    assert LOT in page.locator("section[aria-labelledby=due]").inner_text()
    page.context.close()


def test_ngo_is_told_the_other_plots_number_when_a_photo_was_used_elsewhere(scene: Scene):
    for lot, status in ((LOT, 201), ("ANT_FOREST-464", 409)):
        answer = scene.ask(
            "POST",
            f"/v1/lots/{lot}/evidence?{PHOTO}",
            content=pictures.jpeg(),
            headers={"Content-Type": "image/jpeg"},
        )
        assert answer.status_code == status, answer.text
    assert LOT in answer.json()["detail"]


def test_journalist_reads_forest_277_in_one_screen(scene: Scene):
    page = scene.visit(f"/lots/{LOT}", viewport={"width": 1440, "height": 900})
    told = page.locator("section.answer").inner_text()
    for word in ("China Green Foundation", "Ant Group", "2019-12", "150,000", "2021-09"):
        assert word in told
    page.context.close()


def test_journalist_learns_how_many_trees_as_of_when_and_what_trees_includes(scene: Scene):
    told = scene.words("/audit")
    assert "Only trees are trees" in told
    rows = {row["unit"]: row for row in scene.ask("GET", "/v1/counts").json()["counts"]}
    assert rows["TREE"]["counted"] == 7
    assert datetime.fromisoformat(rows["TREE"]["as_of"]).tzinfo


def test_brand_partner_finds_that_a_tree_is_counted_once(scene: Scene):
    key = scene.forest.key(Role.AUDITOR)
    found = scene.ask("POST", "/v1/provenance:search", key, json={"lot": LOT}).json()["items"]
    serials = [item["serial"] for item in found]
    assert serials == sorted(set(serials))


def test_a_school_checks_a_certificate_without_any_network(scene: Scene, tmp_path: Path):
    parts, out = scene.forest.world.parts, StringIO()
    known, brought = tmp_path / "all.bundle", tmp_path / "certificate.pdf"
    made = partial(bundled, parts.ledger, parts.keys)
    assert (
        bundle.main(
            ["--out", str(known)],
            lambda of, block, watch: made(programme=of, block=block, watch=watch),
            out,
            out,
        )
        == 0
    )
    brought.write_bytes(
        scene.ask("GET", f"/v1/certificates/{scene.numbers['user'][0]}.pdf").content
    )
    key = parts.example.issuer_key("ANT_FOREST").multikey
    words = ["--offline", "--bundle", str(known), str(brought), "--issuer-key", key]
    contract = ["--contract", parts.ledger.contract]
    defaults = verify.Defaults(scene.forest.base_url, None, None)
    assert verify.main([*words, *contract], pytest.fail, defaults, out) == 0
    assert "VALID" in out.getvalue()


@pytest.mark.parametrize("what", ["png", "svg"])
def test_a_park_gate_reads_no_more_from_the_code_than_it_needs(scene: Scene, what: str):
    code = scene.ask("GET", f"/v1/certificates/{scene.numbers['user'][0]}.{what}")
    assert code.status_code == 200
    assert "张".encode() not in code.content
