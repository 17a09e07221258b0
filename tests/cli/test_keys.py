"""treering keys: what is missing is made, operators are let in and shown the door."""

import io

import pytest

from tests.cli.conftest import Town
from treering.cli.keys import Doings, main
from treering.domain.role import Credentials, Role
from treering.errors import NotAuthenticated, ProgrammeNotFound


@pytest.fixture
def doings(town: Town) -> Doings:
    parts = town.parts
    porter = parts.porter
    return Doings(porter.make_keys, porter.admit, porter.admit_programme, porter.revoke)


def test_making_keys_names_those_that_are_to_be_granted_their_role(town, doings, capsys):
    assert main(["make"], doings) == 0
    said = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert said["minter-GFOREST"] == town.parts.keys.account("minter-GFOREST").address
    assert said["issuer-GFOREST"] == town.parts.example.issuer_key("GFOREST").multikey


def test_an_operators_key_is_shown_once_and_opens_until_it_is_revoked(town, doings, capsys):
    assert main(["operator"], doings) == 0
    key = capsys.readouterr().out.strip()
    assert key.startswith("op_")
    given = Credentials(key)
    assert town.parts.service.access.person(given).role is Role.OPERATOR
    assert main(["revoke"], doings, io.StringIO(key + "\n")) == 0
    with pytest.raises(NotAuthenticated):
        town.parts.service.access.person(given)
    assert main(["revoke"], doings, io.StringIO(key + "\n")) == 1
    assert "no living key" in capsys.readouterr().err


def test_a_programme_may_have_a_new_key_beside_the_old_one_until_that_is_revoked(
    town, doings, capsys
):
    assert main(["programme", "GFOREST"], doings) == 0
    key = capsys.readouterr().out.strip()
    assert key.startswith("tr_")
    old = town.parts.example.api_key("GFOREST")
    tenants = [town.parts.tenants.of_key(living) for living in (old, key)]
    assert [tenant.code for tenant in tenants] == ["GFOREST"] * 2
    assert main(["revoke"], doings, io.StringIO(key + "\n")) == 0
    tenants = [town.parts.tenants.of_key(living) for living in (old, key)]
    assert [tenant and tenant.code for tenant in tenants] == ["GFOREST", None]


def test_a_programme_that_is_not_there_gets_no_key(doings, capsys):
    with pytest.raises(ProgrammeNotFound):
        main(["programme", "NOBODY"], doings)
    assert capsys.readouterr().out == ""


def test_revoking_reads_the_keyboard_where_nothing_else_is_given(doings, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("op_unknown\n"))
    assert main(["revoke"], doings) == 1
