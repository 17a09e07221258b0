"""A holder's own copy, from the books to a verifier who has no more than a node."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.flow.test_evidence import KEY
from treering.domain.own import Asked
from treering.domain.verdict import state
from treering.domain.verification import Check, Report, State, Verdict
from treering.errors import CertificateNotFound, NotTheHolder
from treering.flow.caring.withdraw import Farewell
from treering.flow.parts import Parts
from treering.flow.verifying.bystander import bystander

ASKED = Asked(holder="user-1", name="张三", made_for="bank 42")


@pytest.fixture
def copy(parts: Parts, numbers: list[str]) -> dict[str, Any]:
    return parts.service.own_copy_now(numbers[1], ASKED)


def seen(parts: Parts, copy: dict[str, Any]) -> Report:
    """By a stranger with a node."""
    content = json.dumps(copy).encode()
    return bystander(content, rpc_url=parts.ledger.node.url, contract=parts.ledger.contract)


def told(report: Report) -> list[str]:
    return [f"{f.code} {f.detail}" for f in report.findings if f.check is Check.HOLDER]


def test_a_stranger_with_a_node_sees_whose_it_is(parts: Parts, numbers, copy):
    report = seen(parts, copy)
    assert (report.number, report.verdict) == (numbers[1], Verdict.VALID)
    assert told(report) == [
        "HOLDER_STATED_OK bank 42",
        "HOLDER_ID_OK user-1",
        "HOLDER_NAME_OK 张三",
    ]


def test_the_parts_are_opened_apart(parts: Parts, numbers):
    for part, said in (("id", "HOLDER_ID_OK user-1"), ("name", "HOLDER_NAME_OK 张三")):
        made = parts.service.own_copy_now(numbers[1], replace(ASKED, parts=(part,)))
        assert told(seen(parts, made)) == ["HOLDER_STATED_OK bank 42", said]


def test_the_credential_in_it_is_the_public_one(parts: Parts, numbers, copy):
    assert copy["credential"] == parts.service.credential(numbers[1])


def test_openings_of_another_record_of_the_same_holder_do_not_fit(parts: Parts, numbers, copy):
    other = parts.service.own_copy_now(numbers[0], ASKED)
    for part in ("id", "name"):
        mixed = copy | {"opened": {part: other["opened"][part]}}
        assert told(seen(parts, mixed))[1].startswith("HOLDER_DIFFERS")
        assert state(seen(parts, mixed)) is State.ALTERED
    assert told(seen(parts, copy | {"statement": other["statement"]})) == ["HOLDER_UNSIGNED "]


def test_a_forged_credential_opens_nothing(parts: Parts, copy):
    forged = json.loads(json.dumps(copy))
    forged["credential"]["credentialSubject"]["holderName"] = "李*"
    report = seen(parts, forged)
    assert "HOLDER_UNSIGNED " in told(report)
    assert state(report) is State.ALTERED


def test_a_copy_of_another_shape_is_told_and_no_error(parts: Parts, copy):
    for change in ({"opened": 1}, {"credential": {}}):
        report = seen(parts, copy | change)
        assert [finding.code for finding in report.findings] == ["DOCUMENT_MALFORMED"]


def test_only_the_holder_is_given_one(parts: Parts, numbers):
    for asked in (replace(ASKED, holder="user-2"), replace(ASKED, name="李四")):
        with pytest.raises(NotTheHolder):
            parts.service.own_copy_now(numbers[1], asked)


def test_another_programme_does_not_learn_that_it_exists(parts: Parts, numbers):
    made = parts.service.own_copy(KEY, numbers[1], ASKED)
    assert made["type"] == "TreeringOwnCopy"
    with pytest.raises(CertificateNotFound):
        parts.service.own_copy(replace(KEY, programme="GFOREST"), numbers[1], ASKED)


def test_a_holder_who_withdrew_gets_none_and_his_code_still_leads_to_the_certificate(
    parts: Parts, numbers
):
    Farewell(parts.engine, parts.vault).withdraw("ANT_FOREST", "user-1")
    with pytest.raises(NotTheHolder):
        parts.service.own_copy_now(numbers[1], ASKED)
    scanned = parts.service.examine(parts.service.address(numbers[1]).encode())
    assert (scanned.number, scanned.verdict) == (numbers[1], Verdict.VALID)


def test_a_copy_from_before_the_holder_withdrew_is_in_his_own_hands(parts: Parts, copy):
    Farewell(parts.engine, parts.vault).withdraw("ANT_FOREST", "user-1")
    assert seen(parts, copy).verdict is Verdict.VALID
