"""treering keys: what is missing is made; people and programmes are let in and shown the door."""

import io
import json
import re
from datetime import timedelta

import pytest

from tests.cli.conftest import Town
from treering.cli.keys import Doings, main
from treering.domain.api_key import PATTERN, hash_of
from treering.domain.api_key import mark as marked_by
from treering.domain.role import Credentials, Role, Scope
from treering.errors import (
    KeyNotFound,
    NotAuthenticated,
    ProgrammeNotFound,
    ProvinceNotFound,
    ScopeNeeded,
)


@pytest.fixture
def doings(town: Town) -> Doings:
    return Doings(town.parts.porter.make_keys, town.parts.keybook)


@pytest.fixture
def made(doings, capsys):
    """Runs the command; what it printed, a line."""

    def run(*argv: str) -> str:
        assert main(argv, doings) == 0
        return capsys.readouterr().out.strip()

    return run


@pytest.fixture
def listed(made):
    """The row of a key's mark."""

    def row(mark: str) -> dict:
        rows = [json.loads(line) for line in made("list").splitlines()]
        return next(each for each in rows if each["mark"] == mark)

    return row


def person(town: Town, key: str):
    return town.parts.service.access.person(Credentials(key))


def mark(town: Town, key: str) -> str:
    return person(town, key).label.removeprefix("key ")


def test_making_keys_names_those_that_are_to_be_granted_their_role(town, made):
    said = dict(line.split() for line in made("make").splitlines())
    assert said["minter-GFOREST"] == town.parts.keys.account("minter-GFOREST").address
    assert said["issuer-GFOREST"] == town.parts.example.issuer_key("GFOREST").multikey


@pytest.mark.parametrize("role", ["operator", "regulator", "auditor", "inspector"])
def test_a_key_of_a_role_is_shown_once_and_opens_until_it_is_revoked(town, doings, made, role):
    key = made(role)
    assert re.fullmatch(PATTERN, key)
    assert (person(town, key).role, person(town, key).provinces) == (Role(role), None)
    assert main(["revoke"], doings, io.StringIO(key + "\n")) == 0
    with pytest.raises(NotAuthenticated):
        person(town, key)


def test_a_key_that_is_revoked_twice_is_none(doings, made, capsys):
    key = made("auditor")
    assert main(["revoke"], doings, io.StringIO(key + "\n")) == 0
    assert main(["revoke"], doings, io.StringIO(key + "\n")) == 1
    assert "no living key" in capsys.readouterr().err


def test_a_regulators_key_is_of_the_provinces_that_are_named(town, made):
    key = made("regulator", "--province", "150000", "--province", "620000")
    assert person(town, key).provinces == {"150000", "620000"}


def test_a_province_that_is_not_there_gets_no_key(doings):
    with pytest.raises(ProvinceNotFound, match="999999"):
        main(["regulator", "--province", "999999"], doings)


def test_a_programme_that_is_not_there_gets_no_key(doings, capsys):
    with pytest.raises(ProgrammeNotFound):
        main(["programme", "NOBODY"], doings)
    assert capsys.readouterr().out == ""


def test_a_key_is_rotated_with_an_overlap_in_which_both_open_the_same(town, made, listed):
    old = made("programme", "GFOREST", "--purpose", "the shop")
    new = made("rotate", mark(town, old), "--overlap-days", "3")
    assert re.fullmatch(PATTERN, new)
    assert person(town, old).programme == person(town, new).programme == "GFOREST"
    assert listed(mark(town, new))["purpose"] == "the shop"
    assert listed(mark(town, new))["expires_at"] is None
    ended = listed(mark(town, old))["expires_at"]
    assert ended == (town.parts.clock() + timedelta(days=3)).isoformat(timespec="seconds")


def test_a_key_for_some_scopes_stays_for_these_when_it_is_rotated(town, made, listed):
    old = made("programme", "GFOREST", "--scope", "redeem", "--scope", "ground")
    new = made("rotate", mark(town, old))
    assert person(town, old).scopes == person(town, new).scopes == {Scope.REDEEM, Scope.GROUND}
    assert listed(mark(town, new))["scopes"] == ["ground", "redeem"]
    with pytest.raises(ScopeNeeded):
        town.parts.service.authenticate(new, Scope.HOLDERS)
    assert town.parts.service.authenticate(new, Scope.GROUND).code == "GFOREST"


def test_a_scope_that_is_none_gets_no_key(doings, capsys):
    with pytest.raises(SystemExit):
        main(["programme", "GFOREST", "--scope", "everything"], doings)
    assert capsys.readouterr().out == ""


def test_an_overlap_of_nothing_ends_the_old_key_at_once(town, made):
    old = made("auditor")
    made("rotate", mark(town, old), "--overlap-days", "0")
    with pytest.raises(NotAuthenticated):
        person(town, old)


def test_a_key_is_revoked_by_its_mark_and_listed_with_its_last_use_and_its_end(town, made, listed):
    key = made("inspector")
    marked = mark(town, key)
    assert listed(marked)["last_used_at"] is not None
    assert listed(marked)["revoked_at"] is None
    made("revoke", marked, "--why", "left")
    assert listed(marked)["revoked_at"] is not None
    assert key not in made("list")


@pytest.mark.parametrize("marked", ["", "ab", "%", "ffffffffffff"])
def test_a_mark_that_is_nobodys_or_too_short_takes_no_key(doings, marked):
    with pytest.raises(KeyNotFound):
        main(["rotate", marked], doings)


def test_each_of_these_acts_is_in_the_log_with_its_reason_and_without_the_key(town, made):
    key = made("auditor", "--why", "the yearly audit")
    new = made("rotate", mark(town, key), "--why", "quarter")
    made("revoke", mark(town, new), "--why", "done")
    told = [json.loads(line) for line in town.parts.chronicle.exported()][-3:]
    acts = ["key.issued", "key.rotated", "key.revoked"]
    assert [entry["act"] for entry in told] == acts
    assert told[0]["why"] == "the yearly audit"
    assert told[1]["why"] == f"by {marked_by(hash_of(new))}: quarter"
    assert {entry["who"] for entry in told} == {"console"}
    assert key not in json.dumps(told)


def test_revoking_reads_the_keyboard_where_nothing_else_is_given(doings, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("op_unknown\n"))
    assert main(["revoke"], doings) == 1
