"""The state of the registry's mirror, for whoever watches over the whole."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.registry import ORIGIN, issued
from tests.web.conftest import FAKE

pytestmark = FAKE
KEY = {"Authorization": "Bearer re_test"}


@pytest.mark.parametrize("path", ["/v1/mirror", "/mirror"])
def test_it_opens_to_those_who_watch_over_the_whole_alone(client, world, path):
    assert client.get(path).status_code == 401
    for key in (world.api_key, "in_test"):
        assert client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code == 403
    for key in ("re_test", "au_test", "op_test"):
        assert client.get(path, headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_head_age_entries_sources_contradictions_and_disputes_are_told(client):
    said = client.get("/v1/mirror", headers=KEY).json()

    (head,) = said["mirrors"]
    assert (head["feed"], head["entries"], head["root"]) == (ORIGIN, 2, "0x" + "07" * 32)
    assert (head["age_seconds"], head["stale"]) == (3 * 3600, False)
    assert head["note"].startswith(ORIGIN)
    (source,) = said["sources"]
    assert (source["state"], source["code"]) == ("refused", "TR701")
    assert source["last_good_at"] < source["looked_at"]
    first, settled = said["contradictions"]
    assert (first["lots"], first["settled_at"]) == ([1 << 32 | 277], None)
    assert first["held_note"].startswith(ORIGIN)
    assert settled["settled_because"] == "a slip"
    (dispute,) = said["disputes"]
    assert (said["disputed"], dispute["certificate"]) == (1, "0x" + issued(1).certificate.hex())
    assert (dispute["says"], dispute["other_says"]) == (issued(1, 1).raw.decode(), None)


def test_an_age_is_kept_by_nobody(client):
    assert client.get("/v1/mirror", headers=KEY).headers["cache-control"] == "no-store"


def test_an_earlier_day_has_the_heads_that_were_held_then(client):
    assert client.get("/v1/mirror?at=2025-03-11", headers=KEY).json()["mirrors"] == []
    said = client.get("/v1/mirror?at=2025-03-12", headers=KEY).json()
    assert (said["at"][:10], len(said["mirrors"])) == ("2025-03-12", 1)
    assert client.get("/v1/mirror?at=yesterday", headers=KEY).status_code == 422
    assert (
        "Nothing was mirrored then"
        in client.get("/mirror?at=2025-03-11&lang=en", headers=KEY).text
    )


def test_a_regulators_page_tells_the_same_in_words_and_nothing_that_was_said_is_markup(client):
    said = client.get("/mirror?lang=en", headers=KEY).text

    assert ORIGIN in said
    assert "broke the protocol" in said
    assert "&lt;i&gt;not&lt;/i&gt;" in said
    assert "two roots for 2 entries" in said
    assert "a slip" in said
    assert "Too old to lean on" not in said


def test_a_mirror_that_is_too_old_is_said_to_be(client, world):
    mirrors = world.services.mirrors
    mirrors.now = replace(mirrors.now, moment=mirrors.now.moment + timedelta(days=2))

    assert client.get("/v1/mirror", headers=KEY).json()["mirrors"][0]["stale"] is True
    assert "Too old to lean on" in client.get("/mirror?lang=en", headers=KEY).text


def test_where_no_registry_is_followed_nothing_is_held_and_nothing_disputed(client, world):
    mirrors = world.services.mirrors
    mirrors.now = replace(
        mirrors.now, heads=(), sources=(), contradictions=(), disputes=(), disputed=0
    )

    said = client.get("/v1/mirror", headers=KEY).json()
    assert [said["mirrors"], said["sources"], said["contradictions"]] == [[], [], []]
    assert (said["disputes"], said["disputed"]) == ([], 0)
    assert "no registry is followed" in client.get("/mirror?lang=en", headers=KEY).text


def test_the_list_of_differences_leads_to_it(client):
    assert 'href="/mirror' in client.get("/differences", headers=KEY).text
