"""A crowd at the door: whoever is one too many is asked to come again."""

from starlette.testclient import TestClient

from tests.web.conftest import BASE_URL
from tests.web.test_redemptions import WISH, problem
from treering.flow.admission import Limits
from treering.web.app import create_app


def test_when_too_many_wait_whoever_comes_is_told_when_to_come_again(real, headers):
    real.services.admission.limits = Limits(all=0)
    client = TestClient(create_app(real.services, base_url=BASE_URL))
    given = {**headers, "Authorization": f"Bearer {real.api_key}"}
    answer = client.post("/v1/redemptions", json=WISH, headers=given)
    problem(answer, 429, "TR320")
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["cache-control"] == "no-store"


def test_an_answer_of_many_certificates_is_the_same_as_that_of_a_few(client, headers):
    answer = client.post("/v1/redemptions", json={**WISH, "count": 150}, headers=headers)
    assert answer.status_code == 201
    body = answer.json()
    assert len(set(body["numbers"])) == len(body["urls"]) == 150
    assert client.get(f"/v1/redemptions/{body['id']}", headers=headers).json() == body


def test_a_field_that_is_given_twice_is_refused(client, headers):
    for name in ('"count"', '"\\u0063ount"'):
        twice = f'{{"lot":"ANT_FOREST-277","holder":"a","name":"王伟","count":1,{name}:2}}'
        answer = client.post("/v1/redemptions", content=twice.encode(), headers=headers)
        assert problem(answer, 422, "TR312")["errors"][0]["field"] == "count"


def test_a_text_that_looks_like_fields_is_a_text(client, headers):
    wish = {**WISH, "holder": 'x"holder": "name": \\"lot\\":', "campaign": '"lot":"lot":'}
    assert client.post("/v1/redemptions", json=wish, headers=headers).status_code == 201
