"""Pages as HTML: what stands on them, in both languages, without a browser."""

import re

import pytest
from lxml import html

from tests.web.conftest import FAKE
from tests.web.test_certificates import loose, swapped
from treering.domain.number import parse
from treering.domain.verification import State
from treering.web.texts import catalogue

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
ZH = {**HTML, "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"}
EN = {**HTML, "Accept-Language": "en-GB,en;q=0.9"}
PAGES = ["/", "/verify", "/lots", "/lots/ANT_FOREST-277", "/audit", "/errors"]


def seen(answer):
    """The page's tree, and its words with single spaces."""
    tree = html.fromstring(answer.text)
    return tree, " ".join(tree.find(".//main").text_content().split())


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("spoken", "lang"), [(ZH, "zh-Hans"), (EN, "en")])
def test_each_page_speaks_the_browsers_language(client, number, path, spoken, lang):
    answer = client.get(path, headers=spoken)
    assert answer.status_code == 200
    tree, words = seen(answer)
    assert tree.get("lang") == lang
    assert bool(re.search(r"[\u4e00-\u9fff]{4}", words)) is (lang == "zh-Hans")
    assert tree.xpath("count(//h1)") == 1
    assert "Accept-Language" in answer.headers["vary"]


@pytest.mark.parametrize("path", [*PAGES, "/c/{number}"])
def test_the_language_can_be_switched_and_stays(client, number, path):
    tree, _ = seen(client.get(path.format(number=number), headers=EN))
    (switch,) = tree.xpath("//a[@rel='alternate']")
    other, _ = seen(client.get(switch.get("href"), headers=EN))
    assert other.get("lang") == "zh-Hans"
    assert all("lang=zh" in a.get("href") for a in other.xpath("//nav/a[not(@rel)]"))


@pytest.mark.parametrize(
    ("accept", "lang"),
    [
        ("", "en"),
        ("fr", "en"),
        ("zh", "zh-Hans"),
        ("zh-TW;q=0.3,en;q=0.2", "zh-Hans"),
        ("zh;q=0.2, en;q=0.9", "en"),
        ("de, zh;q=0.5", "zh-Hans"),
        ("zh;q=x", "en"),
        ("zh;q=nan", "en"),
        ("zh;q=0", "en"),
    ],
)
def test_languages_are_weighed_as_http_says(client, accept, lang):
    assert seen(client.get("/", headers={"Accept-Language": accept}))[0].get("lang") == lang


def test_a_final_certificate_shows_who_what_where_and_when(client, number):
    tree, words = seen(client.get(f"/c/{number}", headers=ZH))

    assert tree.find(".//h1").text_content() == "已最终确认"
    for part in ("植树证书", "梭梭", "Saxaul", "Haloxylon ammodendron", "张**", "内蒙古"):
        assert part in words
    for part in ("2019", "ANT_FOREST-277", "阿拉善左旗277号林", "Ant Forest", "2026-04-22"):
        assert part in words
    assert number in words.replace(" ", "")
    assert "张三丰" not in words
    assert tree.xpath("//a[@href='/lots/ANT_FOREST-277']")


def test_it_shows_its_way_and_the_source_of_each_step(client, number):
    tree, words = seen(client.get(f"/c/{number}", headers=EN))
    steps = [h.text_content().split() for h in tree.xpath("//ol[@class='timeline']//h3")]
    assert [(step[0], step[-1]) for step in steps] == [
        ("Redeemed", "done"),
        ("Minted", "done"),
        ("Final", "done"),
        ("Planted", "done"),
        ("Accepted", "done"),
        ("Surveyed", "waiting"),
    ]
    assert len(re.findall(r"[Bb]lock [1-9]\d*\b", words)) >= 3
    assert "A third-party body whose name was not published" in words


def test_it_shows_eight_numbered_checks_with_evidence(client, number):
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    checks = tree.xpath("//ol[@class='checks']/li")
    assert [check.get("value") for check in checks] == list("12345678")
    assert all("valid" in check.find(".//h3").text_content() for check in checks)
    assert all(check.find(".//details") is not None for check in checks)
    assert "synthetic twin" in checks[7].text_content()


def test_it_tells_how_to_check_without_us(client, world, number):
    _, words = seen(client.get(f"/c/{number}", headers=EN))
    network = world.services.network()
    command = f"treering verify https://treering.example/c/{number} --contract {network.contract}"
    assert command in words
    assert str(network.chain_id) in words


def test_the_guide_for_strangers_is_served_as_it_stands(client, number):
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    assert tree.xpath("//main//a[@href='/verify-without-us.md']")
    answer = client.get("/verify-without-us.md")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("# Check a certificate without us")


def test_until_it_is_final_each_step_says_what_it_waits_for(client, world, redeem):
    number = redeem(lot="ANT_FOREST-805")["numbers"][0]
    waits = (
        (world.seal, "Waits to be put into the lot's next batch"),
        (world.mine, "sealed and waits for a block"),
        (world.settle, "Waits until its block can no longer be undone"),
    )
    for step, said in waits:
        answer = client.get(f"/c/{number}", headers=EN)
        tree, words = seen(answer)
        assert tree.find(".//h1").text_content() == "Not final yet"
        assert said in words
        assert "Planting year 2024, as the lot says on the chain" in words
        assert "Waits for an independent inspector's word" in words
        assert answer.headers["cache-control"] == "no-store"
        step()
    assert seen(client.get(f"/c/{number}", headers=EN))[0].find(".//h1").text_content() == "Final"


def test_a_revoked_certificate_says_so_first(client, world, number):
    world.revoke(number)
    tree, words = seen(client.get(f"/c/{number}", headers=EN))
    assert tree.find(".//h1").text_content() == "Revoked"
    assert "NOT_PLANTED" in words
    banner = " ".join(tree.xpath("//div[contains(@class,'state--REVOKED')]")[0].itertext())
    assert "It was not planted" in banner
    assert re.search(r"On 20\d\d-\d\d-\d\d, by the chain", banner)
    assert "those ever minted keeps it" in banner


def test_a_replaced_certificate_leads_to_its_successor_and_back(client, world, number, redeem):
    successor = redeem(holder="user-2")["numbers"][0]
    world.settle()
    world.replace(number, successor)
    old, _ = seen(client.get(f"/c/{number}?lang=en"))
    assert old.find(".//h1").text_content() == "Replaced"
    (there, *_) = old.xpath(f"//a[starts-with(@href, '/c/{successor}')]")
    assert "Open the certificate that stands now" in there.text_content()
    new, _ = seen(client.get(there.get("href")))
    assert new.find(".//h1").text_content() == "Final"
    assert new.xpath(f"//main//a[@href='/c/{number}?lang=en']")


@FAKE  # the contract lets a record be replaced within its programme only
def test_a_successor_that_is_not_ours_is_named_but_not_linked(client, world, number):
    world.services.books.replaced[parse(number).tree] = 7
    _, words = seen(client.get(f"/c/{number}", headers=EN))
    assert "belongs to another programme" in words


def test_a_holder_who_withdrew_is_named_as_such_and_still_counts(client, world, number):
    world.withdraw("user-1")
    tree, words = seen(client.get(f"/c/{number}", headers=EN))
    assert tree.find(".//h1").text_content() == "Final"
    assert "a holder who withdrew" in words
    assert "still counts" in words
    assert "张" not in words
    assert client.get(f"/v1/certificates/{number}.pdf").status_code == 200


def test_the_map_marks_the_province_and_nothing_finer(client, number):
    tree, words = seen(client.get(f"/c/{number}", headers=EN))
    (drawn,) = tree.xpath("//figure[@class='map']/svg")
    assert drawn.get("aria-label").endswith("Inner Mongolia")
    assert drawn.xpath("count(.//circle)") == 5
    assert "where in it the lot lies is not published" in words


def test_a_silent_chain_is_never_shown_as_invalid(client, world, number):
    world.silence()
    for path in (f"/c/{number}", "/lots", "/lots/ANT_FOREST-277", "/audit"):
        answer = client.get(path, headers=EN)
        assert answer.status_code == 200
        _, words = seen(answer)
        assert "invalid" not in words.replace("neither valid nor invalid", "")
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    assert tree.find(".//h1").text_content() == "Cannot be checked now"


@pytest.mark.parametrize("lot", ["ANT_FOREST-100001", "ANT_FOREST-100002"])
def test_what_is_no_tree_is_never_called_one(client, world, redeem, lot):
    number = redeem(lot=lot)["numbers"][0]
    world.settle()
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    card = tree.find(".//article").text_content()
    assert "One tree" not in card
    assert "Tree certificate" not in card
    assert "never counted as a tree" in card


def test_a_placeholder_is_shown_as_one(client, redeem):
    number = redeem(lot="ANT_FOREST-464")["numbers"][0]
    for path in (f"/c/{number}", "/lots", "/lots/ANT_FOREST-464"):
        assert "Placeholder figure" in seen(client.get(path, headers=EN))[1]
    published = client.get("/lots/ANT_FOREST-277", headers=EN).text
    heading = re.search("<h1>.*?</h1>", published, re.DOTALL)
    assert "laceholder" not in heading[0]


def test_a_number_as_people_write_it_leads_to_its_page(client, number):
    answer = client.get(f"/c/{loose(number)}?lang=zh")
    assert (answer.status_code, answer.headers["location"]) == (308, f"/c/{number}?lang=zh")
    answer = client.get("/verify", params={"number": f"  {loose(number)} "})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/c/{number}")


def test_a_mistyped_number_says_so_and_can_be_corrected(client, number):
    wrong = swapped(number)
    answer = client.get(f"/c/{wrong}", headers=EN)
    tree, words = seen(answer)
    assert answer.status_code == 404
    assert tree.find(".//h1").text_content() == "Not found"
    assert "character" in words
    assert tree.xpath("//input[@name='number']")[0].get("value") == wrong

    answer = client.get("/verify", params={"number": wrong}, headers=EN)
    assert answer.status_code == 422
    assert "a character is wrong" in seen(answer)[1]


def test_a_number_never_issued_is_told_apart_from_a_mistype(client):
    _, words = seen(client.get(f"/c/TR-{'-'.join(['0000'] * 7)}", headers=EN))
    assert "we never issued it" in words


@pytest.mark.parametrize(
    "name",
    ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=HYPERLINK(1)", "&lt;"],
)
def test_a_hostile_name_is_shown_as_text(client, redeem, name):
    number = redeem(name=name)["numbers"][0]
    tree, words = seen(client.get(f"/c/{number}", headers=EN))
    assert not tree.xpath("//main//script | //*[@onerror]")
    assert f"{name[0]}***" in words


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", '"onmouseover=x', "{{7*7}}", "%00"])
def test_a_hostile_address_is_shown_as_text(client, text):
    for answer in (
        client.get(f"/c/{text}", headers=EN),
        client.get("/verify", params={"number": text, "lang": text}, headers=EN),
        client.get(f"/lots/{text}", headers=EN),
    ):
        assert answer.status_code in (404, 422)
        tree = html.fromstring(answer.text)
        assert not tree.xpath("//script[not(starts-with(@src, '/static/'))] | //*[@onmouseover]")
        assert "49" not in answer.text.replace("--", "")


@pytest.mark.parametrize("field", ["document", "file"])
def test_a_credential_can_be_pasted_or_chosen_without_any_script(client, number, field):
    text = client.get(f"/v1/certificates/{number}").text
    if field == "file":
        answer = client.post(
            "/verify", files={"file": ("c.json", text)}, data={"document": ""}, headers=EN
        )
    else:
        answer = client.post("/verify", data={"document": text}, headers=EN)
    tree, words = seen(answer)
    assert answer.status_code == 200
    assert tree.find(".//h1").text_content() == "Final"
    assert number in words


def test_a_document_of_another_form_is_told_by_the_check_that_it_fails(client):
    answer = client.post("/verify", data={"document": "{}"}, headers=EN)
    tree, words = seen(answer)
    assert tree.find(".//h1").text_content() == "Altered"
    assert "This is not a Treering credential." in words


@pytest.mark.parametrize("text", ["", "nonsense", "[]", "</textarea><script>x</script>"])
def test_what_is_no_credential_comes_back_with_a_reason(client, text):
    answer = client.post("/verify", data={"document": text}, headers=EN)
    assert answer.status_code == 422
    tree, words = seen(answer)
    assert "not a Treering credential" in words
    assert (tree.find(".//textarea").text or "").strip() == text
    assert not tree.xpath("//script[not(starts-with(@src, '/static/'))]")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain", b"x"),
        ("multipart/form-data", b"x"),
        ("application/x-www-form-urlencoded", b"\xff"),
        ("application/x-www-form-urlencoded", b"&a=1" * 50),
    ],
)
def test_what_is_no_form_is_refused(client, content_type, body):
    answer = client.post("/verify", content=body, headers={"Content-Type": content_type})
    assert answer.status_code == 422


def test_problems_are_pages_for_a_browser(client):
    answer = client.get("/lots/ANT_FOREST-227", headers=ZH)
    assert answer.status_code == 404
    tree, words = seen(answer)
    assert tree.find(".//h1").text_content() == "没有这个地块。"
    assert "TR304" in words
    assert client.get("/nothing", headers=EN).status_code == 404
    assert client.put("/lots", headers=EN).status_code == 405


def test_the_audit_page_keeps_the_five_numbers_apart(client, world, redeem):
    redeem(count=3)
    world.settle()
    redeem(count=2)
    redeem(lot="ANT_FOREST-100001", count=7)
    tree, words = seen(client.get("/audit", headers=EN))
    rows = [
        [cell.text_content() for cell in row.xpath("./*")] for row in tree.xpath("//table")[0][1]
    ]
    assert rows[0] == ["Trees", "5", "3", "3", "3", "3"]
    assert rows[2] == ["Square metres", "7", "0", "0", "0", "0"]
    contract = world.services.network().contract
    assert f"treering audit --rpc https://YOUR-NODE --contract {contract}" in words


def test_pages_answer_to_head(client, number):
    for path in (*PAGES, f"/c/{number}"):
        answer = client.head(path, headers=EN)
        assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
def test_a_form_without_names_holds_no_credential(client, kind):
    body = b"--x\r\nContent-Disposition: form-data\r\n\r\n{}\r\n--x--\r\n"
    answer = client.post("/verify", content=body, headers={**EN, "Content-Type": kind})
    assert answer.status_code == 422


def test_every_state_has_words_of_its_own(client):
    for language in ("zh", "en"):
        texts = catalogue(language)
        words = {texts[f"state.{state}"] for state in State}
        says = {texts[f"state.{state}.says"] for state in State}
        assert len(words) == len(says) == 8
