"""The holder's own copy: each part opens by itself, and betrays nothing of the other."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.domain.example import (
    ISSUER,
    KEY,
    METHOD,
    NOW,
    VECTORS,
    a_certificate,
    a_credential,
)
from treering.domain import own
from treering.domain.holder import HolderSecret, reference_hash
from treering.domain.own import Asked
from treering.domain.proof import BOTH, JCS, secured
from treering.errors import CredentialMalformed, NameRefused, NotTheHolder

SECRET = HolderSecret(b"\x07" * 32, reference_hash("user-1"))
PLAIN = a_certificate().record
RECORD = replace(PLAIN, holder=SECRET.commitment(PLAIN.tree_id))
ASKED = Asked(holder="user-1", name="张三", made_for="bank 42")


def a_copy(asked: Asked = ASKED, suites: tuple[str, ...] = (JCS,)) -> dict[str, Any]:
    """As its holder would send it."""
    statement, parts = own.drawn_up(RECORD, "张*", SECRET, asked)
    signed = secured(statement, method=METHOD, created=NOW, sign=KEY.sign, suites=suites)
    made: dict[str, Any] = json.loads(json.dumps(own.copy(a_credential(), signed, parts)))
    return made


def test_both_parts_open_and_are_signed_for_who_asked():
    copy = own.read(a_copy())
    assert own.is_stated(copy, RECORD, ISSUER)
    assert copy.made_for == "bank 42"
    assert own.opens_id(copy.opened["id"], RECORD)
    assert own.opens_name(copy)


def test_the_first_format_is_kept_and_opens_for_ever():
    kept = json.loads((VECTORS / "own_copy_1.json").read_text("utf-8"))
    copy = own.read(kept)
    assert own.is_stated(copy, RECORD, ISSUER)
    assert (own.opens_id(copy.opened["id"], RECORD), own.opens_name(copy)) == (True, True)
    assert kept == a_copy(), "what is made today has another format: keep a file of it, too"


@pytest.mark.parametrize("parts", [("id",), ("name",), ()])
def test_what_is_not_opened_is_not_in_the_copy(parts):
    made = a_copy(replace(ASKED, parts=parts))
    assert tuple(made["opened"]) == parts
    text = json.dumps(made, ensure_ascii=False)
    assert ("user-1" in text) is ("id" in parts)
    assert ("张三" in text) is ("name" in parts)
    assert (SECRET.opening(RECORD.tree_id).hex() in text) is ("id" in parts)
    assert (SECRET.name_salt(RECORD.tree_id).hex() in text) is ("name" in parts)


def test_a_holder_takes_a_part_out_of_his_copy_and_it_still_stands():
    made = a_copy()
    del made["opened"]["id"]
    copy = own.read(made)
    assert own.is_stated(copy, RECORD, ISSUER)
    assert own.opens_name(copy)


def test_without_a_name_none_is_opened():
    made = a_copy(Asked(holder="user-1"))
    assert list(made["opened"]) == ["id"]


def test_two_records_of_one_holder_have_names_that_cannot_be_linked():
    other = replace(RECORD, serial=RECORD.serial + 1)
    first, second = (own.drawn_up(r, "张*", SECRET, ASKED)[0] for r in (RECORD, other))
    assert first["nameDigest"] != second["nameDigest"]


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        (replace(ASKED, holder="user-2"), NotTheHolder),
        (replace(ASKED, holder=""), NotTheHolder),
        (replace(ASKED, name="李四"), NotTheHolder),
        (replace(ASKED, name="张三丰"), NotTheHolder),
        (replace(ASKED, name=""), NameRefused),
        (replace(ASKED, name="a\u202eb"), NameRefused),
    ],
)
def test_a_copy_for_anybody_else_is_refused(asked, refusal):
    with pytest.raises(refusal):
        own.drawn_up(RECORD, "张*", SECRET, asked)


def test_another_id_or_name_does_not_open_the_record():
    copy = own.read(a_copy())
    assert not own.opens_id(copy.opened["id"] | {"reference": "user-2"}, RECORD)
    for opening in ("", "zz", "0x00", "0x" + "00" * 32):
        assert not own.opens_id(copy.opened["id"] | {"opening": opening}, RECORD)
    for change in ({"name": "张四"}, {"name": ""}, {"name": "李四"}, {"salt": "0x" + "00" * 32}):
        other = {"name": copy.opened["name"] | change}
        assert not own.opens_name(replace(copy, opened=other))


def test_a_name_that_is_masked_otherwise_than_the_credential_shows_does_not_open_it():
    other = a_credential()
    other["credentialSubject"]["holderName"] = "李*"
    assert not own.opens_name(replace(own.read(a_copy()), credential=other))


def test_a_statement_of_another_record_word_or_key_is_none():
    copy = own.read(a_copy())
    assert not own.is_stated(copy, replace(RECORD, serial=9), ISSUER)
    for change in ({"madeFor": "bank 43"}, {"nameDigest": "0x00"}, {"record": "0x"}):
        changed = replace(copy, statement=copy.statement | change)
        assert not own.is_stated(changed, RECORD, ISSUER)
    (proof,) = copy.statement["proof"]
    for change in ({"verificationMethod": "did:web:x#z6Mk"}, {"proofValue": "0"}):
        changed = replace(copy, statement=copy.statement | {"proof": [proof | change]})
        assert not own.is_stated(changed, RECORD, ISSUER)


@pytest.mark.parametrize(
    "change",
    [
        {"opened": None},
        {"opened": {"age": {}}},
        {"opened": {"id": {"opening": "0x00"}}},
        {"opened": {"id": {"opening": 1, "reference": "user-1"}}},
        {"credential": []},
        {"statement": {}},
        {"more": 1},
    ],
)
def test_what_has_another_shape_is_no_copy(change):
    with pytest.raises(CredentialMalformed):
        own.read(a_copy() | change)


def test_a_statement_with_two_proofs_is_none():
    made = a_copy()
    made["statement"]["proof"] *= len(BOTH)
    with pytest.raises(CredentialMalformed):
        own.read(made)


def test_only_its_type_makes_a_copy():
    assert own.is_one(a_copy())
    assert not own.is_one(a_credential())


def test_the_credential_in_it_can_be_another_way_to_the_same():
    made = own.of_another(a_copy(), {"a": 1})
    assert (made["credential"], made["statement"]) == ({"a": 1}, a_copy()["statement"])
