"""treering exchange: three certificates for a fulfilment certificate of the registry."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest

from tests.cli.conftest import Town
from tests.ports import free_port
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.cli import exchange
from treering.domain.redemption import Wish

SAID = ("--eligible", "yes", "--consent", "yes")


def run(
    town: Town, *numbers: str, registry: str = "", rpc: str = "", words: Sequence[str] = SAID
) -> tuple[int, dict]:
    parts = town.parts
    if rpc:
        parts = replace(parts, ledger=Ledger(Node(rpc), parts.ledger.contract))
    url = registry or town.environ["TREERING_REGISTRY_URL"]
    out = StringIO()
    counter = parts.counter(url, town.environ["TREERING_SUBMIT_KEY"])
    status = exchange.main([*numbers, "--adcode", "150000", *words], counter.exchange, out)
    return status, json.loads(out.getvalue()) if out.getvalue() else {}


@pytest.fixture(scope="module")
def three(town: Town) -> list[str]:
    """Three more, of one holder and year."""
    redeemed = datetime(2020, 5, 1, tzinfo=UTC)
    wish = Wish(lot="ANT_FOREST-805", holder="x", name="李娜", count=3, redeemed_at=redeemed)
    numbers = town.parts.redeem("ANT_FOREST", "for exchange", wish).numbers
    town.settle(numbers)
    return numbers


def test_before_the_registry_was_looked_at_nothing_begins(town: Town, three, capsys):
    assert run(town, *three) == (2, {})
    assert capsys.readouterr().err.startswith("treering exchange: TR216 ")
    town.parts.mirror_desk.sync()


def test_a_registry_or_node_that_is_away_is_told_and_costs_nothing(town: Town, three, capsys):
    away = f"http://127.0.0.1:{free_port()}"
    assert run(town, *three, registry=away) == (2, {})
    assert capsys.readouterr().err.startswith("treering exchange: TR201 ")
    assert run(town, *three, rpc=away) == (2, {})
    assert capsys.readouterr().err.startswith("treering exchange: TR101 ")
    status, done = run(town, *three)  # goes on where it stood
    assert (status, done["year"]) == (0, 2020)
    assert run(town, *three) == (0, done)  # asked again, the same answer


def test_the_same_number_thrice_is_refused(town: Town, capsys):
    assert run(town, *[town.numbers[0]] * 3) == (1, {})
    assert capsys.readouterr().err.startswith("treering exchange: TR221 Three different")


def test_a_mistyped_number_is_refused(town: Town, capsys):
    assert run(town, *town.numbers[:2], "TR-1234") == (1, {})
    assert capsys.readouterr().err.startswith("treering exchange: TR301 ")


def test_two_numbers_are_not_enough(town: Town, capsys):
    with pytest.raises(SystemExit, match="2"):
        run(town, *town.numbers[:2])
    assert "NUMBER" in capsys.readouterr().err
