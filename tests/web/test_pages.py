"""Pages as HTML: what stands on them, in both languages, without a browser."""

import re

import pytest
from lxml import html

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


def test_the_guide_for_strangers_is_served_as_it_stands(client, number):
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    assert tree.xpath("//main//a[@href='/verify-without-us.md']")
    answer = client.get("/verify-without-us.md")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("# Check a certificate without us")


def test_a_silent_chain_is_never_shown_as_invalid(client, world, number):
    world.silence()
    for path in (f"/c/{number}", "/lots", "/lots/ANT_FOREST-277", "/audit"):
        answer = client.get(path, headers=EN)
        assert answer.status_code == 200
        _, words = seen(answer)
        assert "invalid" not in words.replace("neither valid nor invalid", "")
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    assert tree.find(".//h1").text_content() == "Cannot be checked now"


def test_a_placeholder_is_shown_as_one(client, redeem):
    number = redeem(lot="ANT_FOREST-464")["numbers"][0]
    for path in (f"/c/{number}", "/lots", "/lots/ANT_FOREST-464"):
        assert "Placeholder figure" in seen(client.get(path, headers=EN))[1]
    published = client.get("/lots/ANT_FOREST-277", headers=EN).text
    heading = re.search("<h1>.*?</h1>", published, re.DOTALL)
    assert "laceholder" not in heading[0]


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


def test_every_state_has_words_of_its_own(client):
    for language in ("zh", "en"):
        texts = catalogue(language)
        words = {texts[f"state.{state}"] for state in State}
        says = {texts[f"state.{state}.says"] for state in State}
        assert len(words) == len(says) == 8
