"""Evidence: one lot's each, cleaned, found by its hash, watched, and told when it is lost."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from tests import pictures
from treering import errors
from treering.domain.exhibit import Told
from treering.domain.role import Person, Role
from treering.flow.inspecting.evidence import EACH, Archive
from treering.intake.evidence import digest
from treering.store.shelf import Place, Shelf

KEY = Person(Role.PROGRAMME, "key 0a1b2c3d", programme="ANT_FOREST")
TOLD = Told(
    kind="PHOTO",
    party="NWSURVEY",
    caption_en="Rows of saxaul",
    caption_zh="梭梭成行",
    standing="reported",
    source="the inspector",
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "evidence"


@pytest.fixture
def archive(engine, clock, example, folder: Path) -> Archive:
    return Archive(engine, Shelf.at(Place(str(folder))), clock)


def file_in(folder: Path) -> Path:
    (found,) = [path for path in folder.rglob("*") if path.is_file()]
    return found


def test_a_photo_is_kept_clean_under_its_hash_with_its_day_and_its_rough_place(archive):
    brought = pictures.jpeg()
    kept = archive.add("ANT_FOREST-277", brought, TOLD)
    assert (kept.taken_on, kept.longitude) == ("2019-05-03", Decimal("105.423"))
    assert kept.party_zh == "国家林草局西北调查规划院"
    assert kept.received == digest(brought)
    found, content = archive.read(kept.hash)
    assert (found, digest(content)) == (kept, kept.hash)
    assert archive.find(kept.received) == kept


def test_the_same_photo_again_is_the_same_evidence(archive):
    one = archive.add("ANT_FOREST-277", pictures.jpeg(), TOLD)
    assert archive.add("ANT_FOREST-277", pictures.jpeg(), TOLD) == one
    retouched = pictures.jpeg(latitude=38.5)  # the same pixels under other words of a camera
    assert archive.add("ANT_FOREST-277", retouched, TOLD) == one


def test_a_photo_of_one_lot_is_refused_for_another_which_is_told_the_first(archive):
    kept = archive.add("ANT_FOREST-277", pictures.jpeg(), TOLD)
    for again in (pictures.jpeg(), pictures.jpeg(latitude=38.5), archive.read(kept.hash)[1]):
        with pytest.raises(errors.EvidenceUsed, match="ANT_FOREST-277") as caught:
            archive.add("ANT_FOREST-464", again, TOLD)
        assert caught.value.lot == "ANT_FOREST-277"


def test_of_two_that_bring_one_photo_at_once_one_has_it(archive, monkeypatch):
    """Both have looked and found nothing; the second one's turn comes after the first's."""
    monkeypatch.setattr(Archive, "_known", lambda *_: None)
    with pytest.raises(AssertionError):  # it is there, but was not seen
        archive.add("ANT_FOREST-277", pictures.jpeg(), TOLD)
    with pytest.raises(errors.EvidenceUsed):
        archive.add("ANT_FOREST-464", pictures.jpeg(), TOLD)


@pytest.mark.parametrize(
    ("latitude", "longitude", "why"),
    [(-5.0, 46.0, "outside"), (89.0, -40.0, "outside"), (105.42, 38.97, "latitude as longitude")],
)
def test_a_photo_that_was_taken_elsewhere_is_no_evidence_here(archive, latitude, longitude, why):
    brought = pictures.jpeg(latitude=latitude, longitude=longitude)
    with pytest.raises(errors.EvidenceRefused, match=why):
        archive.add("ANT_FOREST-277", brought, TOLD)


def test_what_has_no_place_takes_the_day_that_is_told_of_it(archive):
    told = msgspec.structs.replace(TOLD, kind="REPORT", party=None, taken_on="2019-12")
    kept = archive.add("ANT_FOREST-277", pictures.pdf(), told)
    assert (kept.taken_on, kept.party_en, kept.longitude) == ("2019-12", None, None)
    assert kept.media_type == "application/pdf"


@pytest.mark.parametrize("content", [pictures.pdf(), pictures.jpeg(taken="2027:05:03 10:11:12")])
def test_nothing_was_taken_tomorrow_by_word_or_by_camera(archive, content):
    told = msgspec.structs.replace(TOLD, taken_on="2027" if content[:1] == b"%" else None)
    with pytest.raises(errors.GroundRefused, match=r"2027.* is yet to come"):
        archive.add("ANT_FOREST-277", content, told)
    assert archive.check_all() == []


def test_a_stranger_to_our_tables_brings_nothing(archive):
    with pytest.raises(errors.LotNotFound):
        archive.add("NOWHERE-1", pictures.jpeg(), TOLD)
    with pytest.raises(errors.PartyNotFound):
        archive.add(
            "ANT_FOREST-277", pictures.jpeg(), msgspec.structs.replace(TOLD, party="NOBODY")
        )
    other = replace(KEY, programme="GFOREST")
    with pytest.raises(errors.NotAllowed):
        archive.add(
            "ANT_FOREST-277",
            pictures.jpeg(),
            TOLD,
            other,
        )
    with pytest.raises(errors.EvidenceNotFound):
        archive.read(b"\1" * 32)


def test_each_file_is_read_again_every_day_and_not_more_often(archive, clock):
    archive.add("ANT_FOREST-277", pictures.jpeg(), TOLD)
    assert archive.watch() is False
    clock.pass_by(EACH + timedelta(seconds=1))
    assert archive.watch() is True
    assert archive.watch() is False


@pytest.mark.parametrize("fault", ["gone", "altered"])
def test_a_lost_file_is_an_alarm_that_ends_when_it_is_found_again(archive, clock, folder, fault):
    kept = archive.add("ANT_FOREST-277", pictures.jpeg(), TOLD)
    path = file_in(folder)
    before = path.read_bytes()
    if fault == "gone":
        path.unlink()
    else:
        path.write_bytes(before[:-1] + b"\0")
    clock.pass_by(EACH * 2)
    with capture_logs() as logs:
        archive.watch()
    (alarm,) = [log for log in logs if log["log_level"] == "error"]
    assert (alarm["event"], alarm["code"]) == ("evidence lost", "TR614")
    assert "ANT_FOREST-277" in alarm["why"]
    found = archive.find(kept.hash)
    assert (found.lost_at, bool(found.lost_why)) == (clock.now, True)
    with pytest.raises(errors.EvidenceLost):
        archive.read(kept.hash)

    path.write_bytes(before)
    clock.pass_by(EACH * 2)
    with capture_logs() as logs:
        archive.watch()
    assert [log["event"] for log in logs] == ["evidence found again"]
    assert archive.find(kept.hash).lost_at is None


def test_when_the_store_is_silent_no_file_is_called_lost(archive, clock):
    kept = archive.add("ANT_FOREST-277", pictures.jpeg(), TOLD)
    clock.pass_by(EACH * 2)
    silent = replace(
        archive, shelf=Shelf.at(Place("s3://x/y", "http://127.0.0.1:9", "any", "any"))
    )
    with pytest.raises(errors.StoreUnavailable):
        silent.watch()
    assert archive.find(kept.hash).lost_at is None
