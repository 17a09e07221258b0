"""treering mirror: what people and scripts read of it."""

import io
import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.registry import KEY, PUBLIC
from treering.cli.mirror import main
from treering.domain.contradiction import Contradiction, Dispute, Kept, Kind, Standing, State
from treering.domain.drop import Left
from treering.domain.misbehaviour import document
from treering.domain.registry_head import HeldHead, sign
from treering.errors import (
    DropRefused,
    EntryRefused,
    MirrorDamaged,
    RegistryContradicted,
    RegistryRefused,
    RegistryUnavailable,
    SettingsWrong,
)
from treering.flow.mirroring.drops import DropReport
from treering.flow.mirroring.mirror import SyncReport
from treering.flow.mirroring.state import MirrorStatus, Spoken, on_ledger

NOON = datetime(2025, 3, 12, 12, tzinfo=UTC)
HELD = HeldHead(sign(PUBLIC.name, 12, bytes(range(32)), NOON, KEY), NOON + timedelta(seconds=9))
OTHER = sign(PUBLIC.name, 12, bytes(32), NOON, KEY)
FOUND = Contradiction(
    feed=PUBLIC.name,
    kind=Kind.HEADS,
    why="two roots",
    held_note=HELD.head.note,
    held_size=12,
    offered_note=OTHER.note,
    offered_size=12,
    lots=(9,),
)
ONCE = {"found_at": NOON, "seen_at": NOON}
KEPT = Kept(id=3, contradiction=FOUND, settled_at=None, settled_because=None, **ONCE)
OLD = Kept(id=1, contradiction=FOUND, settled_at=NOON, settled_because="explained", **ONCE)
DISPUTE = Dispute(
    feed=PUBLIC.name, other="other", certificate=bytes(32), raw=b"{}", other_raw=None, **ONCE
)


class Desk:
    """Answers as it is told; held to the real one by mypy and tests/flow/mirror."""

    key = PUBLIC

    def __init__(self, **said):
        self.said = {"sync": [SyncReport(HELD, added=3)], "settle": True} | said
        self.asked = []

    def sync(self):
        if isinstance(self.said["sync"], Exception):
            raise self.said["sync"]
        return self.said["sync"]

    def status(self, moment=None):
        self.asked.append(moment)
        return self.said.get("status", [MirrorStatus(HELD, timedelta(days=2, seconds=1))])

    def spoken(self):
        good = {"code": "", "why": "", "since": NOON, "looked_at": NOON, "good_at": NOON}
        state = self.said.get("state", {"state": State.GOOD} | good)
        kept = self.said.get("kept", (OLD, KEPT))
        return Spoken((Standing(feed=PUBLIC.name, **state),), kept, (DISPUTE,))

    def settle(self, number, because):
        self.asked.append((number, because))
        return self.said["settle"]

    def proof(self, kept):
        return document(kept.contradiction, self.key)


class Keeping:
    def __init__(self, registry):
        self.registry = registry

    def take(self, name, raw):
        if not raw:
            raise DropRefused(f"{name} is empty")
        left = (Left(3, "its tree is used"),) if raw == b"left" else ()
        return DropReport(HELD, rows=len(raw), said=2, added=1, left=left)

    def replay(self):
        return 7


def run(*argv, desk=None, keeper=Keeping, **said):
    out = io.StringIO()
    desk = desk or Desk(**said)
    return main(argv, lambda: desk, keeper, out), out.getvalue()


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


def test_two_sources_are_told_one_after_the_other():
    report = SyncReport(HELD, added=0)
    assert run("sync", sync=[report, report])[1].count("\n\nfeed ") == 1


def test_the_status_shows_the_age_of_what_it_rests_on_and_what_speaks_against_it():
    shown = run("status")[1].splitlines()
    assert "age          2 days, 0:00:01" in shown
    facts = json.loads(run("status", "--json")[1])
    assert facts["age_seconds"] == 172_801
    assert (facts["size"], facts["head_time"]) == (12, "2025-03-12T12:00:00Z")
    assert (facts["state"], facts["contradictions"], facts["disputes"]) == ("good", 1, 1)


def test_a_source_that_fails_says_since_when_and_why():
    state = {"state": State.SILENT, "code": "TR201", "why": "no route", "since": NOON}
    facts = json.loads(
        run("status", "--json", state=state | {"looked_at": NOON, "good_at": None})[1]
    )
    assert (facts["state"], facts["why"]) == ("silent", "TR201 no route")
    assert facts["since"] == "2025-03-12T12:00:00Z"


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [(State.GOOD, "", "good"), (State.BEHIND, "TR244", "behind: we hold 1")],
)
def test_the_status_tells_what_the_ledger_says_of_our_mirror(state, code, said):
    times = {"since": NOON, "looked_at": NOON, "good_at": None}
    why = "we hold 1" if code else ""
    ledger = Standing(feed=on_ledger(PUBLIC.name), state=state, code=code, why=why, **times)
    desk = Desk()
    sources = (*desk.spoken().sources, ledger)
    desk.spoken = lambda: Spoken(sources, (), ())
    facts = json.loads(run("status", "--json", desk=desk)[1])
    assert (facts["state"], facts["ledger"]) == ("good", said)


def test_a_day_is_the_whole_day_in_china():
    desk = Desk()
    facts = json.loads(run("status", "--at", "2024-12-31", "--json", desk=desk)[1])
    run("status", "--at", "2024-12-31T16:00:00Z", desk=desk)
    assert desk.asked == [
        datetime(2024, 12, 31, 15, 59, 59, tzinfo=UTC),
        datetime(2024, 12, 31, 16, tzinfo=UTC),
    ]
    assert "state" not in facts


def test_what_is_no_day_is_refused(capsys):
    with pytest.raises(SystemExit):
        run("status", "--at", "yesterday")
    assert "'yesterday' is no day such as 2024-12-31" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "why"), [((), "nothing is mirrored"), (("--at", "2020-01-01"), "nothing of that day")]
)
def test_what_is_not_held_is_said(capsys, argv, why):
    assert run("status", *argv, status=[])[0] == 2
    assert why in capsys.readouterr().err


def test_contradictions_are_listed_with_what_became_of_them():
    first, second = map(json.loads, run("contradictions", "--json")[1].splitlines())
    assert (first["number"], first["settled_because"]) == (1, "explained")
    assert (second["number"], second["why"], second["lots"]) == (3, "two roots", [9])
    assert run("contradictions", kept=()) == (0, "")


@pytest.mark.parametrize("argv", [(), ("--number", "1")])
def test_the_exported_file_proves_it_to_whoever_has_the_key(tmp_path, argv):
    file = tmp_path / "proof.json"
    assert run("contradictions", "--export", str(file), *argv)[0] == 0

    def no_desk():
        raise AssertionError("nothing of ours is needed")

    out = io.StringIO()
    assert main(["prove", str(file), "--key", str(PUBLIC), "--json"], no_desk, Keeping, out) == 0
    proven = json.loads(out.getvalue())["proven"]
    assert proven == f"{PUBLIC.name} signed both: two roots for 12 entries"
    assert run("prove", str(file))[0] == 0


def test_what_is_not_there_cannot_be_exported(tmp_path, capsys):
    file = tmp_path / "proof.json"
    assert run("contradictions", "--export", str(file), "--number", "9")[0] == 1
    assert not file.exists()
    assert "TR219" in capsys.readouterr().err


def test_a_file_that_proves_nothing_is_said(tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"{}")
    assert run("prove", str(tmp_path / "file"))[0] == 1
    assert run("prove", str(tmp_path / "none"))[0] == 1
    with pytest.raises(SystemExit):
        run("prove", str(tmp_path / "file"), "--key", "x")
    assert "a verifier key is written" in capsys.readouterr().err


def test_a_person_settles_a_contradiction_with_a_reason(capsys):
    desk = Desk()
    assert run("settle", "3", "--because", "they explained", desk=desk)[0] == 0
    assert desk.asked == [(3, "they explained")]
    assert run("settle", "3", "--because", "again", settle=False)[0] == 1
    with pytest.raises(SystemExit):
        run("settle", "3")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RegistryRefused("why"), 1),
        (EntryRefused("why"), 1),
        (RegistryUnavailable("why"), 2),
        (MirrorDamaged("why"), 2),
    ],
)
def test_a_refusal_is_said_with_its_code_and_words(capsys, error, status):
    assert run("sync", sync=error)[0] == status
    said = capsys.readouterr().err
    assert error.code in said
    assert str(error) in said
    assert type(error).__doc__ in said


def test_a_contradiction_is_shown_with_both_signed_notes(capsys):
    error = RegistryContradicted("two roots", HELD.head.note, OTHER.note)
    assert run("sync", sync=error)[0] == 1
    said = capsys.readouterr().err
    assert HELD.head.note in said
    assert OTHER.note in said


def test_a_file_of_a_registry_is_taken_over_and_replayed(tmp_path, capsys):
    file = tmp_path / "drop.csv"
    file.write_bytes(b"rows")
    facts = json.loads(run("drop", str(file), "--registry", "a.example", "--json")[1])
    assert (facts["rows"], facts["certificates"], facts["added"]) == (4, 2, 1)
    assert json.loads(run("replay", "--registry", "a.example", "--json")[1])["entries"] == 7
    assert "left_out" not in facts
    file.write_bytes(b"left")
    facts = json.loads(run("drop", str(file), "--registry", "a.example", "--json")[1])
    assert facts["left_out"] == ["row 3: its tree is used"]
    file.write_bytes(b"")
    assert run("drop", str(file), "--registry", "a.example")[0] == 1
    assert run("drop", str(tmp_path / "none"), "--registry", "a.example")[0] == 1
    assert "drop.csv is empty" in capsys.readouterr().err


def test_a_missing_setting_is_for_the_program_to_name():
    with pytest.raises(SettingsWrong):
        run("sync", sync=SettingsWrong("TREERING_REGISTRY_URL"))


def test_an_act_is_asked_for():
    with pytest.raises(SystemExit):
        run()
