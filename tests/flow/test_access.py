"""A key opens its role to whoever shows it, while it lives."""

from datetime import timedelta

import pytest

from treering.domain.role import Credentials, Person, Role
from treering.errors import NotAuthenticated
from treering.flow.access import Gatehouse
from treering.store import api_keys

KEY = "treering_re_1"


@pytest.fixture
def gatehouse(engine, clock) -> Gatehouse:
    return Gatehouse(engine, clock)


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


def test_a_key_that_the_porter_let_in_is_an_operators_until_it_is_revoked(parts):
    parts.porter.admit("op_1")
    assert parts.service.access.person(Credentials("op_1")).role is Role.OPERATOR
    assert parts.porter.revoke("op_1")
    with pytest.raises(NotAuthenticated):
        parts.service.access.person(Credentials("op_1"))
