"""Public codes: each says what was found, in two languages, and what to do about it."""

import re
from pathlib import Path

import pytest

import treering
from treering.domain.codes import CODES, Code
from treering.domain.verification import Check, Verdict

HAN = re.compile("[\u4e00-\u9fff]")
CHECK_OF_FIRST_WORD = {
    "NUMBER": Check.NUMBER,
    "SIGNATURE": Check.SIGNATURE,
    "KEY": Check.SIGNATURE,
    "DOCUMENT": Check.DOCUMENT,
    "PROOF": Check.PROOF,
    "ROOT": Check.ROOT,
    "RECORD": Check.RECORD,
    "LOT": Check.LOT,
    "EXCHANGE": Check.REGISTRY,
    "NAME": Check.DOCUMENT,
    "PDF": Check.FILE,
    "BADGE": Check.FILE,
    "HOLDER": Check.HOLDER,
}
NAMED_OTHERWISE = {
    "WRONG_NETWORK": (Check.ROOT, Verdict.INVALID),
    "NOT_MINTED": (Check.ROOT, Verdict.UNKNOWN),
    "NOT_EXCHANGED": (Check.REGISTRY, Verdict.VALID),
    "NOT_REACHED": (Check.DOCUMENT, Verdict.UNKNOWN),  # of whichever check it stands for
    "LOT_IN_DEFICIT": (Check.LOT, Verdict.VALID),
    "ROOT_PENDING": (Check.ROOT, Verdict.UNKNOWN),
}


def expected(name: str) -> tuple[Check, Verdict]:
    first, *_, last = name.split("_")
    verdicts = {"OK": Verdict.VALID, "UNCHECKED": Verdict.UNKNOWN}
    verdicts["DISPUTED"] = Verdict.UNKNOWN
    return CHECK_OF_FIRST_WORD[first], verdicts.get(last, Verdict.INVALID)


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_code_says_what_was_found_in_both_languages(code: Code):
    assert code.en.endswith(".")
    assert not HAN.search(code.en)
    assert code.zh.endswith("。")
    assert HAN.search(code.zh)


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_whoever_sees_what_is_not_valid_is_told_the_next_step(code: Code):
    assert bool(code.next_en) is bool(code.next_zh)
    if code.verdict is not Verdict.VALID:
        assert code.next_en.endswith(".")
        assert code.next_zh.endswith("。")
        assert HAN.search(code.next_zh)
        assert not HAN.search(code.next_en)


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_code_belongs_to_the_check_and_verdict_that_its_name_says(code: Code):
    known = NAMED_OTHERWISE.get(code.code) or expected(code.code)
    assert (code.check, code.verdict) == known


def test_each_code_is_listed_under_its_own_name():
    assert all(name == code.code for name, code in CODES.items())


@pytest.mark.parametrize("check", Check)
def test_each_check_can_be_passed_and_can_fail(check):
    verdicts = {code.verdict for code in CODES.values() if code.check is check}
    assert {Verdict.VALID, Verdict.INVALID} <= verdicts


def test_the_code_gives_every_code_and_no_other():
    """No list of codes outgrows what the checks can find, nor falls behind it."""
    package = Path(treering.__file__).parent
    found = [*sorted(package.glob("flow/**/*.py")), package / "domain/pdf/file.py"]
    text = "\n".join(path.read_text("utf-8") for path in found)
    answered = set(re.findall(r'(?:Answer\(|silent=|return |else )"([A-Z]+_[A-Z_]+)"', text))
    assert answered - CODES.keys() == set()
    assert {code for code in CODES if f'"{code}"' not in text} == set()
