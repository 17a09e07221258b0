"""The replay of a log: which entries can be, and what they add up to."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from treering.domain.fulfilment import Entry, Event
from treering.domain.record import TreeId
from treering.domain.register import Register, replay
from treering.errors import EntryRefused, TreeUsedTwice

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/registry_log.json").read_text("utf-8"))[
    "log"
]
ISSUED, WITHDRAWN = (
    Entry.read(index, raw.encode()) for index, raw in enumerate(VECTORS["entries"])
)
OTHER = replace(ISSUED, certificate=bytes(32), trees=(TreeId(9),))
CORRECTED = replace(ISSUED, event=Event.CORRECTED, adcode="640000", trees=ISSUED.trees[:2])


def replayed(*entries: Entry) -> Register:
    return replay(entry.raw for entry in entries)


def test_an_issued_certificate_is_active_and_uses_its_trees_up():
    register = replayed(ISSUED, OTHER)
    found = register.fulfilments[ISSUED.certificate]
    assert (found.active, found.index, found.entry) == (True, 0, ISSUED)
    assert register.users == dict.fromkeys(ISSUED.trees, ISSUED.certificate) | {
        TreeId(9): OTHER.certificate
    }


def test_a_correction_counts_from_its_own_entry_and_gives_trees_back():
    register = replayed(ISSUED, CORRECTED, replace(OTHER, trees=ISSUED.trees[2:]))
    found = register.fulfilments[ISSUED.certificate]
    assert (found.active, found.index, found.entry.adcode) == (True, 1, "640000")
    assert register.users[ISSUED.trees[2]] == OTHER.certificate


def test_a_withdrawn_certificate_gives_its_trees_back():
    register = replayed(ISSUED, WITHDRAWN, replace(OTHER, trees=ISSUED.trees))
    assert not register.fulfilments[ISSUED.certificate].active
    assert set(register.users.values()) == {OTHER.certificate}


def test_a_certificate_may_use_no_trees_at_all():
    assert replayed(replace(ISSUED, form="F6", trees=())).users == {}


def test_a_year_ends_in_shanghai():
    new_year = replace(ISSUED, year=2026, at=ISSUED.at.replace(2025, 12, 31, 16))
    assert replayed(new_year)
    with pytest.raises(EntryRefused, match="year 2026"):
        replayed(replace(new_year, at=new_year.at - timedelta(seconds=1)))


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([ISSUED, ISSUED], "entry 1 issues again what entry 0 did"),
        ([ISSUED, WITHDRAWN, ISSUED], "entry 2 issues again what entry 1 did"),
        ([WITHDRAWN], "entry 0: withdrawn, but no such certificate is active"),
        ([CORRECTED], "entry 0: corrected, but no such certificate is active"),
        ([ISSUED, WITHDRAWN, WITHDRAWN], "entry 2: withdrawn, but"),
        ([ISSUED, WITHDRAWN, CORRECTED], "entry 2: corrected, but"),
        ([ISSUED, CORRECTED, WITHDRAWN], "entry 2 withdraws other values than 1 states"),
        ([replace(ISSUED, year=2026)], "entry 0: year 2026"),
        ([replace(ISSUED, trees=ISSUED.trees[::-1])], "entry 0: its trees do not rise"),
        ([replace(ISSUED, trees=ISSUED.trees[:1] * 2)], "entry 0: its trees do not rise"),
    ],
)
def test_an_entry_that_cannot_be_is_named(entries, why):
    with pytest.raises(EntryRefused, match=why):
        replayed(*entries)


def test_a_tree_serves_one_active_certificate_only():
    with pytest.raises(TreeUsedTwice, match="entry 1: tree 000000010000011500000002 is used by"):
        replayed(ISSUED, replace(OTHER, trees=ISSUED.trees[2:]))
    with pytest.raises(TreeUsedTwice, match="entry 2"):
        replayed(ISSUED, OTHER, replace(OTHER, event=Event.CORRECTED, trees=ISSUED.trees))


def test_a_register_of_what_is_known_judges_like_the_whole_log():
    known = Register(replayed(ISSUED, OTHER).fulfilments.values())
    with pytest.raises(TreeUsedTwice):
        known.judge(2, replace(OTHER, event=Event.CORRECTED, trees=ISSUED.trees))


def test_judging_changes_nothing():
    register = replayed(ISSUED)
    register.judge(1, WITHDRAWN)
    assert register.fulfilments[ISSUED.certificate].active


def test_years_before_the_duty_cannot_be_read_or_judged():
    with pytest.raises(EntryRefused, match="year 1980"):
        Register().judge(0, replace(ISSUED, year=1980))
