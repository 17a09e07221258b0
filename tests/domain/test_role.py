"""Who asks, in what role, and of which provinces he may see more."""

import re

import pytest

from treering.domain.api_key import PATTERN, api_key, hash_of, mark
from treering.domain.role import Person, Role
from treering.errors import OutsideProvinces, RoleNeeded

INNER_MONGOLIA, GANSU = "150000", "620000"


def test_a_regulator_of_one_province_sees_no_other():
    regulator = Person(Role.REGULATOR, "key 1", frozenset({INNER_MONGOLIA}))
    regulator.insist_on(INNER_MONGOLIA)
    with pytest.raises(OutsideProvinces, match=GANSU) as refused:
        regulator.insist_on(GANSU)
    assert refused.value.province == GANSU


def test_one_without_provinces_sees_none_and_one_of_all_sees_each():
    assert not Person(Role.REGULATOR, "key 1", frozenset()).may_see(GANSU)
    assert Person(Role.REGULATOR, "key 1").may_see(GANSU)


def test_a_role_opens_what_names_it_and_nothing_else():
    auditor = Person(Role.AUDITOR, "key 1")
    auditor.insist_to_be(Role.REGULATOR, Role.AUDITOR)
    with pytest.raises(RoleNeeded, match="regulator; you are: auditor"):
        auditor.insist_to_be(Role.REGULATOR)


@pytest.mark.parametrize("role", Role)
def test_a_key_is_of_the_form_that_secret_scanners_look_for(role):
    key = api_key(role, bytes(range(32)))
    assert re.fullmatch(PATTERN, key)
    assert mark(hash_of(key)) not in key


def test_two_roles_make_two_keys_of_the_same_bytes():
    assert len({api_key(role, bytes(32)) for role in Role}) == len(Role)


def test_a_key_of_too_few_bytes_is_not_made():
    with pytest.raises(ValueError, match="32 bytes"):
        api_key(Role.OPERATOR, bytes(16))
