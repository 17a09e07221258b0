"""What offices, regulators and operators come to do."""

from axe_playwright_python.sync_playwright import Axe

from tests.e2e.forest import LOT
from tests.e2e.tasks.conftest import Scene
from treering.domain.role import Role


def test_county_bureau_sees_every_plot_claimed_in_its_county_and_what_is_disputed(scene: Scene):
    key = scene.forest.key(Role.REGULATOR, "150000")
    page = scene.visit("/explore", key=key)
    rows = page.locator("section[aria-labelledby=lots] tbody tr")
    assert rows.count() == 3
    page.locator("a[href$='#disputes']").first.click()
    page.locator(".dispute blockquote").first.wait_for()
    page.context.close()
    exact = scene.ask("GET", f"/v1/lots/{LOT}/site", key).json()
    assert exact["geometry"]["type"] in ("Polygon", "MultiPolygon")


def test_regulator_traces_ground_to_certificates_and_a_certificate_to_its_ground(scene: Scene):
    page = scene.visit(f"/explore?lot={LOT}&state=FINAL", key=scene.forest.key(Role.REGULATOR))
    page.locator(".records tbody a").first.click()
    page.wait_for_url("**/provenance")
    page.locator("ol.trace").wait_for()
    told = page.locator("main").inner_text()
    for word in ("Alxa", "China Green Foundation"):
        assert word in told
    assert Axe().run(page).response["violations"] == []
    page.context.close()


def test_provincial_office_reads_rules_by_date_and_what_an_act_counts_as(scene: Scene):
    assert scene.ask("GET", "/v1/rules?on=2016-06-01").json()["rules"] == []
    where = "/v1/rules/reading?adcode=110105&eligible=true&form=F1&unit=M2_ROOF_OR_WALL&quantity=3"
    assert scene.ask("GET", where).json()["trees"] == 3


def test_provincial_office_learns_how_many_fulfilled_without_names(scene: Scene):
    told = scene.words("/statistics", key=scene.forest.key(Role.REGULATOR, "150000"))
    assert "张" not in told
    assert scene.ask("GET", "/v1/statistics/fulfilment").json()["code"] == "TR506"


def test_national_office_lists_what_does_not_agree_with_its_reasons(scene: Scene):
    page = scene.visit("/audit", key=scene.forest.key(Role.REGULATOR))
    page.get_by_role("link", name="Listed:").click()
    page.wait_for_url("**/differences*")
    assert page.get_by_role("heading", level=1).inner_text() == "Differences"
    page.context.close()


def test_data_regulator_is_shown_that_nothing_personal_is_in_a_record(scene: Scene):
    page = scene.visit(f"/audit/lots/{LOT}/0")
    word = page.locator("main dd code").first.inner_text()
    assert len(word) == 66
    assert page.locator("ol.proof li").count() >= 1
    page.context.close()
    found = scene.ask(
        "POST",
        "/v1/provenance:search",
        scene.forest.key(Role.REGULATOR),
        json={"lot": LOT},
    )
    assert "张" not in found.text


def test_a_regulator_of_one_province_learns_nothing_of_another(scene: Scene):
    key = scene.forest.key(Role.REGULATOR, "620000")
    for path in ("/v1/provinces/150000/holders", f"/v1/lots/{LOT}/site"):
        assert scene.ask("GET", path, key).json()["code"] == "TR353"
    assert "Inner Mongolia" not in scene.words("/explore?all=1", key=key)


def test_operator_sees_what_waits_and_why_at_one_look(scene: Scene):
    told = scene.words("/operator", key=scene.forest.key(Role.OPERATOR))
    assert "ANT_FOREST" in told
    page = scene.visit("/me", key=scene.forest.key(Role.OPERATOR))
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("link", name="Operations").click()
    page.wait_for_url("**/operator")
    page.context.close()


def test_fraud_desk_finds_that_numbers_cannot_be_walked(scene: Scene):
    number = scene.numbers["user"][0]
    last = number[-1]
    for other in "0123456789ABCDEFGHJKMNPQRSTVWXYZ".replace(last, "")[:12]:
        assert scene.ask("GET", f"/v1/certificates/{number[:-1]}{other}").status_code == 404


def test_fraud_desk_finds_a_look_alike_code_of_another_host_refused(scene: Scene):
    page = scene.visit("/verify")
    page.locator("#document").fill(f"https://treer1ng.example/c/{scene.numbers['user'][0]}")
    with page.expect_navigation():
        page.locator("form[method=post] button").click()
    assert "Final" not in page.get_by_role("heading", level=1).inner_text()
    page.context.close()
