"""The one state that a person sees, from the codes that the checks found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.example import NOW
from treering.domain.codes import CODES
from treering.domain.verdict import NO_CERTIFICATE, against, state
from treering.domain.verification import Check, Finding, Report, State, Verdict

GOOD = "NUMBER_OK SIGNATURE_OK DOCUMENT_OK PROOF_OK ROOT_OK RECORD_OK LOT_OK NOT_EXCHANGED".split()


def report(*codes: str) -> Report:
    return Report("", tuple(Finding(CODES[c].check, CODES[c].verdict, c, "", NOW) for c in codes))


def instead(**by_check: str) -> Report:
    """A good report but for these checks."""
    codes = [by_check.get(str(CODES[good].check), good) for good in GOOD]
    return report(*codes)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (report(*GOOD), State.FINAL),
        (instead(lot="LOT_IN_DEFICIT"), State.FINAL),
        (instead(registry="EXCHANGE_OK"), State.FINAL),
        (report("NUMBER_OK", "NOT_MINTED"), State.PENDING),
        (instead(root="ROOT_PENDING"), State.PENDING),
        (instead(root="ROOT_PENDING", registry="EXCHANGE_UNCHECKED"), State.PENDING),
        (instead(record="RECORD_REVOKED"), State.REVOKED),
        (instead(record="RECORD_REPLACED"), State.REPLACED),
        (instead(record="RECORD_REVOKED", registry="EXCHANGE_UNCHECKED"), State.REVOKED),
        (instead(record="RECORD_REVOKED", root="ROOT_PENDING"), State.REVOKED),
        (instead(root="WRONG_NETWORK"), State.WRONG_NETWORK),
        (instead(root="WRONG_NETWORK", signature="SIGNATURE_UNCHECKED"), State.WRONG_NETWORK),
        (report(), State.CANNOT_CHECK_NOW),
        (instead(root="ROOT_UNCHECKED"), State.CANNOT_CHECK_NOW),
        (instead(signature="SIGNATURE_UNCHECKED"), State.CANNOT_CHECK_NOW),
        (instead(registry="EXCHANGE_UNCHECKED"), State.CANNOT_CHECK_NOW),
        (instead(registry="EXCHANGE_WITHDRAWN"), State.FINAL),
        (instead(registry="EXCHANGE_UNKNOWN"), State.FINAL),
        (instead(registry="EXCHANGE_DIFFERS"), State.FINAL),
        (instead(root="ROOT_PENDING", registry="EXCHANGE_DIFFERS"), State.PENDING),
        (instead(record="RECORD_REVOKED", registry="EXCHANGE_WITHDRAWN"), State.REVOKED),
        (instead(signature="SIGNATURE_BROKEN", registry="EXCHANGE_WITHDRAWN"), State.ALTERED),
        (report("EXCHANGE_WITHDRAWN"), State.CANNOT_CHECK_NOW),
        (report("DOCUMENT_MALFORMED"), State.ALTERED),
        (instead(document="NAME_CORRECTED"), State.REPLACED),
        (instead(document="NAME_CORRECTED", record="RECORD_REVOKED"), State.REVOKED),
    ],
)
def test_each_outcome_has_its_state(found, expected):
    assert state(found) is expected


OTHER_INVALID = sorted(
    code.code
    for code in CODES.values()
    if code.verdict is Verdict.INVALID
    and code.code not in {"RECORD_REVOKED", "RECORD_REPLACED", "NAME_CORRECTED", "WRONG_NETWORK"}
    and code.check is not Check.REGISTRY
)


@pytest.mark.parametrize("code", OTHER_INVALID)
def test_whatever_else_is_invalid_is_altered_even_if_its_record_is_also_revoked(code):
    alone = State.NOT_FOUND if code in NO_CERTIFICATE else State.ALTERED
    assert state(report(code)) is alone
    assert state(report(code, "RECORD_REVOKED")) is State.ALTERED
    assert state(report("RECORD_REPLACED", code, "ROOT_PENDING")) is State.ALTERED


@pytest.mark.parametrize("code", ["KEY_NOT_LISTED", "KEY_NOT_OF_ITS_TIME"])
def test_our_chain_cannot_judge_the_keys_of_another(code):
    assert state(instead(signature=code, root="WRONG_NETWORK")) is State.WRONG_NETWORK


@pytest.mark.parametrize(
    "code", ["SIGNATURE_BROKEN", "NUMBER_MISTYPED", "DOCUMENT_DIFFERS", "PROOF_BROKEN"]
)
def test_a_forgery_does_not_hide_behind_another_network(code):
    """Otherwise whoever alters a credential only has to alter its chain id too."""
    assert state(report(code, "WRONG_NETWORK")) is State.ALTERED


def test_a_file_of_anybodys_holds_no_certificate_that_could_have_been_altered():
    assert {"BADGE_EMPTY", "PDF_EMPTY"} == NO_CERTIFICATE
    for code in NO_CERTIFICATE:
        assert CODES[code].verdict is Verdict.INVALID
    for code in ("BADGE_BROKEN", "PDF_STRIPPED"):
        assert state(report(code)) is State.ALTERED


SOUND = {State.FINAL, State.PENDING, State.CANNOT_CHECK_NOW}


@given(st.lists(st.sampled_from(sorted(CODES)), unique=True))
def test_a_state_never_speaks_against_the_verdict(codes):
    """What is said of an exchange alone leaves the certificate as it is (0080)."""
    seen = state(report(*codes))
    found = report(*[code for code in codes if against(report(code)) is None])
    assert (seen is State.FINAL) is (found.verdict is Verdict.VALID)
    assert (seen in SOUND) is (found.verdict is not Verdict.INVALID)
    nothing = bool(codes) and NO_CERTIFICATE.issuperset(codes)
    assert (seen is State.NOT_FOUND) is nothing  # what is found has another state


def test_what_speaks_against_an_exchange_is_told_beside_the_state():
    assert against(report(*GOOD)) is None
    withdrawn = against(instead(registry="EXCHANGE_WITHDRAWN"))
    assert withdrawn is CODES["EXCHANGE_WITHDRAWN"]
    assert "stands" in withdrawn.next_en
