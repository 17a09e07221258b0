"""Programmes and their keys, remembered for a moment and no longer."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text

from tests.flow.conftest import WISH
from treering.domain.role import Role, Scope
from treering.errors import ScopeNeeded
from treering.flow.parts import Parts
from treering.flow.redeeming.tenants import REMEMBERED_SECONDS, Tenants
from treering.store import api_keys

MANY = 101  # more than one answer's worth


class Seconds:
    passed = 0.0

    def __call__(self) -> float:
        return self.passed


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def tenants(engine, vault, example, seconds) -> Tenants:
    return Tenants(engine, vault, seconds)


def test_a_key_is_remembered_for_a_moment(tenants, example, seconds):
    key = example.api_key("ANT_FOREST")
    assert tenants.remembered(key, Scope.REDEEM) is None
    assert tenants.of_key(key, Scope.REDEEM).code == "ANT_FOREST"
    seconds.passed = REMEMBERED_SECONDS - 0.1
    assert tenants.remembered(key, Scope.REDEEM).code == "ANT_FOREST"
    seconds.passed = REMEMBERED_SECONDS
    assert tenants.remembered(key, Scope.REDEEM) is None


def test_a_revoked_key_is_forgotten_by_whoever_asks_again(tenants, example, engine):
    key = example.api_key("ANT_FOREST")
    tenants.of_key(key, Scope.REDEEM)
    with engine.begin() as connection:
        connection.execute(text("UPDATE api_keys SET revoked_at = :at"), {"at": datetime.now(UTC)})
    assert tenants.of_key(key, Scope.REDEEM) is None
    assert tenants.remembered(key, Scope.REDEEM) is None


def test_a_key_that_was_made_for_one_thing_opens_it_and_nothing_else_remembered_or_not(
    tenants, engine
):
    now, only = datetime.now(UTC), [Scope.REDEEM]
    with engine.begin() as connection:
        api_keys.add(connection, "shop", now, Role.PROGRAMME, programme="GFOREST", scopes=only)
    for scope in set(Scope) - set(only):
        with pytest.raises(ScopeNeeded, match=f"for: {scope}; yours is for: redeem"):
            tenants.of_key("shop", scope)
    assert tenants.of_key("shop", Scope.REDEEM).code == "GFOREST"
    assert tenants.remembered("shop", Scope.REDEEM).code == "GFOREST"
    with pytest.raises(ScopeNeeded):
        tenants.remembered("shop", Scope.HOLDERS)


@pytest.mark.parametrize("key", [None, "", "tr_wrong"])
def test_what_is_no_key_is_never_remembered(tenants, key):
    assert tenants.of_key(key, Scope.REDEEM) is None
    assert tenants.remembered(key, Scope.REDEEM) is None


def test_programmes_are_looked_up_once_by_their_numbers(tenants, engine):
    assert tenants.numbered(77) is None
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *rest: asked.append(rest))
    assert (tenants.numbered(1).code, tenants.numbered(2).code) == ("ANT_FOREST", "GFOREST")
    assert asked == []


@pytest.mark.anyio
@pytest.mark.parametrize("count", [1, MANY])
async def test_a_redemption_has_a_number_for_each_unit_however_many(parts: Parts, count):
    service = parts.service
    key = parts.example.api_key("ANT_FOREST")
    assert service.remembered(key, Scope.REDEEM) is None
    programme = service.authenticate(key, Scope.REDEEM)
    assert service.remembered(key, Scope.REDEEM) == programme
    made = await service.redeem(programme, "a", replace(WISH, count=count))
    assert len(set(made.numbers)) == count
    assert service.redemption(programme, made.redemption.id).numbers == made.numbers


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
