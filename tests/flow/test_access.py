"""A key opens its role to whoever shows it, while it lives."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from treering.domain.role import Credentials, Person, Role, Scope
from treering.errors import NotAuthenticated
from treering.flow.admitting.access import Gatehouse
from treering.flow.admitting.sign_in import Reception
from treering.flow.redeeming.tenants import Tenants
from treering.store import api_keys

KEY = "treering_re_1"


@pytest.fixture
def gatehouse(engine, clock, vault) -> Gatehouse:
    return Gatehouse(engine, clock, Reception(engine, vault, clock, "https://trees.example"))


@pytest.fixture
def tenants(engine, vault, clock) -> Tenants:
    return Tenants(engine, vault, lambda: 0.0, clock)


def test_nobody_is_nobody(gatehouse):
    assert gatehouse.person(Credentials()) is None


def test_a_key_is_its_role_its_provinces_and_its_mark(gatehouse, engine, clock):
    with engine.begin() as connection:
        api_keys.add(connection, KEY, clock(), Role.REGULATOR, provinces=["150000"])
    person = gatehouse.person(Credentials(KEY))
    assert (person.role, person.provinces) == (Role.REGULATOR, frozenset({"150000"}))
    assert KEY not in person.label


def test_a_programmes_key_is_the_programme(gatehouse, example):
    person = gatehouse.person(Credentials(example.api_key("GFOREST")))
    assert (person.role, person.programme) == (Role.PROGRAMME, "GFOREST")


def test_a_key_that_ended_was_revoked_or_never_was_is_nobodys(gatehouse, engine, clock):
    with engine.begin() as connection:
        for key in ("ended", "revoked"):
            api_keys.add(connection, key, clock(), Role.AUDITOR)
        api_keys.ends(connection, api_keys.hash_of("ended"), clock() + timedelta(seconds=1))
        assert api_keys.revoke(connection, api_keys.hash_of("revoked"), clock())
    assert isinstance(gatehouse.person(Credentials("ended")), Person)
    clock.now += timedelta(seconds=1)
    for key in ("ended", "revoked", "never"):
        with pytest.raises(NotAuthenticated):
            gatehouse.person(Credentials(key))


def test_that_a_key_is_used_is_written_down_to_the_hour(
    gatehouse, engine, clock, tenants, example
):
    def last_used() -> list[datetime]:
        with engine.connect() as connection:
            return [key.last_used_at for key in api_keys.every(connection) if key.last_used_at]

    key, first = example.api_key("GFOREST"), clock()
    gatehouse.person(Credentials(key))
    clock.pass_by(timedelta(minutes=59))
    tenants.of_key(key, Scope.REDEEM)
    assert last_used() == [first]
    clock.pass_by(timedelta(minutes=2))
    tenants.of_key(key, Scope.REDEEM)
    assert last_used() == [clock()]


def test_a_database_that_takes_no_writes_keeps_nobody_out(gatehouse, engine, example):
    with engine.begin() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_read_only = on"))
    engine.dispose()
    assert gatehouse.person(Credentials(example.api_key("GFOREST"))).programme == "GFOREST"
