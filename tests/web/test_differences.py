"""Differences on the web: for whoever watches over the whole, by province, as page and files."""

import csv
import io
import json
from base64 import urlsafe_b64encode
from dataclasses import replace
from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from tests.fakes.differences import made_run
from tests.web.conftest import FAKE
from tests.web.exporting import taken
from treering.domain.reconciliation import Reconciled, Run
from treering.web import exports

pytestmark = FAKE
FIRST = "/differences/00000000-0000-0000-0000-000000000003"
ELSEWHERE = "/differences/00000000-0000-0000-0000-000000000002"


def keyed(key: str = "re_test") -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def listed(client, query: str = "", key: str = "re_test") -> list[str]:
    answer = client.get(f"/v1/differences{query}", headers=keyed(key))
    assert answer.status_code == 200, answer.text
    return [each["subject"] for each in answer.json()["differences"]]


@pytest.mark.parametrize(
    "path", ["/v1/differences", "/v1/differences.csv", "/v1" + FIRST, "/differences", FIRST]
)
def test_they_open_to_those_who_watch_over_the_whole_alone(client, world, path):
    assert client.get(path).status_code == 401
    assert client.get(path, headers=keyed(world.api_key)).status_code == 403
    assert client.get(path, headers=keyed("in_test")).status_code == 403
    for key in ("re_test", "au_test", "op_test"):
        assert client.get(path, headers=keyed(key)).status_code == 200


def test_a_difference_tells_both_sides_its_age_its_owner_and_the_next_step(client):
    answer = client.get("/v1/differences", headers=keyed()).json()

    assert (answer["standing"], answer["why"], answer["next"]) == ("KNOWN", None, None)
    assert (answer["run"]["block"], answer["run"]["records"]) == (7, 6)
    first = answer["differences"][0]
    assert (first["kind"], first["case"]) == ("count_differs", "LOT_COUNT")
    assert (first["left"], first["left_says"]) == ("accepted", "=3+4")
    assert (first["right"], first["right_says"]) == ("chain", "4")
    assert (first["owner"], first["age_days"], first["province"]) == ("inspector", 3, "150000")
    assert first["next_en"].startswith("State the right count")
    assert first["next_zh"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["lot 1/3", "lot 1/2"]),
        ("?state=resolved", ["lot 1/1"]),
        ("?state=all", ["lot 1/3", "lot 1/2", "lot 1/1"]),
        ("?kind=root_differs", ["lot 1/2"]),
        ("?province=150000", ["lot 1/3"]),
        ("?programme=OCEAN_BUDDY", []),
        ("?min_age_days=3", ["lot 1/3"]),
        ("?kind=&state=open&programme=&province=&min_age_days=", ["lot 1/3", "lot 1/2"]),
    ],
)
def test_filters_narrow_what_is_listed(client, query, found):
    assert listed(client, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "?kind=unheard_of",
        "?state=x",
        "?min_age_days=-1",
        "?limit=0",
        "?after=x",
        "?after=eA",
        "?province=%00",
    ],
)
def test_a_filter_that_cannot_be_is_refused_as_a_problem(client, query):
    answer = client.get(f"/v1/differences{query}", headers=keyed())
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


def test_pages_follow_each_other_without_a_gap(client):
    first = client.get("/v1/differences?state=all&limit=2", headers=keyed()).json()
    after = first["next"]
    second = client.get(f"/v1/differences?state=all&limit=2&after={after}", headers=keyed()).json()

    subjects = [each["subject"] for each in first["differences"] + second["differences"]]
    assert subjects == ["lot 1/3", "lot 1/2", "lot 1/1"]
    assert second["next"] is None


def test_a_cursor_of_no_zone_is_refused(client):
    cursor = urlsafe_b64encode(b"2026-01-01T00:00:00 " + b"0" * 32).decode().rstrip("=")
    assert client.get(f"/v1/differences?after={cursor}", headers=keyed()).status_code == 422


def test_what_has_not_changed_is_not_sent_again(client):
    answer = client.get("/v1/differences", headers=keyed())
    tag = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/v1/differences", headers=keyed() | tag).status_code == 304
    assert client.get("/v1/differences?state=all", headers=keyed() | tag).status_code == 200


def test_as_many_files_as_a_process_makes_at_once_and_no_more(client):
    for _ in range(9):  # one after the other, each leaves its place
        assert client.get("/v1/differences.csv", headers=keyed()).status_code == 200
    with taken(exports.MOST):
        busy = client.get("/v1/differences.csv", headers=keyed())
    assert (busy.status_code, busy.json()["code"]) == (429, "TR363")


def test_a_regulator_of_a_province_is_told_no_sum_over_the_others(client):
    for key, found in (("re_test", 2), ("re_test_150000", 1)):
        answer = client.get("/v1/differences", headers=keyed(key)).json()
        assert answer["run"]["found"] == found


def test_a_regulator_of_a_province_sees_his_own_and_no_other(client):
    here = keyed("re_test_150000")
    assert listed(client, "?state=all", "re_test_150000") == ["lot 1/3", "lot 1/1"]
    assert client.get("/v1/differences?province=620000", headers=here).status_code == 403
    assert client.get("/v1" + FIRST, headers=here).status_code == 200
    assert client.get("/v1" + ELSEWHERE, headers=here).status_code == 404
    assert "lot 1/2" not in client.get("/v1/differences.csv", headers=here).text
    assert "lot 1/2" not in client.get("/differences?lang=en", headers=here).text


def test_one_difference_has_its_history(client):
    found = client.get("/v1" + FIRST, headers=keyed()).json()
    assert [turn["event"] for turn in found["history"]] == ["opened"]
    unknown = client.get(f"/v1/differences/{'0' * 32}", headers=keyed())
    assert (unknown.status_code, unknown.json()["code"]) == (404, "TR505")


def test_a_csv_has_no_cell_that_a_spreadsheet_would_run(client):
    answer = client.get("/v1/differences.csv", headers=keyed())
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["subject"] for row in rows] == ["lot 1/3", "lot 1/2"]
    assert {row["left_says"] for row in rows} == {"'=3+4"}


def test_json_lines_and_parquet_keep_every_value_as_it_is(client):
    lines = client.get("/v1/differences.jsonl", headers=keyed()).text.splitlines()
    table = pq.read_table(
        io.BytesIO(client.get("/v1/differences.parquet", headers=keyed()).content)
    )
    for rows in ([json.loads(line) for line in lines], table.to_pylist()):
        assert [row["subject"] for row in rows] == ["lot 1/3", "lot 1/2"]
        assert rows[0]["left_says"] == "=3+4"
        assert rows[0]["resolved_at"] is None
    assert client.get("/v1/differences.xlsx", headers=keyed()).status_code in (404, 422)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_tells_each_in_a_plain_sentence_with_its_next_step(client, language):
    page = client.get(f"/differences?lang={language}", headers=keyed())
    case = {"en": "State the right count on chain", "zh": "请由核查机构在链上提交更正声明"}
    assert case[language] in page.text
    assert f'href="{FIRST}' in page.text
    one = client.get(f"{FIRST}?lang={language}", headers=keyed()).text
    assert {"en": "found", "zh": "发现"}[language] in one
    assert "=3+4" in one


def test_the_page_keeps_the_filters_in_its_links_and_leads_on(client, world):
    differences = world.services.differences
    many = [replace(differences.all[0], id=differences.all[0].id)]
    many += [
        replace(
            differences.all[1],
            id=type(differences.all[1].id)(int=100 + number),
            opened_at=differences.all[1].opened_at + timedelta(seconds=number),
        )
        for number in range(120)
    ]
    differences.all = many
    text = client.get("/differences?lang=en&kind=root_differs", headers=keyed()).text
    assert 'href="/v1/differences.csv?kind=root_differs"' in text
    following = text.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0]
    last = client.get(following.replace("&amp;", "&"), headers=keyed()).text
    assert last.count('<th scope="row"') == 20


@pytest.mark.parametrize("language", ["zh", "en"])
def test_where_nothing_differs_it_says_so(client, world, language):
    world.services.differences.all = []
    text = client.get(f"/differences?lang={language}", headers=keyed()).text
    assert {"en": "All that was compared agrees.", "zh": "所比对内容全部一致。"}[language] in text


def failed() -> Run:
    made = made_run()
    return Run(id=2, started_at=made.started_at, ended_at=made.ended_at, failure="TR101 silent")


OLD = replace(made_run(), ended_at=made_run().ended_at - timedelta(days=2))


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (Reconciled(made=None, tried=None, open={}), "no reconciliation was made yet"),
        (Reconciled(made=made_run(), tried=failed(), open={}), "TR101 silent"),
        (Reconciled(made=OLD, tried=OLD, open={}), "the last reconciliation is of"),
    ],
)
def test_where_nothing_is_known_it_never_says_that_all_agrees(client, world, state, why):
    world.services.differences.state = state
    world.services.differences.all = []
    answer = client.get("/v1/differences", headers=keyed()).json()
    assert answer["standing"] == "UNKNOWN"
    assert why in answer["why"]
    page = client.get("/differences?lang=en", headers=keyed()).text
    assert "Not known now." in page
    assert "All that was compared agrees." not in page


def test_a_run_that_followed_a_registry_names_its_head(client, world):
    run = made_run()
    followed = replace(
        run.world, feed="log.example", head_size=63, head_root=b"\5" * 32, head_time=run.ended_at
    )
    made = replace(run, world=followed)
    world.services.differences.state = Reconciled(made=made, tried=made, open={})
    answer = client.get("/v1/differences", headers=keyed()).json()
    assert (answer["run"]["head_size"], answer["run"]["feed"]) == (63, "log.example")
    assert answer["run"]["head_root"] == "0x" + "05" * 32
    assert "05050505" in client.get("/differences?lang=en", headers=keyed()).text
