"""treering twin: started as people start it, with its keys on disk."""

import io
import signal
import socket
import subprocess
import sys

import httpx
import pytest

from tests.fakes.registry import apply
from treering.cli.twin import keys_in, main
from treering.domain.registry_head import VerifierKey, opened


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "twin"


def run(folder, *argv):
    """Start it, but serve nothing: status, what it printed, the app that it would serve."""
    out, served = io.StringIO(), []
    argv = ("--folder", str(folder), "--port", "0", *argv)
    status = main(argv, out, serve=lambda app, listening: served.append(app))
    for app in served:
        app.state.journal.close()
    return status, out.getvalue()


def test_the_first_start_makes_keys_that_only_the_owner_reads(folder):
    status, shown = run(folder)
    assert status == 0
    assert "synthetic registry (not the real one) on http://127.0.0.1:" in shown
    for name in ("signing_key.pem", "submit_key.txt"):
        assert (folder / name).stat().st_mode & 0o777 == 0o600
    public = VerifierKey.parse((folder / "verifier_key.txt").read_text())
    assert public == keys_in(folder).verifier


def test_later_starts_keep_the_keys(folder):
    run(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    run(folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_start_that_died_while_making_a_key_is_made_good(folder):
    folder.mkdir()
    (folder / "signing_key.new").write_bytes(b"half a k")
    assert run(folder)[0] == 0


def test_a_torn_line_is_said(folder):
    run(folder)
    (folder / "journal.ndjson").write_bytes(b'{"entry":')
    assert "cut off 9 bytes of a torn last line" in run(folder)[1]


def test_what_keeps_it_from_starting_is_said_in_one_sentence(folder, capsys):
    run(folder)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(folder, "--port", str(port)) == (2, "")
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in capsys.readouterr().err

    (folder / "journal.ndjson").write_bytes(b"damaged\n")
    assert run(folder) == (2, "")
    assert "line 1 of the journal" in capsys.readouterr().err

    (folder / "signing_key.pem").write_text("no key")
    assert run(folder) == (2, "")
    assert capsys.readouterr().err.startswith("treering twin: ")


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_a_running_twin_outlives_its_process(folder, end):
    for expected in ("SYN-2024-150000-000001", "SYN-2024-150000-000002"):
        process, url = start(folder)
        wish = {"application": expected, "year": 2024, "adcode": "150000", "form": "F1"}
        answer = apply(url, wish | {"trees": [], "salt": "5a" * 32}, keys_in(folder).submit)
        note = httpx.get(f"{url}/checkpoint").text
        process.send_signal(end)
        process.communicate(timeout=20)
        assert answer.json()["number"] == expected
        assert process.returncode == (0 if end == signal.SIGINT else -signal.SIGKILL)
    assert opened(note, keys_in(folder).verifier).size == 2


def start(folder):
    code = "import sys; from treering.cli.twin import main; sys.exit(main(sys.argv[1:]))"
    argv = [sys.executable, "-c", code, "--folder", str(folder), "--port", "0"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().split()[-1]
