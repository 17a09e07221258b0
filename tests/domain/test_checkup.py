"""What the doctor found: the worst sign is the answer, and only a failure is a refusal."""

import pytest

from treering.domain.checkup import Health, Sign, held, refusal, worst
from treering.errors import DatabaseUnsafe, MinterWithoutFunds

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
    assert refusal([WELL, ODD, BAD]) is BAD.refusal
    assert refusal([WELL, ODD]) is None
    assert BAD.said == "fsync=off"


POOR = Sign.fail("wallet", MinterWithoutFunds("0 batches"), "send ether")
RICH = Sign.ok("wallet", "enough")


def test_what_fails_of_one_programme_holds_that_one_and_nobody_else():
    signs = [WELL, RICH.of("GFOREST"), POOR.of("ANT_FOREST"), BAD.of("ANT_FOREST")]
    assert refusal(signs) is None
    assert held(signs) == {"ANT_FOREST": POOR.of("ANT_FOREST")}


def test_where_every_programme_is_held_all_work_is_refused():
    signs = [WELL, POOR.of("GFOREST"), BAD.of("ANT_FOREST")]
    assert refusal(signs) is POOR.refusal


def test_what_concerns_all_comes_before_what_concerns_one():
    assert refusal([POOR.of("ANT_FOREST"), RICH.of("GFOREST"), BAD]) is BAD.refusal
