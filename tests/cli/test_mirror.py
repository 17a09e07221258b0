"""treering mirror: what people and scripts read of it."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.registry import KEY, PUBLIC
from treering.cli.mirror import main
from treering.domain.registry_head import HeldHead, sign
from treering.errors import (
    EntryRefused,
    MirrorDamaged,
    RegistryContradicted,
    RegistryRefused,
    RegistryUnavailable,
)
from treering.flow.mirror import MirrorStatus, SyncReport

NOON = datetime(2025, 3, 12, 12, tzinfo=UTC)
HELD = HeldHead(sign(PUBLIC.name, 12, bytes(range(32)), NOON, KEY), NOON + timedelta(seconds=9))
REPORT = SyncReport(HELD, added=3)
STATUS = MirrorStatus(HELD, timedelta(days=2, seconds=1))


def run(*argv, sync=lambda: REPORT, status=lambda: STATUS):
    out = io.StringIO()
    return main(argv, sync, status, out), out.getvalue()


def failing(error):
    def fail():
        raise error

    return fail


def test_a_synchronisation_is_told_in_lines():
    status, shown = run("sync")
    assert status == 0
    assert shown.splitlines() == [
        "feed         treering.example/synthetic-registry",
        "size         12",
        f"root         {bytes(range(32)).hex()}",
        "head time    2025-03-12T12:00:00Z",
        "fetched at   2025-03-12T12:00:09Z",
        "added        3",
    ]


def test_the_status_shows_the_age_of_what_it_rests_on():
    assert run("status")[1].splitlines()[-1] == "age          2 days, 0:00:01"
    facts = json.loads(run("status", "--json")[1])
    assert facts["age_seconds"] == 172_801
    assert (facts["size"], facts["head_time"]) == (12, "2025-03-12T12:00:00Z")


def test_scripts_read_one_object():
    assert json.loads(run("sync", "--json")[1])["added"] == 3


def test_nothing_mirrored_yet_is_said(capsys):
    assert run("status", status=lambda: None) == (2, "")
    assert "nothing is mirrored yet" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RegistryRefused("two roots"), 1),
        (EntryRefused("entry 5"), 1),
        (RegistryUnavailable("503"), 2),
        (MirrorDamaged("frontier"), 2),
    ],
)
def test_a_failure_has_its_status_its_code_and_its_reason(capsys, error, expected):
    assert run("sync", sync=failing(error)) == (expected, "")
    said = capsys.readouterr().err
    assert error.code in said
    assert str(error) in said
    assert type(error).__doc__ in said


def test_a_contradiction_is_shown_with_both_signed_notes(capsys):
    other = sign(PUBLIC.name, 12, bytes(32), NOON, KEY).note
    error = RegistryContradicted("two roots", HELD.head.note, other)
    assert run("sync", sync=failing(error))[0] == 1
    said = capsys.readouterr().err
    assert HELD.head.note in said
    assert other in said


def test_an_act_is_asked_for():
    with pytest.raises(SystemExit):
        run()
