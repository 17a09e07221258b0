"""Keys are made once, readable by their owner alone, and nothing else passes for one."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from treering.chain.keys import KeyFolder
from treering.errors import SettingsWrong


@pytest.fixture
def keys(tmp_path: Path) -> KeyFolder:
    return KeyFolder(tmp_path / "home/keys")


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_each_name_has_a_key_of_its_own_and_keeps_it(keys: KeyFolder):
    again = KeyFolder(keys.folder)
    assert keys.account("admin").address == again.account("admin").address
    assert keys.account("admin").address != keys.account("minter").address
    assert keys.secret("vault") == again.secret("vault") != keys.secret("other")
    assert keys.issuer("A").private_bytes_raw() == again.issuer("A").private_bytes_raw()
    assert keys.notary("A").private_numbers() == again.notary("A").private_numbers()
    assert keys.notary("A").private_numbers() != keys.notary("B").private_numbers()
    assert len(keys.secret("vault")) == 32


@pytest.mark.parametrize("mask", [0o000, 0o022])
def test_only_the_owner_can_read_a_key_whatever_the_umask(keys: KeyFolder, mask):
    before = os.umask(mask)
    try:
        keys.account("admin")
        keys.issuer("ANT_FOREST")
    finally:
        os.umask(before)
    assert mode(keys.folder) == 0o700
    assert {mode(path) for path in keys.folder.iterdir()} == {0o600}


def test_no_key_lies_in_the_open(keys: KeyFolder):
    secret = keys.account("admin").key.hex().removeprefix("0x")
    stored = (keys.folder / "admin.keystore.json").read_text()
    assert secret not in stored
    assert json.loads(stored)["crypto"]["kdf"] == "pbkdf2"


def test_nothing_is_left_beside_the_keys(keys: KeyFolder):
    keys.account("admin")
    names = {path.name for path in keys.folder.iterdir()}
    assert names == {"admin.keystore.json", "password.secret"}


def test_a_wrong_password_names_the_file(keys: KeyFolder):
    keys.account("admin")
    (keys.folder / "password.secret").write_bytes(b"\0" * 32)
    with pytest.raises(SettingsWrong, match=r"admin\.keystore\.json does not open"):
        keys.account("admin")


@pytest.mark.parametrize("content", ["", "{", "{}", "[]", "null", '{"crypto": 1, "version": 3}'])
def test_a_damaged_keystore_names_the_file(keys: KeyFolder, content):
    keys.account("admin")
    (keys.folder / "admin.keystore.json").write_text(content)
    with pytest.raises(SettingsWrong, match=r"admin\.keystore\.json does not open"):
        keys.account("admin")


@pytest.mark.parametrize("content", [b"", b"short", b"\0" * 33])
def test_a_damaged_secret_names_the_file(keys: KeyFolder, content):
    keys.secret("vault")
    (keys.folder / "vault.secret").write_bytes(content)
    with pytest.raises(SettingsWrong, match=r"vault\.secret holds \d+ bytes, not 32"):
        keys.secret("vault")


def test_two_processes_that_need_a_key_at_once_get_the_same_one(keys: KeyFolder):
    with ThreadPoolExecutor(8) as pool:
        for name in map(str, range(10)):
            made = set(pool.map(lambda _, name=name: keys.secret(name), range(16)))
            assert made == {keys.secret(name)}


def test_brackets_without_end_do_not_end_the_process_that_holds_keys():
    program = """
import json
import msgspec
import treering.chain.keys
for read in (json.loads, msgspec.json.decode):
    try:
        read("[" * 200_000)
    except RecursionError:
        print("refused")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"refused\nrefused\n")
