"""treering withdraw: said twice before it is done, and told in one line."""

import json
from io import StringIO

import pytest

from tests.cli.conftest import Town
from treering.cli import withdraw
from treering.flow.caring.withdraw import Farewell

GOOD = ["--programme", "ANT_FOREST", "--holder", "nobody-knows", "--for-good"]


def test_a_holder_that_is_not_there_is_refused_with_its_code(town: Town, capsys):
    farewell = Farewell(town.parts.engine, town.parts.vault)
    assert withdraw.main(GOOD, farewell.withdraw) == 1
    assert capsys.readouterr().err.startswith("treering withdraw: TR360 ")


def test_it_tells_how_many_records_are_nobodys_now():
    out = StringIO()
    assert withdraw.main(GOOD, lambda programme, holder: 3, out) == 0
    assert json.loads(out.getvalue()) == {"programme": "ANT_FOREST", "records": 3}


def test_it_asks_for_the_word_that_it_is_for_good():
    with pytest.raises(SystemExit):
        withdraw.main(GOOD[:-1], lambda programme, holder: 3)
