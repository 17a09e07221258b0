"""What the doctor says of keys: missing, readable by others, of another database."""

from dataclasses import replace
from pathlib import Path

from tests.flow.doctor.kit import holds, refuses, sign
from treering.errors import (
    KeystoreUnusable,
)
from treering.flow.overseeing.doctor.examine import Doctor


def test_a_key_that_is_missing_is_named_and_not_made(doctor: Doctor):
    lost = doctor.keys.folder / "minter-ANT_FOREST.keystore.json"
    lost.unlink()
    holds(doctor, "ANT_FOREST", KeystoreUnusable, lost.name)
    assert not lost.exists()
    assert sign(doctor, "keystore").said == "the keys of 2 of 3 programmes open"


def test_without_any_minters_key_all_work_is_refused(doctor: Doctor):
    for lost in doctor.keys.folder.glob("minter-*"):
        lost.unlink()
    refuses(doctor, "keys of GFOREST", KeystoreUnusable, "minter-ANT_FOREST.keystore.json")
    assert "keystore" not in {sign.about for sign in doctor.examine()}


def test_a_folder_without_keys_is_told_as_such(doctor: Doctor, tmp_path: Path):
    nowhere = replace(doctor, keys=replace(doctor.keys, folder=tmp_path / "nowhere"))
    refuses(nowhere, "keystore", KeystoreUnusable, "lacks password.secret")
    assert nowhere.keys.exposed() == []


def test_a_folder_that_cannot_be_read_is_told_as_such(doctor: Doctor, tmp_path: Path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    looped = replace(doctor, keys=replace(doctor.keys, folder=tmp_path / "loop/keys"))
    refuses(looped, "keystore", KeystoreUnusable, "loop")


def test_a_key_that_others_may_read_is_refused(doctor: Doctor):
    (doctor.keys.folder / "vault.secret").chmod(0o640)
    refuses(doctor, "keystore", KeystoreUnusable, "others may read vault.secret")


def test_a_wrong_password_is_refused(doctor: Doctor):
    (doctor.keys.folder / "password.secret").write_bytes(b"\1" * 32)
    refuses(doctor, "keys of GFOREST", KeystoreUnusable, "does not open with this password")


def test_the_vault_of_another_database_is_refused(doctor: Doctor):
    (doctor.keys.folder / "vault.secret").write_bytes(b"\1" * 32)
    refuses(doctor, "keystore", KeystoreUnusable, "not the one that sealed")


def test_a_vault_that_is_no_key_is_refused(doctor: Doctor):
    (doctor.keys.folder / "vault.secret").write_bytes(b"short")
    refuses(doctor, "keystore", KeystoreUnusable, "holds 5 bytes, not 32")
    assert sign(doctor, "minters").said == "not looked at"
