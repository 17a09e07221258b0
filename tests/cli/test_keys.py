"""treering keys: what is missing is made, operators are let in and shown the door."""

import io

import pytest

from tests.cli.conftest import Town
from treering.cli.keys import Doings, main
from treering.errors import OperatorOnly


@pytest.fixture
def doings(town: Town) -> Doings:
    parts = town.parts
    return Doings(parts.porter.make_keys, parts.porter.admit, parts.porter.revoke)


def test_making_keys_names_those_that_are_to_be_granted_their_role(town, doings, capsys):
    assert main(["make"], doings) == 0
    said = dict(line.split() for line in capsys.readouterr().out.splitlines())
    assert said["minter-GFOREST"] == town.parts.keys.account("minter-GFOREST").address
    assert said["issuer-GFOREST"] == town.parts.example.issuer_key("GFOREST").multikey


def test_an_operators_key_is_shown_once_and_opens_until_it_is_revoked(town, doings, capsys):
    assert main(["operator"], doings) == 0
    key = capsys.readouterr().out.strip()
    assert key.startswith("op_")
    town.parts.overseer.admit(key)
    assert main(["revoke"], doings, io.StringIO(key + "\n")) == 0
    with pytest.raises(OperatorOnly):
        town.parts.overseer.admit(key)
    assert main(["revoke"], doings, io.StringIO(key + "\n")) == 1
    assert "no living key" in capsys.readouterr().err


def test_revoking_reads_the_keyboard_where_nothing_else_is_given(doings, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("op_unknown\n"))
    assert main(["revoke"], doings) == 1
