"""Log entries: one form only, nothing personal, and what the mirror says of a tree."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha3_256
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.fulfilment import Entry, Event, Fulfilment, Interconnection, commitment
from treering.domain.record import TreeId
from treering.domain.registry_head import HeldHead, TreeHead
from treering.errors import EntryRefused

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/registry_log.json").read_text("utf-8"))[
    "log"
]
RAW = VECTORS["entries"][0].encode()
ENTRY = Entry.read(0, RAW)

entries = st.builds(
    Entry,
    event=st.sampled_from(Event),
    certificate=st.binary(min_size=32, max_size=32),
    year=st.integers(1981, 2999),
    adcode=st.from_regex(r"[1-9][0-9]{5}", fullmatch=True),
    form=st.sampled_from([f"F{number}" for number in range(1, 9)]),
    trees=st.lists(st.integers(0, 2**96 - 1).map(TreeId), max_size=6).map(tuple),
    at=st.integers(600_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)),
    synthetic=st.booleans(),
)


@given(entries)
def test_an_entry_is_canonical_json_and_reads_back(entry):
    assert rfc8785.dumps(json.loads(entry.raw)) == entry.raw
    assert Entry.read(0, entry.raw) == entry


def test_the_vector_says_what_it_says():
    assert ENTRY.event is Event.ISSUED
    assert (ENTRY.year, ENTRY.adcode, ENTRY.form, ENTRY.synthetic) == (2019, "150000", "F1", True)
    assert [tree & 0xFFFFFFFF for tree in ENTRY.trees] == [0, 1, 2]
    assert ENTRY.at == datetime(2025, 3, 12, 8, tzinfo=UTC)
    salt = bytes.fromhex(VECTORS["salt"])
    assert commitment(salt, VECTORS["number"]) == ENTRY.certificate
    assert commitment(salt, VECTORS["number"]).hex() == VECTORS["commitment"]


def test_the_number_stands_nowhere_in_the_log_and_its_hash_alone_neither():
    assert VECTORS["number"].encode() not in RAW
    assert ENTRY.certificate != sha3_256(VECTORS["number"].encode()).digest()
    assert commitment(bytes(32), "SYN-1") != commitment(bytes(31) + b"\1", "SYN-1")
    with pytest.raises(ValueError, match="32 bytes"):
        commitment(b"short", "SYN-1")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"}", b""),
        (b"{", b"{ "),
        (b'"issued"', b'"planted"'),
        (b'"150000"', b'"050000"'),
        (b'"150000"', b'"150000\\n"'),
        (b'"F1"', b'"F9"'),
        (b'"F1"', b'"F\xff"'),
        (b":2019", b":1980"),
        (b":2019", b":2019.0"),
        (b":2019", b":1e400"),
        (b":2019", b":NaN"),
        (b":2019", b':2019,"year":2020'),
        (b":2019", b':2019,"zh":"\xe5\xbc\xa0\xe4\xb8\x89"'),
        (b'"synthetic":true,', b""),
        (b"true", b"1"),
        (b"2025-03-12T08:00:00Z", b"2025-03-12T08:00:00+00:00"),
        (b"000000010000011500000000", b"00000001000001150000000"),
        (b'"certificate":"43b2', b'"certificate":"43B2'),
        (b'["000000010000011500000000"', b"[" * 100_000),
    ],
)
def test_an_entry_of_any_other_form_is_refused_with_its_index(old, new):
    assert old in RAW
    with pytest.raises(EntryRefused, match="entry 7"):
        Entry.read(7, RAW.replace(old, new, 1))


def test_an_entry_cannot_list_more_trees_than_anybody_needs():
    many = replace(ENTRY, trees=tuple(TreeId(number) for number in range(101)))
    with pytest.raises(EntryRefused):
        Entry.read(0, many.raw)


NOON = datetime(2025, 3, 12, 12, tzinfo=UTC)
HELD = HeldHead(TreeHead("log.example", 1, bytes(32), NOON, "note"), NOON)


def test_a_tree_is_used_only_by_an_active_certificate_that_lists_it():
    tree, stranger = ENTRY.trees[0], TreeId(5)
    withdrawn = replace(ENTRY, event=Event.WITHDRAWN)
    assert Interconnection(tree, Fulfilment(0, ENTRY), HELD).uses_tree
    assert not Interconnection(tree, Fulfilment(1, withdrawn), HELD).uses_tree
    assert not Interconnection(stranger, Fulfilment(0, ENTRY), HELD).uses_tree
    assert not Interconnection(tree, None, HELD).uses_tree


def test_what_the_mirror_says_is_as_old_as_its_head():
    found = Interconnection(ENTRY.trees[0], None, HELD)
    assert found.age(NOON + timedelta(days=30)) == timedelta(days=30)
