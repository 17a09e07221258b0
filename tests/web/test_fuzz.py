"""Whatever is thrown at any route of the OpenAPI document, the answer is no fault of ours."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.fakes.services import API_KEY, FakeServices
from tests.web.conftest import BASE_URL
from treering.web.app import create_app

APP = create_app(FakeServices(BASE_URL), base_url=BASE_URL)
CLIENT = TestClient(APP, raise_server_exceptions=False, follow_redirects=False)
DOCUMENT = APP.openapi()
SLOWLY = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
PAGES = {"/", "/c/{number}", "/verify", "/lots", "/lots/{slug}", "/audit", "/errors"}
OPERATIONS = sorted(
    {(method, path) for path, found in DOCUMENT["paths"].items() for method in found}
    | {("get", path) for path in PAGES}
    | {("post", "/verify")}
)

words = st.text(min_size=1, max_size=60).filter(lambda text: text not in (".", ".."))
segments = words | st.sampled_from(
    ["ANT_FOREST-277", "ANT_FOREST", "TR-" + "-".join(["0000"] * 7)]
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
wishes = st.fixed_dictionaries(
    {"lot": st.just("ANT_FOREST-277") | words, "holder": words, "name": words},
    optional={
        "count": st.integers(-1, 5) | json_values,
        "unit": st.sampled_from(["TREE", "M2", "x"]) | json_values,
        "year": st.integers(1980, 2030) | json_values,
        "campaign": words | json_values,
        "redeemed_at": st.datetimes().map(lambda at: at.isoformat() + "Z") | json_values,
    },
)
documents = st.fixed_dictionaries(
    {},
    optional={
        "credentialSubject": json_values,
        "evidence": st.lists(json_values, max_size=2),
        "proof": json_values | st.fixed_dictionaries({"type": st.just("DataIntegrityProof")}),
    },
)
bodies = st.one_of(
    st.binary(max_size=300),
    (json_values | wishes | documents).map(lambda value: json.dumps(value).encode()),
    st.lists(wishes, max_size=4).map(lambda rows: "\n".join(map(json.dumps, rows)).encode()),
)
kinds = st.sampled_from(
    ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)


@given(data=st.data())
@settings(max_examples=400, deadline=None, suppress_health_check=SLOWLY)
def test_no_request_is_answered_with_a_fault(data):
    is_no_fault(CLIENT, API_KEY, data)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=SLOWLY)
def test_no_request_to_the_real_flow_is_answered_with_a_fault(real, data):
    app = create_app(real.services, base_url=BASE_URL)
    client = TestClient(app, raise_server_exceptions=False, follow_redirects=False)
    is_no_fault(client, real.api_key, data)


def is_no_fault(client, api_key, data):
    """A request drawn from `data` is answered, whatever it is."""
    method, path = data.draw(st.sampled_from(OPERATIONS))
    quoted = data.draw(segments)
    address = path
    for name in ("number", "slug", "code", "redemption_id", "exchange"):
        address = address.replace(f"{{{name}}}", _quoted(quoted))
    answer = client.request(
        method,
        address,
        content=data.draw(bodies),
        params=data.draw(st.dictionaries(st.sampled_from(["size", "number", "lang"]), words)),
        headers={
            "Authorization": f"Bearer {api_key}",
            "Idempotency-Key": str(data.draw(st.uuids())),
            "Content-Type": data.draw(kinds),
            "Accept": data.draw(st.sampled_from(["*/*", "text/html", "application/json"])),
        },
    )
    # A bundle that is still being made is no fault, whether it is said in a page or in JSON.
    in_a_moment = answer.status_code == 503 and "TR416" in answer.text
    assert answer.status_code < 500 or in_a_moment, (method, address, answer.text)
    if answer.headers.get("content-type") == "application/problem+json":
        assert answer.json()["status"] == answer.status_code


def _quoted(text):
    """Percent-encoded throughout, so that it stays one segment of the path."""
    return (
        "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "replace") if byte != 0x2F) or "-"
    )
