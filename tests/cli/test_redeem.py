"""treering redeem: as a programme redeems for a holder, under the same rules as over HTTP."""

import json
from io import StringIO

import pytest

from tests.cli.conftest import Town
from treering.cli import redeem
from treering.domain.number import parse

ONE = {
    "--programme": "ANT_FOREST",
    "--lot": "ANT_FOREST-805",
    "--holder": "user-9",
    "--name": "王伟",
    "--key": "redeem-1",
}


def run(town: Town, **changes: str) -> tuple[int, dict]:
    options = ONE | {f"--{name}": value for name, value in changes.items()}
    out = StringIO()
    words = [word for option in options.items() for word in option]
    status = redeem.main(words, town.parts.redeem, out)
    return status, json.loads(out.getvalue()) if out.getvalue() else {}


def test_a_redemption_brings_a_number_for_each_unit(town: Town):
    status, made = run(town, count="3", key="three-units")
    assert status == 0
    assert made["lot"] == "ANT_FOREST-805"
    assert len({parse(number).tree for number in made["numbers"]}) == 3
    assert not made["replayed"]


def test_the_same_key_brings_the_same_redemption(town: Town):
    first, again = run(town)[1], run(town)[1]
    assert again == first | {"replayed": True}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"holder": "another"}, "TR309"),
        ({"lot": "ANT_FOREST-1000", "key": "a"}, "TR304"),
        ({"lot": "GFOREST-1", "key": "b"}, "TR311"),
        ({"programme": "NOBODY", "key": "c"}, "TR317"),
        ({"name": "<\u202e>", "key": "d"}, "TR303"),
        ({"name": "", "key": "e"}, "TR303"),
        ({"holder": "", "key": "f"}, "TR312"),
        ({"holder": "a\x07b", "key": "g"}, "TR312"),
        ({"holder": "not UTF-8: \udcff", "key": "h"}, "TR312"),
    ],
)
def test_a_refusal_is_told_with_its_code(town: Town, capsys, changes, code):
    run(town)
    assert run(town, **changes) == (1, {})
    said = capsys.readouterr().err
    assert said.startswith(f"treering redeem: {code} ")
    assert said.count("\n") == 1


@pytest.mark.parametrize("count", ["0", "-1", "1e3", "many", "10000000000"])
def test_a_count_that_cannot_be_is_refused_before_anything_is_asked(town: Town, capsys, count):
    with pytest.raises(SystemExit, match="2"):
        run(town, count=count)
    assert "--count" in capsys.readouterr().err
