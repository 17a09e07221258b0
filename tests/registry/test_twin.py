"""The synthetic twin over real HTTP: what it publishes, grants, refuses and keeps."""

import json
import os
from datetime import timedelta

import httpx
import pytest

from tests.fakes.registry import (
    KEY,
    PUBLIC,
    SUBMIT_KEY,
    Clock,
    Twin,
    apply,
    serving,
    withdraw,
)
from treering.domain import tiles
from treering.domain.fulfilment import commitment
from treering.domain.register import replay
from treering.domain.registry_head import opened
from treering.domain.registry_log import Frontier, proves_entry, proves_growth
from treering.errors import JournalUnusable
from treering.registry.twin import twin_app


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def twin(tmp_path, clock):
    return Twin(tmp_path / "twin", clock)


@pytest.fixture
def url(twin):
    with serving(twin.app) as address:
        yield address


def head(url):
    return opened(httpx.get(f"{url}/checkpoint").text, PUBLIC)


def raws(url, end=None):
    """The first entries of a small log, or all."""
    width = end or head(url).size
    answer = httpx.get(f"{url}/{tiles.path(None, 0, width)}")
    return tiles.unpacked(answer.content) if width else []


def test_an_application_is_granted_and_stands_in_the_log(twin, url):
    answer = apply(url, twin.application("one", 3, 1, 2))

    assert answer.status_code == 201
    assert answer.json()["number"] == "SYN-2024-150000-000001"
    certificate = commitment(bytes.fromhex("5a" * 32), "SYN-2024-150000-000001")
    assert answer.json() == answer.json() | {"certificate": certificate.hex(), "index": 0}
    found = replay(raws(url)).fulfilments[certificate]
    assert (found.entry.year, found.entry.trees, found.entry.synthetic) == (2024, (1, 2, 3), True)
    assert head(url).root == Frontier().appended(raws(url)).root


def test_the_same_application_gets_the_same_answer_and_another_of_its_name_does_not(twin, url):
    first = apply(url, twin.application("one", 1, 2, 3))
    again = apply(url, twin.application("one", 1, 2, 3))
    other = apply(url, twin.application("one", 4, 5, 6))

    assert (again.status_code, again.json()) == (200, first.json())
    assert (other.status_code, other.json()["code"]) == (409, "TR207")
    assert head(url).size == 1


def test_a_used_tree_is_not_granted_again_until_its_certificate_is_withdrawn(twin, url):
    first = apply(url, twin.application("one", 1, 2, 3)).json()
    refused = apply(url, twin.application("two", 3, 4, 5))
    assert (refused.status_code, refused.json()["code"]) == (409, "TR205")

    assert withdraw(url, first["certificate"]).json()["index"] == 1
    assert withdraw(url, first["certificate"]).json()["index"] == 1
    second = apply(url, twin.application("two", 3, 4, 5))
    assert (second.status_code, second.json()["number"]) == (201, "SYN-2024-150000-000002")
    assert len(replay(raws(url)).fulfilments) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"year": 2026},
        {"year": 1980},
        {"year": "2024"},
        {"adcode": "15000"},
        {"form": "F9"},
        {"trees": ["xyz"]},
        {"trees": ["00" * 12] * 2},
        {"trees": [f"{tree:024x}" for tree in range(101)]},
        {"salt": "5a"},
        {"application": ""},
        {"application": "a b"},
        {"application": "x" * 20_000},
        {"name": "张三"},
    ],
)
def test_an_application_that_cannot_be_read_is_refused_with_a_reason(twin, url, changes):
    answer = apply(url, twin.application("one", 1, 2, 3, **changes))
    assert answer.status_code == 422
    assert answer.json()["detail"]
    assert head(url).size == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 10_000])
def test_what_is_no_application_is_refused(url, body):
    headers = {"authorization": f"Bearer {SUBMIT_KEY}"}
    assert httpx.post(f"{url}/applications", content=body, headers=headers).status_code == 422


def test_only_those_with_the_submit_key_may_apply_or_withdraw(twin, url):
    granted = apply(url, twin.application("one", 1, 2, 3)).json()
    assert apply(url, twin.application("two", 4), key="guessed").status_code == 401
    assert withdraw(url, granted["certificate"], key="x").status_code == 401
    assert httpx.post(f"{url}/applications", json={}).status_code == 401
    assert head(url).size == 1


@pytest.mark.parametrize("certificate", ["00" * 32, "none"])
def test_an_unknown_certificate_cannot_be_withdrawn(url, certificate):
    assert withdraw(url, certificate).status_code == 404


def test_the_log_is_read_in_tiles_and_so_is_every_proof(twin, url):
    for number in range(5):
        apply(url, twin.application(f"n{number}", number))
    every = raws(url)

    def fetch(level, index, width):
        answer = httpx.get(f"{url}/{tiles.path(level, index, width)}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert "immutable" in answer.headers["cache-control"]
        return answer.content

    tree = tiles.TileTree(head(url), fetch)
    old, new = Frontier().appended(every[:2]).root, head(url)
    assert proves_growth(tree.consistency(2, 5), old=(2, old), new=(5, new.root))
    assert proves_entry(tree.inclusion(3, 5), every[3], 3, size=5, root=new.root)
    assert raws(url, 3) == every[:3]  # a partial tile of an earlier head


@pytest.mark.parametrize(
    "address",
    [
        "entries/000",
        "entries/000.p/2",
        "entries/000.p/0",
        "entries/0",
        "entries/x000/000",
        "0/001.p/1",
        "0/000.p/01",
        "1/000.p/1",
        "64/000",
        "x/000",
        "0/-01",
        "0/٠٠٠",
        "0/000/../000",
    ],
)
def test_a_tile_beyond_the_log_is_not_there(twin, url, address):
    apply(url, twin.application("one", 1))
    answer = httpx.get(f"{url}/tile/{address}")
    assert (answer.status_code, answer.json()["code"]) == (404, "TR215")
    assert httpx.get(f"{url}/tile/0/000.p/1").status_code == 200


def test_a_head_is_never_older_than_its_newest_entry(twin, url, clock):
    apply(url, twin.application("one", 1))
    issued_at = clock.now
    clock.passes(hours=-1)
    assert head(url).time == issued_at


def test_the_front_page_says_in_both_languages_that_this_is_not_the_registry(url):
    page = httpx.get(url)
    assert "这不是真实的全国义务植树登记系统" in page.text
    assert "This is not the real national registry" in page.text
    assert page.headers["content-security-policy"] == "default-src 'none'"


def test_everything_is_there_after_a_restart(twin, tmp_path):
    with serving(twin.app) as url:
        first = apply(url, twin.application("one", 1, 2, 3))
        before = head(url)
    with serving(Twin(tmp_path / "twin", Clock()).app) as url:
        again = apply(url, twin.application("one", 1, 2, 3))
        assert (again.status_code, again.json()) == (200, first.json())
        assert (head(url).size, head(url).root) == (1, before.root)
        assert apply(url, twin.application("two", 1)).status_code == 409
        second = apply(url, twin.application("three", 4)).json()
        assert second["number"] == "SYN-2024-150000-000002"


@pytest.mark.parametrize("torn", [1, 40, 200])
def test_a_torn_last_line_is_cut_off_and_said(twin, tmp_path, torn):
    with serving(twin.app) as url:
        apply(url, twin.application("one", 1, 2, 3))
        whole = head(url)
        apply(url, twin.application("two", 4, 5, 6))
    journal = tmp_path / "twin/journal.ndjson"
    os.truncate(journal, journal.stat().st_size - torn)

    opened_again = Twin(tmp_path / "twin", Clock())
    assert opened_again.app.state.journal.cut_bytes > 0
    with serving(opened_again.app) as url:
        assert (head(url).size, head(url).root) == (1, whole.root)
        assert apply(url, twin.application("two", 4, 5, 6)).json()["index"] == 1
    with serving(Twin(tmp_path / "twin", Clock()).app) as url:
        assert head(url).size == 2


@pytest.mark.parametrize("damage", [(b"issued", b"gone"), (b'"F1"', b'"F9"'), (b"{", b"")])
def test_a_damaged_journal_is_refused_by_line(twin, tmp_path, damage):
    with serving(twin.app) as url:
        apply(url, twin.application("one", 1))
    journal = tmp_path / "twin/journal.ndjson"
    journal.write_bytes(journal.read_bytes().replace(*damage, 1))
    with pytest.raises(JournalUnusable, match="line 1"):
        Twin(tmp_path / "twin")


def test_two_twins_never_share_a_folder(twin, tmp_path, clock):
    with pytest.raises(JournalUnusable, match="another process"):
        twin_app(tmp_path / "twin", KEY, clock, SUBMIT_KEY)


def test_what_the_disk_does_not_take_is_not_granted(twin, url, monkeypatch):
    apply(url, twin.application("one", 1))
    monkeypatch.setattr(os, "fsync", _full)
    refused = apply(url, twin.application("two", 2))
    monkeypatch.undo()

    assert (refused.status_code, refused.json()["code"]) == (503, "TR211")
    assert head(url).size == 1
    assert apply(url, twin.application("two", 2)).json()["index"] == 1
    journal = (twin.folder / "journal.ndjson").read_bytes().splitlines()
    assert [json.loads(line)["issued"]["application"] for line in journal] == ["one", "two"]


def test_nothing_is_written_behind_what_another_hand_left(twin, url):
    journal = twin.folder / "journal.ndjson"
    apply(url, twin.application("one", 1))
    before = journal.read_bytes()
    journal.write_bytes(before + b"half a l")
    assert apply(url, twin.application("two", 2)).status_code == 503
    journal.write_bytes(before)
    assert apply(url, twin.application("two", 2)).status_code == 201


def test_the_journal_keeps_what_the_log_must_not_tell(twin, url):
    number = apply(url, twin.application("one", 1)).json()["number"]
    assert number in (twin.folder / "journal.ndjson").read_text()
    published = b"".join(raws(url)) + httpx.get(f"{url}/checkpoint").content
    assert number.encode() not in published
    assert b"5a5a" not in published


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_every_head_is_signed_anew_with_its_time(twin, url, clock):
    before = head(url).time
    clock.passes(days=1)
    assert head(url).time - before == timedelta(days=1)
