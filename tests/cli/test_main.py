"""One command a verb; whatever stands in its way is one line and a status, never a traceback."""

import json
import os
from pathlib import Path

import pytest

from tests.cli.conftest import Town
from tests.ports import free_port
from treering import main as program
from treering.commands.parts import Verb
from treering.errors import TreeringError
from treering.main import main


@pytest.fixture
def home(tmp_path: Path, monkeypatch) -> Path:
    """An empty home, and nothing set but that."""
    for name in [name for name in os.environ if name.startswith("TREERING_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TREERING_HOME", str(tmp_path))
    return tmp_path


def meets(monkeypatch, act) -> None:
    """`treering migrate` does this instead."""
    verb = Verb(lambda _, settings: act(settings), "")
    monkeypatch.setitem(program.VERBS, "migrate", verb)


def raising(error: BaseException):
    def act(_: object) -> int:
        raise error

    return act


@pytest.mark.parametrize("words", [[], ["-h"], ["--help"]])
def test_whoever_asks_for_help_gets_all_commands(words, capsys):
    assert main(words) == 0
    usage = capsys.readouterr().out
    for command in program.VERBS:
        assert f"\n  {command} " in usage


def test_an_unknown_command_is_told_the_known_ones(capsys):
    assert main(["plant"]) == 2
    said = capsys.readouterr()
    assert (said.out, said.err.startswith("usage: treering COMMAND")) == ("", True)


@pytest.mark.parametrize("command", program.VERBS)
def test_help_needs_no_setting_and_does_nothing(home, monkeypatch, capsys, command):
    monkeypatch.setenv("TREERING_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    try:
        status = main([command, "--help"])
    except SystemExit as ended:
        status = ended.code
    said = capsys.readouterr()
    assert (status, said.err) == (0, "")
    assert said.out.startswith(f"usage: treering {command}")


@pytest.mark.parametrize("command", ["serve", "migrate", "scrub"])
def test_a_word_that_a_command_does_not_know_stops_it(home, monkeypatch, capsys, command):
    monkeypatch.setenv("TREERING_RPC_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("TREERING_CONTRACT", "0x" + "11" * 20)
    monkeypatch.setenv("TREERING_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(SystemExit, match="2"):
        main([command, "--dry-run"])
    assert "unrecognized arguments: --dry-run" in capsys.readouterr().err


@pytest.mark.parametrize(
    "command", ["serve", "worker", "doctor", "load", "redeem", "mirror status", "exchange"]
)
def test_a_setting_that_is_missing_is_named(home, monkeypatch, capsys, command):
    monkeypatch.setenv("TREERING_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert main(command.split()) == 2
    said = capsys.readouterr().err
    name = command.partition(" ")[0]
    assert said.startswith(f"treering {name}: TR901 TREERING_RPC_URL is not set")


def test_a_wrong_setting_is_named_by_every_command(home, monkeypatch, capsys):
    monkeypatch.setenv("TREERING_PORT", "eighty")
    for command in program.VERBS:
        assert main([command]) == 2
        assert f"treering {command}: TR901 TREERING_PORT must be" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (KeyboardInterrupt(), 130, ""),
        (TreeringError("why"), 2, "treering migrate: TR000 why\n"),
        (OSError(28, "No space left on device"), 2, "treering migrate: No space left on device\n"),
        (OSError(13, "Permission denied", "/a"), 2, "treering migrate: /a: Permission denied\n"),
    ],
)
def test_what_stands_in_the_way_is_one_line(home, monkeypatch, capsys, error, status, said):
    meets(monkeypatch, raising(error))
    assert main(["migrate"]) == status
    assert capsys.readouterr().err == said


def test_a_fault_of_ours_is_not_hidden(home, monkeypatch):
    meets(monkeypatch, raising(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        main(["migrate"])


def test_a_database_that_is_away_is_one_line(home, monkeypatch, capsys):
    url = f"postgresql://nobody:hush@127.0.0.1:{free_port()}/none"
    monkeypatch.setenv("TREERING_DATABASE_URL", url)
    assert main(["migrate"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("treering migrate: TR319 ")
    assert (said.count("\n"), "hush" in said) == (1, False)


def test_an_empty_database_says_that_it_must_be_migrated(
    home, monkeypatch, capsys, database_url, town: Town
):
    settings = town.environ | {"TREERING_DATABASE_URL": database_url, "TREERING_HOME": str(home)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    words = "redeem --programme P --lot L --holder H --name N --key K".split()
    assert main(words) == 2
    assert "run treering migrate" in capsys.readouterr().err
    assert main(["migrate"]) == 0


def test_what_a_running_demo_wrote_down_is_taken_over_under_the_environment(
    home, monkeypatch, capsys
):
    written = {"TREERING_BASE_URL": "http://demo.example", "TREERING_SEAL_SECONDS": "7"}
    (home / "environment.json").write_text(json.dumps(written))
    monkeypatch.setenv("TREERING_SEAL_SECONDS", "9")
    seen = []
    meets(monkeypatch, lambda settings: seen.append(settings) or 0)
    assert main(["migrate"]) == 0
    assert seen[0].base_url == "http://demo.example"
    assert seen[0].patience.total_seconds() == 9


@pytest.mark.parametrize("content", ["", "[]", '["a"]', "{", "7", "\udcff"])
def test_what_a_demo_left_torn_is_as_good_as_nothing(home, monkeypatch, content):
    (home / "environment.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    meets(monkeypatch, lambda settings: 0)
    assert main(["migrate"]) == 0


@pytest.mark.parametrize("words", [["--help"], ["verify", "NUMBER", "--json"]])
def test_a_reader_that_closes_early_brings_no_traceback(town: Town, words):
    words = [town.numbers[0] if word == "NUMBER" else word for word in words]
    with town.start(*words) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()  # as `| head -0` does
        complaints = process.stderr.read()
        assert process.wait(60) == 141
    assert complaints == b""
