"""The page of a certificate: what stands on it in each state, without a browser."""

import re

import pytest

from tests.web.conftest import FAKE
from tests.web.test_pages import EN, ZH, seen
from treering.domain.number import parse


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


def test_nobody_shows_it_again_without_asking_whether_it_is_still_so(client, world, number):
    for path in (f"/c/{number}", f"/v1/certificates/{number}/verification"):
        assert client.get(path).headers["cache-control"] == "public, no-cache"
    world.revoke(number)
    for path in (f"/c/{number}", f"/v1/certificates/{number}/verification"):
        assert client.get(path).headers["cache-control"] == "public, no-cache"


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


@pytest.mark.parametrize("lot", ["ANT_FOREST-100001", "ANT_FOREST-100002"])
def test_what_is_no_tree_is_never_called_one(client, world, redeem, lot):
    number = redeem(lot=lot)["numbers"][0]
    world.settle()
    tree, _ = seen(client.get(f"/c/{number}", headers=EN))
    card = tree.find(".//article").text_content()
    assert "One tree" not in card
    assert "Tree certificate" not in card
    assert "never counted as a tree" in card


@FAKE
def test_where_fewer_stand_than_were_promised_no_page_calls_each_of_them_planted(
    client, world, number, redeem
):
    redeem(holder="user-2")
    world.settle()
    world.services.books.accepted["ANT_FOREST-277"] = 1
    tree, words = seen(client.get(f"/c/{number}", headers=EN))
    steps = [h.text_content().split() for h in tree.xpath("//ol[@class='timeline']//h3")]
    assert ["Planted", "unknown"] in steps
    assert "1 of the lot's 2 stand planted; 1 wait, and no list says which" in words
    assert "1 on the whole lot, 1 fewer than certificates were minted" in words
    page, told = seen(client.get("/lots/ANT_FOREST-277", headers=EN))
    (banner,) = page.xpath("//*[@id='deficit']")
    assert "2 certificates were minted: 1 wait for a tree" in banner.text_content()
    assert "2 of 150,000; 0 left" in told
    assert client.get("/v1/lots/ANT_FOREST-277").json()["left"] == 0
    world.services.books.accepted["ANT_FOREST-277"] = 2
    page, told = seen(client.get("/lots/ANT_FOREST-277", headers=EN))
    assert page.xpath("//*[@id='deficit']") == []
