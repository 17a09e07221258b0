"""What an operator or a programme changes stands in the log, in the transaction of the change."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

import treering
from tests import pictures
from tests.flow.test_evidence import KEY, TOLD
from tests.flow.test_own import ASKED
from treering import errors
from treering.domain.deed import Act
from treering.flow.parts import Parts
from treering.store import example
from treering.store.example import conversion_rules

SLUG = "ANT_FOREST-277"
HEAD, FIRST, *_ = conversion_rules().splitlines()


@pytest.fixture
def told(parts: Parts):
    """What was told since the test began: who, act, subject, hash of what was brought."""
    begun = parts.chronicle.head().size

    def since() -> list[tuple[str, ...]]:
        lines = [json.loads(line) for line in parts.chronicle.exported(begun)]
        return [(line["who"], line["act"], line["subject"], line["after"]) for line in lines]

    return since


def test_land_that_is_loaded_is_told_with_the_hash_of_its_file(parts: Parts, told):
    content = example.ground()
    parts.surveyor.load(content)
    parts.surveyor.load(content, KEY)
    brought = sha256(content).hexdigest()
    assert told() == [
        ("console", "changed", "land", brought),
        ("key 0a1b2c3d", "changed", "land", brought),
    ]


def test_a_file_that_is_refused_changes_nothing_and_is_not_told(parts: Parts, told):
    with pytest.raises(errors.GroundUnreadable):
        parts.surveyor.load(b"[]")
    with pytest.raises(errors.RulesUnreadable):
        parts.rulebook.load("nonsense")
    assert told() == []


def test_rules_that_are_loaded_are_told_and_the_same_again_is_no_change(parts: Parts, told):
    later = "\n".join([HEAD, FIRST.replace("2018-01-01", "2027-01-01")]) + "\n"
    assert parts.rulebook.load(later.replace("CERTIFICATE,3,3", "CERTIFICATE,3,4")) == 1
    assert parts.rulebook.load(conversion_rules()) == 0
    (line,) = told()
    assert line[:3] == ("console", "changed", "rules")


def test_evidence_that_is_added_is_told_once_with_its_hash(parts: Parts, told):
    kept = parts.archive.add(SLUG, pictures.jpeg(), TOLD, KEY)
    parts.archive.add(SLUG, pictures.jpeg(), TOLD, KEY)
    subject = f"evidence of {SLUG}"
    assert told() == [("key 0a1b2c3d", "changed", subject, kept.hash.hex())]


def test_a_drop_that_is_taken_over_is_told_with_the_hash_of_its_file(parts: Parts, told):
    record = {"number": "JZ-1", "year": 2024, "adcode": "150000", "form": "F6"}
    page = {"version": "1", "page": 1, "pages": 1}
    raw = json.dumps([page | {"records": [record | {"status": "active", "trees": []}]}]).encode()
    parts.keeper("registry.example").take("drop.json", raw)
    brought = sha256(raw).hexdigest()
    assert told() == [("console", "changed", "drop of registry.example", brought)]


def test_whoever_has_a_holders_own_copy_made_has_looked_at_him(parts: Parts, numbers, told):
    holder = f"holder {parts.office.find(numbers[1]).holder}"
    parts.service.own_copy_now(numbers[1], ASKED)
    parts.service.own_copy(KEY, numbers[1], ASKED)
    assert told() == [
        ("console", "holder.looked", holder, None),
        ("key 0a1b2c3d", "holder.looked", holder, None),
    ]


def test_every_kind_of_act_that_the_log_knows_is_told_somewhere():
    flow = Path(treering.__file__).parent / "flow"
    said = "".join(path.read_text("utf-8") for path in flow.rglob("*.py"))
    assert [act for act in Act if f"Act.{act.name}" not in said] == []
