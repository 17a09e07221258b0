"""What the doctor found: the worst sign is the answer, and only a failure is a refusal."""

import pytest

from treering.domain.checkup import Health, Sign, refusals, worst
from treering.errors import DatabaseUnsafe

WELL = Sign.ok("database", "answers")
ODD = Sign.warn("clock", "3 s apart", "keep time")
BAD = Sign.fail("database settings", DatabaseUnsafe("fsync=off"), "set it to on")


@pytest.mark.parametrize(
    ("signs", "answer"),
    [([], "OK"), ([WELL], "OK"), ([ODD, WELL], "WARN"), ([WELL, BAD, ODD], "FAIL")],
)
def test_the_worst_sign_is_the_answer(signs, answer):
    assert worst(signs) is Health(answer)


def test_only_a_failure_has_a_code_and_is_a_refusal():
    assert [sign.code for sign in (WELL, ODD, BAD)] == [None, None, "TR913"]
    assert refusals([WELL, ODD, BAD]) == [BAD.refusal]
    assert BAD.said == "fsync=off"
