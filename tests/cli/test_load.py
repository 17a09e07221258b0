"""treering load: a file of redemptions, each line answered for itself, however often."""

import io
import json
import sys
from io import StringIO

import pytest

from tests.cli.conftest import Town
from treering.cli import load
from treering.domain.lot import Unit
from treering.main import main
from treering.store.redemptions import Redemptions

WISH = {"lot": "ANT_FOREST-805", "holder": "user-7", "name": "欧阳娜娜"}


def lines(*more: dict) -> list[bytes]:
    return [json.dumps(WISH | changes).encode() + b"\n" for changes in more]


FIVE = lines({}, {"count": 2}, {}, {"holder": "user-8"}, {"campaign": "spring"})


def run(town: Town, *argv: str) -> tuple[int, str, list[str]]:
    """Status, output and complaints."""
    out, err = StringIO(), StringIO()
    words = ["--programme", "ANT_FOREST", *argv]
    status = load.main(words, town.parts.redeem, out, err)
    return status, out.getvalue(), [line for line in err.getvalue().splitlines() if line.strip()]


def asked(town: Town) -> int:
    with town.parts.engine.connect() as connection:
        return Redemptions(connection).asked()[Unit.TREE]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "wishes.ndjson"


def test_a_malformed_line_costs_no_other_line_and_a_second_load_doubles_nothing(town: Town, file):
    before = asked(town)
    file.write_bytes(b"".join([*FIVE[:2], b'{"lot": "ANT_FO\n', *FIVE[3:]]))
    for _ in range(2):
        status, out, err = run(town, str(file), "--key", "five")
        assert (status, out) == (1, "4 redeemed, 1 refused\n")
        assert len(err) == 1
        assert err[0].startswith("line 3: TR312 ")
        assert asked(town) == before + 5  # the second line asks for two


def test_the_mended_line_alone_is_redeemed_when_the_file_is_loaded_again(town: Town, file):
    before = asked(town)
    file.write_bytes(b"".join([*FIVE[:2], b"oops\n", *FIVE[3:]]))
    run(town, str(file), "--key", "mended")
    file.write_bytes(b"".join(FIVE))
    assert run(town, str(file), "--key", "mended")[:2] == (0, "5 redeemed, 0 refused\n")
    assert asked(town) == before + 6


def test_a_line_that_changed_since_is_refused_under_its_old_key(town: Town, file):
    file.write_bytes(FIVE[0])
    run(town, str(file), "--key", "changed")
    file.write_bytes(lines({"count": 3})[0])
    status, _, err = run(town, str(file), "--key", "changed")
    assert status == 1
    assert err[0].startswith("line 1: TR309 ")


def test_each_refusal_is_told_with_its_line_and_code(town: Town, file):
    refused = lines(
        {"lot": "NOWHERE-1"}, {"count": 0}, {"year": 1999}, {"name": "\u202e"}, {"x": 1}
    )
    file.write_bytes(b"\n".join([*refused, b"\xff\n", b"[" * 10_000 + b"\n"]))
    status, out, err = run(town, str(file), "--key", "refused")
    assert (status, out) == (1, "0 redeemed, 7 refused\n")
    codes = [line.split()[2] for line in err]
    assert codes == ["TR304", "TR312", "TR307", "TR303", "TR312", "TR312", "TR312"]
    assert [int(line.split()[1].rstrip(":")) for line in err] == [1, 3, 5, 7, 9, 11, 13]


def test_standard_input_is_a_file_too(town: Town, monkeypatch):
    before = asked(town)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"".join(FIVE[:1]) + b"\n\n")))
    assert run(town, "-", "--key", "stdin")[:2] == (0, "1 redeemed, 0 refused\n")
    assert asked(town) == before + 1


def test_a_programme_that_does_not_exist_refuses_every_line(town: Town, file):
    file.write_bytes(FIVE[0])
    out, err = StringIO(), StringIO()
    argv = [str(file), "--programme", "NOBODY", "--key", "k"]
    assert load.main(argv, town.parts.redeem, out, err) == 1
    assert "line 1: TR317" in err.getvalue()


@pytest.mark.parametrize(
    ("name", "said"), [("missing.ndjson", "No such file"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read_is_one_clear_sentence(
    town: Town, tmp_path, monkeypatch, capsys, name, said
):
    for variable, value in town.environ.items():
        monkeypatch.setenv(variable, value)
    words = ["load", str(tmp_path / name), "--programme", "ANT_FOREST", "--key", "k"]
    assert main(words) == 2
    complaint = capsys.readouterr().err
    assert complaint.startswith(f"treering load: {tmp_path / name}: {said}")
    assert complaint.count("\n") == 1
