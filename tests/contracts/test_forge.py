"""The contract's own tests: forge formats, lints and tests it."""

import pytest

# All is compiled anew, and 24 invariants run: a minute, and more on a machine that is busy.
pytestmark = pytest.mark.timeout(900)


def test_the_contracts_are_formatted(forge):
    forge("fmt", "--check")


def test_the_compiler_and_the_lint_find_nothing_to_say(forge):
    said = forge("build", "--force")
    assert "Compiler run successful!" in said, said
    assert "warning" not in said.lower(), said
    assert "note[" not in said, said


def test_every_forge_test_passes_at_the_gas_of_the_snapshots(forge, monkeypatch):
    monkeypatch.setenv("FORGE_SNAPSHOT_CHECK", "true")
    monkeypatch.setenv("FORGE_SNAPSHOT_EMIT", "false")
    forge("test")
