"""The auditor's console: every figure leads down to records and their proofs."""

import re

import pytest
from lxml import html

from tests.web.test_pages import EN, ZH, seen
from treering.domain.console import GROUPINGS
from treering.domain.merkle import root_from
from treering.errors import ChainUnavailable


def test_every_sum_has_a_chart_with_a_table_beside_it(client, number):
    tree, words = seen(client.get("/audit", headers=EN))

    for grouping in GROUPINGS:
        section = tree.xpath(f"//section[@aria-labelledby='by-{grouping}']")[0]
        rows = section.xpath(".//tbody/tr")
        assert len(section.xpath(".//svg[@role='img']//*[local-name()='rect']")) == len(rows) > 0
        assert section.xpath("string(.//svg/@aria-label)")
    assert "By species" in words
    assert "minter 1" in words


def test_a_figure_leads_to_its_lots_their_batches_and_a_records_proof(client, number):
    tree, _ = seen(client.get("/audit", headers=EN))
    by_year = tree.xpath("//section[@aria-labelledby='by-year']//a/@href")[0]
    filtered, words = seen(client.get(by_year, headers=EN))
    assert "Only the lots of" in words
    everything = tree.xpath("//section[@aria-labelledby='lots']//tbody/tr")
    some = filtered.xpath("//section[@aria-labelledby='lots']//tbody/tr")
    assert 0 < len(some) < len(everything)

    batches, _ = seen(client.get("/audit/lots/ANT_FOREST-277", headers=EN))
    link = batches.xpath("//tbody//th/a/@href")[0]
    record, _ = seen(client.get(link, headers=EN))
    word, root = (
        bytes.fromhex(record.xpath(f"string(//dl/div[{n}]/dd)").strip()[2:]) for n in (1, 4)
    )
    steps = [bytes.fromhex(s[2:]) for s in record.xpath("//ol[@class='proof']//code/text()")]
    assert root_from(word, steps) == root


def test_a_filter_that_is_none_shows_all_lots(client):
    whole = client.get("/audit", headers=EN)
    odd = client.get("/audit?by=nothing&key=x", headers=EN)

    assert odd.status_code == 200
    count = "count(//section[@aria-labelledby='lots']//tbody/tr)"
    assert html.fromstring(odd.text).xpath(count) == html.fromstring(whole.text).xpath(count)


@pytest.mark.parametrize(
    "path",
    [
        "/audit/lots/NOWHERE-1",
        "/audit/lots/ANT_FOREST-277/99999999",
        "/audit/lots/NOWHERE-1/0",
    ],
)
def test_what_is_not_there_is_not_found(client, path):
    assert client.get(path, headers=EN).status_code == 404


@pytest.mark.parametrize("spoken", [EN, ZH])
def test_the_pages_below_speak_both_languages(client, number, spoken):
    for path in ("/audit/lots/ANT_FOREST-277", "/audit/lots/ANT_FOREST-277/0"):
        answer = client.get(path, headers=spoken)
        assert answer.status_code == 200
        _, words = seen(answer)
        assert bool(re.search(r"[\u4e00-\u9fff]{4}", words)) is (spoken is ZH)


def test_a_silent_chain_is_said_and_no_number_is_made_up(client, world):
    world.silence()

    _, words = seen(client.get("/audit", headers=EN))

    assert "the chain is silent" in words
    assert "not known now" in words


def test_a_serial_that_no_record_can_have_is_not_found(client):
    assert client.get("/audit/lots/ANT_FOREST-277/4294967296", headers=EN).status_code == 404


@pytest.mark.parametrize("world", ["real"], indirect=True)
def test_many_batches_come_in_pages_and_a_node_without_logs_leaves_a_gap(
    client, number, monkeypatch
):
    monkeypatch.setattr("treering.flow.showing.console.PAGE", 0)
    tree, _ = seen(client.get("/audit/lots/ANT_FOREST-277", headers=EN))
    assert tree.xpath("//a[@rel='next']/@href") == ["?after=0"]

    def silent(*_):
        raise ChainUnavailable("eth_getLogs")

    monkeypatch.setattr("treering.chain.ledger.LedgerAt.logs", silent)
    tree, _ = seen(client.get("/audit", headers=EN))
    changes = tree.xpath("//section[@aria-labelledby='changes']")[0]
    assert "not known now" in changes.text_content()
