"""treering load: a file of redemptions, each line answered for itself, however often."""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
from io import StringIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import Town
from treering.cli import load, redeem
from treering.domain.lot import Unit
from treering.errors import LoadUnreadable, ProgrammeNotFound
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
    status = load.main(words, town.parts.load, out, err)
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


def test_a_programme_that_does_not_exist_is_told_before_any_line(town: Town, file):
    file.write_bytes(FIVE[0])
    argv = [str(file), "--programme", "NOBODY", "--key", "k"]
    with pytest.raises(ProgrammeNotFound):
        load.main(argv, town.parts.load, StringIO(), StringIO())


def test_refused_lines_go_into_a_report_where_one_is_asked_for(town: Town, file, tmp_path):
    report = tmp_path / "refused.ndjson"
    file.write_bytes(FIVE[0])
    assert run(town, str(file), "--key", "clean", "--report", str(report))[0] == 0
    assert not report.exists()
    file.write_bytes(b"".join([FIVE[0], b"oops\n", *lines({"lot": "NOWHERE-1"})]))
    status, _, err = run(town, str(file), "--key", "report", "--report", str(report))
    assert (status, err) == (1, [])
    rows = [json.loads(row) for row in report.read_text("utf-8").splitlines()]
    assert [(row["line"], row["code"]) for row in rows] == [(2, "TR312"), (3, "TR304")]
    assert rows[0]["reason"].startswith("this is not JSON")


def test_progress_is_told_in_plain_lines_where_there_is_no_terminal(town, file, monkeypatch):
    monkeypatch.setattr(load, "_EVERY_SECONDS", 0)
    file.write_bytes(b"".join(FIVE))
    assert run(town, str(file), "--key", "plain")[2] == ["line 5: 5 redeemed, 0 refused"]
    (again,) = run(town, str(file), "--key", "plain")[2]
    assert again == "line 5: 5 redeemed (5 of them before), 0 refused"


def test_progress_lives_on_a_terminal_and_leaves_nothing_behind(town: Town, file, monkeypatch):
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    file.write_bytes(b"".join(FIVE))
    err = Terminal()
    argv = [str(file), "--programme", "ANT_FOREST", "--key", "terminal"]
    assert load.main(argv, town.parts.load, StringIO(), err) == 0
    assert "line 5: 5 redeemed" in err.getvalue()
    assert err.getvalue().endswith("\x1b[2K")


def test_the_three_forms_of_a_file_bring_the_same_redemptions(town: Town, tmp_path):
    before = asked(town)
    days = ("2019-03-01T08:00:00+08:00", "2019-03-02T08:00:00+08:00")
    wishes = [WISH | {"count": 2, "redeemed_at": day} for day in days]
    rows = [",".join(str(value) for value in wish.values()) for wish in wishes]
    table = pa.Table.from_pylist(wishes)
    (tmp_path / "a.csv").write_text("\n".join([",".join(wishes[0]), *rows]), "utf-8")
    (tmp_path / "a.ndjson.gz").write_bytes(gzip.compress(b"".join(lines(*wishes))))
    pq.write_table(table, tmp_path / "a.parquet")
    for name in ("a.csv", "a.ndjson.gz", "a.parquet"):
        assert run(town, str(tmp_path / name), "--key", name)[:2] == (0, "2 redeemed, 0 refused\n")
    # JSON lines and Parquet count their lines alike: the one goes on where the other stopped.
    assert run(town, str(tmp_path / "a.parquet"), "--key", "a.ndjson.gz")[0] == 0
    assert asked(town) == before + 12


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


@pytest.mark.parametrize("point", ["bulk.before_commit:2", "bulk.after_commit_before_reply:2"])
def test_a_load_that_is_killed_goes_on_where_it_stopped(town: Town, file, point):
    before = asked(town)
    file.write_bytes(b"".join(lines(*[{"holder": f"user-{i}"} for i in range(9_000)])))
    words = ("load", str(file), "--programme", "ANT_FOREST", "--key", point)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(town.environ, "FAILPOINT", point)
        killed = town.start(*words)
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    committed = 4096 if point.startswith("bulk.before_commit") else 8192
    assert asked(town) == before + committed
    assert run(town, str(file), "--key", point)[:2] == (0, "9000 redeemed, 0 refused\n")
    assert asked(town) == before + 9_000


def test_a_load_that_stops_says_how_far_it_came(town: Town, file):
    whole = gzip.compress(b"".join(lines(*[{"holder": f"user-{i}"} for i in range(5_000)])))
    packed = file.with_suffix(".ndjson.gz")
    packed.write_bytes(whole[:-9])
    err = StringIO()
    words = ["--programme", "ANT_FOREST", "--key", "cut off", str(packed)]
    with pytest.raises(LoadUnreadable, match="cut off"):
        load.main(words, town.parts.load, StringIO(), err)
    told = err.getvalue().splitlines()[-1]
    assert told.startswith("stopped after line 4,096: 4,096 redeemed, 0 refused; load it again")
    packed.write_bytes(whole)
    assert run(town, str(packed), "--key", "cut off")[:2] == (0, "5000 redeemed, 0 refused\n")


@pytest.mark.parametrize("command", [load.main, redeem.main])
@pytest.mark.parametrize("key", ["", "  ", "a\tb", "k" * 201, "\udcff"])
def test_a_key_that_nobody_meant_is_refused_before_anything_is_read(command, key, capsys):
    words = ["--programme", "ANT_FOREST", "--key", key]
    wish = ["--lot", WISH["lot"], "--holder", "a", "--name", "b"]
    with pytest.raises(SystemExit) as ended:
        command([*words, *(wish if command is redeem.main else ["-"])], None)
    assert ended.value.code == 2
    assert "--key: 1 to 200 characters that can be seen" in capsys.readouterr().err


_LIMITED = """
import resource, sys
from treering.main import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
sys.exit(status)
"""


def test_a_file_five_times_as_long_takes_no_more_memory(town: Town, file):
    """Lines that were refused as read are the most that can be read in little time."""
    peaks = []
    for count in (9_000, 45_000):
        with file.open("wb") as written:
            for i in range(count):
                written.write(b'{"lot": "NOWHERE-%d", "holder": "h%d", "name": "n"}\n' % (i, i))
        words = ["load", str(file), "--programme", "ANT_FOREST", "--key", f"memory {count}"]
        done = subprocess.run(
            [sys.executable, "-c", _LIMITED, *words, "--report", "/dev/null"],
            env=os.environ | town.environ,
            capture_output=True,
            check=False,
        )
        said = done.stdout.decode().splitlines()
        assert said[0] == f"0 redeemed, {count} refused"
        peaks.append(int(said[-1]) / 1024)
    assert peaks[1] < peaks[0] + 16, "megabytes"
