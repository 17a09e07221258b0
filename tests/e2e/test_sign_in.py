"""Signing in with a real provider, in a real browser: in, seen, out; and no session by a trick."""

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import create_engine

from tests.e2e.browser import browser, serving
from tests.fakes.services import FakeServices
from tests.ports import free_port
from tests.provider_kit import provider
from treering.flow.admitting.access import Gatehouse
from treering.flow.admitting.chronicle import Chronicle
from treering.flow.admitting.sign_in import Reception
from treering.store.clock import utc_now
from treering.store.migrate import migrate
from treering.store.vault import Vault
from treering.web.app import create_app


@dataclass
class Stage:
    browser: Browser
    here: str
    chronicle: Chronicle


@pytest.fixture
def stage(database_url: str) -> Iterator[Stage]:
    port = free_port()
    here = f"http://127.0.0.1:{port}"
    engine = create_engine(database_url)
    migrate(engine)
    services = FakeServices(here)
    with provider(here) as found, browser() as running:
        reception = Reception(engine, Vault(bytes(32)), utc_now, here, found)
        services.access = Gatehouse(engine, utc_now, reception)
        with serving(create_app(services, base_url=here), port):
            yield Stage(running, here, Chronicle(engine, utc_now))
    engine.dispose()


def sign_in(page: Page, stage: Stage, login: str) -> None:
    page.goto(f"{stage.here}/me?lang=en")
    page.locator("#main").get_by_role("link", name="Sign in").click()
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    page.locator("button[type=submit]").click()  # the provider asks whether he consents
    page.wait_for_url(f"{stage.here}/me*")


def test_an_operator_signs_in_sees_his_page_and_signs_out(stage: Stage):
    page = stage.browser.new_context(locale="en-US").new_page()
    sign_in(page, stage, "operator")
    assert "Operator" in page.content()
    assert page.goto(f"{stage.here}/operator").status == 200
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "treering-session"]
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    assert "treering" not in page.evaluate("document.cookie")
    page.goto(f"{stage.here}/me?lang=en")
    page.get_by_role("button", name="Sign out").click()
    assert page.request.get(f"{stage.here}/operator").status == 401
    assert stage.chronicle.verified().size == 1  # that he came in


def test_a_regulator_is_of_his_provinces_and_opens_no_operators_page(stage: Stage):
    page = stage.browser.new_context(locale="en-US").new_page()
    sign_in(page, stage, "regulator:150000")
    assert "Regulator" in page.content()
    assert "150000" in page.content()
    assert page.goto(f"{stage.here}/operator").status == 403
    assert page.goto(f"{stage.here}/v1/provinces/150000/holders").status == 200
    assert page.goto(f"{stage.here}/v1/provinces/620000/holders").status == 403


def test_somebody_without_a_role_of_ours_is_not_let_in(stage: Stage):
    page = stage.browser.new_context(locale="en-US").new_page()
    page.goto(f"{stage.here}/sign-in")
    page.locator("input[name=login]").fill("gardener")
    page.locator("input[name=password]").fill("any")
    page.locator("button[type=submit]").click()
    with page.expect_response(lambda answer: "/sign-in/back" in answer.url) as back:
        page.locator("button[type=submit]").click()
    assert back.value.status == 401
    assert page.request.get(f"{stage.here}/operator").status == 401


def test_another_sites_form_signs_nobody_out_and_its_answer_signs_nobody_in(stage: Stage):
    page = stage.browser.new_context(locale="en-US").new_page()
    sign_in(page, stage, "auditor")
    held = {one["name"]: one["value"] for one in page.context.cookies(stage.here)}
    foreign = {"Origin": "https://other.example"}
    for headers in ({}, foreign, {"Origin": "null", "Sec-Fetch-Site": "cross-site"}):
        httpx.post(f"{stage.here}/sign-out", cookies=held, headers=headers)
    page.reload()
    assert "Auditor" in page.content()
    given = httpx.get(f"{stage.here}/sign-in/back?state=x&code=y", cookies=held)
    assert given.status_code == 401
