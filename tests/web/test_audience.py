"""Deny by default: every route says whom it opens to, and opens to nobody else."""

import re
from pathlib import Path
from typing import Annotated, Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.testclient import TestClient

from tests.fakes.services import API_KEY, FakeServices
from tests.web.conftest import BASE_URL
from treering.domain.role import Person, Role, Scope
from treering.errors import AudienceMissing
from treering.web import access_page
from treering.web.access import (
    TheAuditor,
    TheExchanger,
    TheOverseer,
    TheRedeemer,
    TheServices,
    opened_to,
)
from treering.web.app import create_app
from treering.web.audience import EVERYBODY, OpenRouter, audiences, scopes

DOCUMENT = Path(__file__).parents[2] / "docs/access.md"
APP = create_app(FakeServices(BASE_URL), base_url=BASE_URL)
CLIENT = TestClient(APP, raise_server_exceptions=False, follow_redirects=False)
KEYS = {
    Role.PROGRAMME: API_KEY,
    Role.OPERATOR: "op_test",
    Role.REGULATOR: "re_test",
    Role.AUDITOR: "au_test",
    Role.INSPECTOR: "in_test",
}
# TR310 says that a key is no programme's, TR351 that one is missing, TR352 that it is another's,
# TR368 that it was not made for this.
DENIED = {"TR310", "TR351", "TR352", "TR368"}
ROUTES = audiences(APP)


def is_denied(method: str, path: str, key: str | None) -> bool:
    """Whether a request with this key is turned away for its sender alone."""
    somewhere = re.sub(r"\{[^}]+\}", "00000000-0000-0000-0000-000000000000", path)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    answer = CLIENT.request(method, somewhere, headers=headers)
    if method == "HEAD":
        return answer.status_code in (401, 403)
    is_problem = "problem+json" in answer.headers.get("content-type", "")
    return is_problem and answer.json()["code"] in DENIED


def bare() -> FastAPI:
    return FastAPI(openapi_url=None, docs_url=None, redoc_url=None)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_route_opens_to_the_roles_that_it_names_and_denies_all_others(role):
    found = {each: is_denied(*each, KEYS.get(role)) for each in ROUTES}
    wanted = {each: opened != EVERYBODY and role not in opened for each, opened in ROUTES.items()}
    assert {each for each in ROUTES if found[each] != wanted[each]} == set()
    assert any(wanted.values())
    assert not all(wanted.values())


@pytest.mark.parametrize("scope", Scope)
def test_a_programmes_key_for_one_scope_opens_its_routes_and_no_others(scope):
    needed = {each: found for each, found in scopes(APP).items() if found}
    assert {each for each, roles in ROUTES.items() if Role.PROGRAMME in roles} == set(needed)
    assert set(needed.values()) == set(Scope)
    opened = {each for each in needed if not is_denied(*each, f"tr_test_{scope}")}
    assert opened == {each for each, found in needed.items() if found is scope}


def test_a_programmes_route_without_a_scope_or_with_two_is_refused():
    app = bare()
    router = APIRouter()
    anything: Any = Annotated[Person, Depends(opened_to(Role.PROGRAMME))]

    @router.get("/anything")
    def show_anything(person: anything) -> None: ...

    app.include_router(router)
    with pytest.raises(AudienceMissing, match="/anything"):
        scopes(app)
    app, router = bare(), APIRouter()

    @router.get("/both")
    def show_both(one: TheExchanger, other: TheRedeemer) -> None: ...

    app.include_router(router)
    with pytest.raises(AudienceMissing, match="/both"):
        scopes(app)


def test_a_key_that_opens_nothing_opens_no_door_of_any_role():
    closed = [each for each, opened in ROUTES.items() if opened != EVERYBODY]
    assert [each for each in closed if not is_denied(*each, "guessed")] == []


def test_a_route_that_does_not_say_whom_it_opens_to_is_refused():
    app = bare()
    router = APIRouter()
    router.get("/secrets")(lambda: "all of them")
    app.include_router(router)
    with pytest.raises(AudienceMissing, match="/secrets"):
        audiences(app)


def test_so_is_whatever_else_is_hung_into_the_application():
    app = bare()
    app.mount("/files", lambda scope, receive, send: None)
    with pytest.raises(AudienceMissing, match="/files"):
        audiences(app)


def test_a_role_that_is_named_closes_a_route_of_an_open_router_and_two_close_it_twice():
    app = bare()
    router = OpenRouter()

    @router.get("/open")
    def show_open(services: TheServices) -> None: ...

    @router.get("/closed")
    def show_closed(person: TheAuditor) -> None: ...

    @router.get("/twice")
    def show_twice(person: TheAuditor, again: TheOverseer) -> None: ...

    app.include_router(router)
    found = {path: opened for (_, path), opened in audiences(app).items()}
    auditor = frozenset({Role.AUDITOR})
    assert found == {"/open": EVERYBODY, "/closed": auditor, "/twice": auditor}


def test_the_table_in_the_documents_is_the_one_of_the_routes():
    assert DOCUMENT.read_text("utf-8") == access_page.written()
    assert all(f" {path}`" in access_page.written() for _, path in ROUTES)


def test_the_table_is_written_by_a_command(tmp_path):
    assert access_page.main([str(tmp_path / "access.md")]) == 0
    assert (tmp_path / "access.md").read_text("utf-8") == access_page.written()
