"""treering ground, evidence and inspect: what inspectors and programmes do without a browser."""

import json
from io import StringIO
from pathlib import Path

import msgspec
import pytest

from tests import pictures
from tests.cli.conftest import Town
from tests.domain.test_inspection import SHEET
from tests.flow.test_land import file_of, ground, moved
from treering.cli import evidence, inspect
from treering.cli import ground as ground_cli
from treering.errors import ChainUnavailable, StoreUnavailable
from treering.store import parties

DESCRIBED = ["--kind", "PHOTO", "--caption-en", "Rows", "--source", "the inspector"]


def test_land_is_loaded_and_refused_in_one_line(town: Town, tmp_path: Path, capsys):
    file = tmp_path / "land.geojson"
    file.write_bytes(file_of(moved(ground(lot="ANT_FOREST-1"), 0.5)))
    out = StringIO()
    assert ground_cli.main(["load", str(file)], town.parts.surveyor.load, out) == 0
    assert json.loads(out.getvalue())["sites"] == 1
    file.write_bytes(b"{}")
    assert ground_cli.main(["load", str(file)], town.parts.surveyor.load, out) == 1
    assert capsys.readouterr().err.startswith("treering ground: TR601 ")


def doings(town: Town) -> evidence.Doings:
    archive = town.parts.archive
    return evidence.Doings(archive.add, archive.check_all)


def test_evidence_is_added_checked_and_found_missing(town: Town, tmp_path: Path, capsys):
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(pictures.jpeg(7))
    out = StringIO()
    added = ["add", "ANT_FOREST-277", str(photo), *DESCRIBED]
    assert evidence.main(added, doings(town), out) == 0
    name = json.loads(out.getvalue())["hash"]
    assert evidence.main(["check"], doings(town), out) == 0
    kept = town.parts.keys.folder.parent / "evidence" / name[:2] / name
    kept.rename(tmp_path / "away")
    out = StringIO()
    assert evidence.main(["check"], doings(town), out) == 1
    assert f"LOST  {name}" in out.getvalue()
    (tmp_path / "away").rename(kept)
    assert evidence.main(["check"], doings(town), out) == 0
    photo.write_bytes(b"GIF89a")
    assert evidence.main(added, doings(town), out) == 1
    assert "TR611" in capsys.readouterr().err


def test_a_silent_store_is_told_apart_from_a_lost_file(capsys):
    def silent() -> list[tuple[bytes, str | None]]:
        raise StoreUnavailable("nobody answers")

    asked = evidence.Doings(lambda *_: pytest.fail("not asked"), silent)
    assert evidence.main(["check"], asked) == 2
    assert "TR615" in capsys.readouterr().err


def inspecting(town: Town) -> inspect.Doings:
    found, keys = town.parts.inspectorate, town.parts.keys
    return inspect.Doings(
        lambda finding, name: found.sign(finding, keys.account(name)),
        found.submit,
        found.relay,
        found.state_of,
    )


def test_a_sheet_is_signed_in_one_place_and_brought_from_another(town: Town, tmp_path: Path):
    sheet, signed = tmp_path / "sheet.json", tmp_path / "signed.json"
    sheet.write_bytes(msgspec.json.encode(SHEET))
    out = StringIO()
    sign = ["sign", "--key", "UNNAMED_2019", "--sheet", str(sheet)]
    assert inspect.main(sign, inspecting(town), out) == 0
    signed.write_text(out.getvalue())
    out = StringIO()
    assert inspect.main(["submit", str(signed)], inspecting(town), out) == 0
    assert json.loads(out.getvalue())["state"] == "stated"


def test_a_report_is_signed_by_its_hash_and_a_planters_key_is_refused(town: Town, capsys):
    words = ["sign", "--lot", "ANT_FOREST-277", "--stage", "SURVEY", "--count", "1"]
    words += ["--inspected-on", "2022-10-14", "--report", "ab" * 32]
    out = StringIO()
    assert inspect.main([*words, "--key", "UNNAMED_2019"], inspecting(town), out) == 0
    assert json.loads(out.getvalue())["message"]["report"] == "0x" + "ab" * 32
    assert inspect.main([*words, "--key", "registrar"], inspecting(town), out) == 1
    assert capsys.readouterr().err.startswith("treering inspect: TR622 ")
    with town.parts.engine.connect() as connection:
        assert parties.by_address(connection)


HALF = ["sign", "--key", "UNNAMED_2019", "--lot", "ANT_FOREST-277"]


@pytest.mark.parametrize(
    ("words", "content", "why"),
    [
        (["sign", "--key", "UNNAMED_2019"], b"", "TR622 give a --sheet, or --lot, --stage,"),
        (HALF, b"", "TR622 give a --sheet, or --stage, --count, --inspected-on, --report as"),
        (["sign", "--key", "UNNAMED_2019", "--sheet", "FILE"], b"{", "TR621"),
        (["submit", "FILE"], b"nonsense", "TR312"),
        (["submit", "FILE"], b"[]", "TR312"),
        (["submit", "FILE"], b'{"message": {}, "inspector": 1, "signature": "0x"}', "TR312"),
        (["submit", "FILE"], b'{"message": {}, "inspector": "", "signature": "0xz"}', "TR312"),
        (["submit", "FILE"], b'{"message": {}, "inspector": "", "signature": "0x"}', "TR622"),
    ],
)
def test_half_a_statement_and_what_is_none_are_refused_in_one_sentence(
    town: Town, tmp_path: Path, capsys, words, content, why
):
    file = tmp_path / "statement.json"
    file.write_bytes(content)
    given = [str(file) if word == "FILE" else word for word in words]
    assert inspect.main(given, inspecting(town)) == 1
    told = capsys.readouterr().err
    assert told.startswith(f"treering inspect: {why}")
    assert told.count("\n") == 1


@pytest.mark.parametrize("report", ["zz", "ab", "0x" + "ab" * 33])
def test_a_report_that_is_no_hash_is_refused_before_anything_is_asked(town, capsys, report):
    words = [*HALF, "--stage", "SURVEY", "--count", "1", "--inspected-on", "2022-10-14"]
    with pytest.raises(SystemExit) as ended:
        inspect.main([*words, "--report", report], inspecting(town))
    assert ended.value.code == 2
    assert "--report" in capsys.readouterr().err


def test_a_silent_node_is_told_by_status_2(capsys):
    def silent(*_: object) -> bytes:
        raise ChainUnavailable("nobody answers")

    asked = inspect.Doings(silent, silent, silent, silent)  # type: ignore[arg-type]
    words = ["sign", "--lot", "X", "--stage", "SURVEY", "--count", "1", "--key", "k"]
    words += ["--inspected-on", "2022-10-14", "--report", "ab" * 32]
    assert inspect.main(words, asked) == 2
    assert "TR101" in capsys.readouterr().err
