"""treering log: the chain of administrative acts is verified, exported and anchored."""

import io
import json

import pytest
from sqlalchemy import text

from tests.cli.conftest import Town
from treering.cli.log import Doings, main
from treering.domain.role import Role
from treering.flow.admitting.keybook import CONSOLE, Terms


@pytest.fixture
def doings(town: Town) -> Doings:
    chronicle, ledger = town.parts.chronicle, town.parts.feed_heads
    return Doings(
        chronicle.verified,
        lambda: chronicle.held(ledger),
        chronicle.exported,
        lambda: chronicle.anchored(ledger),
    )


@pytest.fixture
def before(town: Town) -> int:
    """How many entries there were before the three of this test."""
    before = town.parts.chronicle.head().size
    for _ in range(3):
        town.parts.keybook.issue(CONSOLE, Terms(role=Role.AUDITOR), "for a test")
    return before


def run(doings: Doings, *argv: str) -> tuple[int, str]:
    out = io.StringIO()
    return main(argv, doings, out), out.getvalue()


def test_a_whole_log_is_told_with_its_head(doings, before):
    status, said = run(doings, "verify", "--no-chain")
    assert (status, json.loads(said)["entries"]) == (0, before + 3)
    assert json.loads(said)["anchored"] is None
    assert len(json.loads(said)["head"]) == 64


def test_entries_are_exported_a_line_each(doings, before):
    assert len(run(doings, "export", "--after", str(before))[1].splitlines()) == 3
    (last,) = run(doings, "export", "--after", str(before + 2))[1].splitlines()
    assert json.loads(last)["act"] == "key.issued"


def test_once_anchored_a_row_that_somebody_edited_is_named(doings, before, town, capsys):
    assert run(doings, "anchor")[0] == 0
    assert json.loads(run(doings, "verify")[1])["anchored"] == before + 3
    edited = before + 2
    edit(town, edited, "for another reason")
    assert run(doings, "verify")[0] == 1
    assert f"entry {edited}" in capsys.readouterr().err
    edit(town, edited, "for a test")
    assert run(doings, "verify")[0] == 0


def edit(town: Town, number: int, why: str) -> None:
    """As whoever owns the database may."""
    change = text("UPDATE audit_log SET why = :why WHERE number = :number")
    with town.parts.engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        connection.execute(change, {"why": why, "number": number})
        connection.execute(text("ALTER TABLE audit_log ENABLE TRIGGER ALL"))
