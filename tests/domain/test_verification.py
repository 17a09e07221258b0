"""Three verdicts: INVALID if any finding is, VALID only if all are, else UNKNOWN."""

from itertools import product

import pytest

from tests.domain.example import NOW
from treering.domain.verification import Check, Finding, Report, State, Verdict

OK, NO, UN = Verdict.VALID, Verdict.INVALID, Verdict.UNKNOWN


def report(*verdicts: Verdict) -> Report:
    findings = (Finding(Check.ROOT, verdict, "CODE", "", NOW) for verdict in verdicts)
    return Report("", tuple(findings))


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], UN),
        ([OK], OK),
        ([NO], NO),
        ([UN], UN),
        ([OK, OK], OK),
        ([OK, UN], UN),
        ([OK, NO], NO),
        ([UN, NO], NO),
        ([OK, UN, NO], NO),
    ],
)
def test_findings_add_up_to_one_verdict(verdicts, expected):
    assert report(*verdicts).verdict is expected


def test_the_order_of_findings_means_nothing():
    for verdicts in product(Verdict, repeat=4):
        expected = NO if NO in verdicts else OK if set(verdicts) == {OK} else UN
        assert report(*verdicts).verdict is expected


def test_the_checks_stand_in_their_order():
    assert [str(check) for check in Check] == [
        "number",
        "signature",
        "document",
        "proof",
        "root",
        "record",
        "lot",
        "registry",
        "file",
        "holder",
    ]


def test_verdicts_and_states_are_public_words():
    assert [str(verdict) for verdict in Verdict] == "VALID INVALID UNKNOWN".split()
    assert [str(state) for state in State] == (
        "FINAL PENDING REVOKED REPLACED ALTERED NOT_FOUND WRONG_NETWORK CANNOT_CHECK_NOW".split()
    )


def test_no_two_findings_share_their_evidence():
    one, other = (Finding(Check.ROOT, OK, "ROOT_OK", "", NOW) for _ in range(2))
    one.evidence["block"] = 1
    assert other.evidence == {}
