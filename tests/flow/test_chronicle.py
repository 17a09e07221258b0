"""The log of administrative acts: added to, never changed, and anchored on the ledger."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from tests.chain_kit import mining
from treering.chain.feed_heads import FeedHeads
from treering.domain.deed import NOTHING, Act, Deed, Head
from treering.domain.role import Person, Role
from treering.errors import LogBroken
from treering.flow.admitting.chronicle import FEED, Chronicle

AUDITOR = Person(Role.AUDITOR, "key 1b2c")


@pytest.fixture
def chronicle(engine, clock) -> Chronicle:
    return Chronicle(engine, clock)


@pytest.fixture
def ledger(published) -> Iterator[FeedHeads]:
    with mining(published.ledger.node):
        yield published.feed_heads


@pytest.fixture
def told(chronicle) -> list[Head]:
    """Four entries, and the head after each."""
    heads = []
    for number in range(4):
        deed = Deed.of(AUDITOR, Act.LOOKED, f"holder {number}", "asked for it", "request-1")
        entry = chronicle.tell(deed)
        heads.append(Head(entry.number, entry.hash))
    return heads


def behind_its_back(engine: Engine, *statements: str) -> None:
    """As whoever owns the database may, who takes the triggers away first."""
    with engine.begin() as connection:
        for statement in ("ALTER TABLE audit_log DISABLE TRIGGER ALL", *statements):
            connection.execute(text(statement))


def test_an_empty_log_is_whole(chronicle):
    assert chronicle.verified() == chronicle.head() == Head(0, NOTHING)


def test_what_is_told_can_be_read_again_and_is_whole(chronicle, told, clock):
    assert chronicle.verified() == chronicle.head() == told[-1]
    lines = [json.loads(line) for line in chronicle.exported()]
    assert [line["number"] for line in lines] == [1, 2, 3, 4]
    assert lines[0]["subject"] == "holder 0"
    assert (lines[0]["who"], lines[0]["role"]) == ("key 1b2c", "auditor")
    assert (lines[0]["why"], lines[0]["request"]) == ("asked for it", "request-1")
    assert lines[1]["previous"] == lines[0]["hash"]
    assert [json.loads(line)["number"] for line in chronicle.exported(2)] == [3, 4]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_log SET who = 'nobody'", "DELETE FROM audit_log", "TRUNCATE audit_log CASCADE"],
)
def test_nobody_changes_or_removes_an_entry(engine, told, chronicle, statement):
    with pytest.raises(DBAPIError, match="only ever added to"), engine.begin() as connection:
        connection.execute(text(statement))
    assert chronicle.verified() == told[-1]


@pytest.mark.parametrize(
    ("change", "number", "why"),
    [
        ("UPDATE audit_log SET who = 'key 9' WHERE number = 2", 2, "does not say"),
        ("UPDATE audit_log SET at = at + interval '1 hour' WHERE number = 3", 3, "does not say"),
        ("UPDATE audit_log SET before = '\\x00' WHERE number = 3", 3, "does not say"),
        ("DELETE FROM audit_log WHERE number = 2", 2, "is missing"),
        ("DELETE FROM audit_log WHERE number = 1", 1, "is missing"),
        (
            "UPDATE audit_log SET previous = sha256('x') WHERE number = 4",
            4,
            "does not follow",
        ),
    ],
)
def test_the_first_entry_that_is_wrong_is_named(engine, chronicle, told, change, number, why):
    behind_its_back(engine, change)
    with pytest.raises(LogBroken, match=why) as broken:
        chronicle.verified()
    assert broken.value.number == number


def test_many_who_write_at_once_make_one_chain(chronicle):
    with ThreadPoolExecutor(8) as pool:
        deeds = [Deed.of(AUDITOR, Act.LOOKED, f"holder {number}") for number in range(40)]
        list(pool.map(chronicle.tell, deeds))
    assert chronicle.verified().size == 40


def test_an_act_that_does_not_happen_leaves_no_entry(engine, chronicle):
    with engine.connect() as connection:
        chronicle.add(connection, Deed.of(AUDITOR, Act.LOOKED, "holder 1"))
        connection.rollback()
    assert chronicle.head().size == 0


def test_the_head_is_anchored_and_a_log_that_was_written_anew_is_found(
    chronicle, told, ledger, engine
):
    assert chronicle.anchored(ledger) == told[-1]
    assert ledger.held(FEED) == (4, told[-1].hash)
    assert chronicle.anchored(ledger) == told[-1]  # nothing new: nothing is sent
    assert chronicle.verified(chronicle.held(ledger)) == told[-1]
    later = chronicle.tell(Deed.of(AUDITOR, Act.LOOKED, "holder 9"))
    assert chronicle.verified(chronicle.held(ledger)).size == 5
    assert chronicle.anchored(ledger).hash == later.hash


def test_a_log_that_was_cut_or_forged_as_a_whole_contradicts_the_ledger(
    chronicle, told, ledger, engine
):
    chronicle.keep(ledger)
    behind_its_back(engine, "DELETE FROM audit_log WHERE number = 4")
    with pytest.raises(LogBroken, match="entry 4: it is missing"):
        chronicle.verified(chronicle.held(ledger))
    with pytest.raises(LogBroken, match="entry 4"):
        chronicle.anchored(ledger)
    with capture_logs() as said:
        chronicle.keep(ledger)
    assert [line["code"] for line in said] == ["TR356"]
    chronicle.tell(Deed.of(AUDITOR, Act.LOOKED, "holder 7"))
    assert chronicle.verified().size == 4  # whole in itself, and another
    with pytest.raises(LogBroken, match="another hash"):
        chronicle.verified(chronicle.held(ledger))
