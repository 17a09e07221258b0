"""Keys on disk: encrypted keystores for the chain, Ed25519 for credentials, and secrets.

Each file is 0600 in a 0700 folder. The keystores' password lies beside them in the demo;
in production it comes from a credential of the service manager.
"""

import json
import os
import secrets
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from treering.errors import SettingsWrong

# py_ecc, which eth-account brings along, lets Python recurse so deep that brackets without
# end in anybody's JSON would end the process; this is Python's own limit again.
sys.setrecursionlimit(1000)
_P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_ITERATIONS = 100_000  # PBKDF2, 0.03 s to open: a demo opens a dozen at once


def minter_name(programme: str) -> str:
    """Of the key that a programme's minter signs with."""
    return f"minter-{programme}"


@dataclass(frozen=True, slots=True)
class KeyFolder:
    """Makes a key when it is first asked for, and gives the same one ever after."""

    folder: Path

    def account(self, name: str) -> LocalAccount:
        """The account of this name, from its encrypted keystore."""
        path = self.folder / f"{name}.keystore.json"
        if not path.exists():
            fresh = Account.create()
            store = Account.encrypt(
                fresh.key, self._password(), kdf="pbkdf2", iterations=_ITERATIONS
            )
            _keep(path, json.dumps(store).encode())
        try:
            key = Account.decrypt(path.read_text(), self._password())
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SettingsWrong(f"{path.name} does not open with this password") from error
        account: LocalAccount = Account.from_key(key)
        return account

    def address(self, name: str) -> str | None:
        """The account's address, as its keystore says in the clear; None if it has none."""
        try:
            store = json.loads((self.folder / f"{name}.keystore.json").read_text("utf-8"))
            return to_checksum_address(bytes.fromhex(store["address"].removeprefix("0x")))
        except (AttributeError, KeyError, OSError, TypeError, ValueError):
            return None

    def issuer(self, programme: str) -> Ed25519PrivateKey:
        """The key that signs a programme's credentials."""
        return Ed25519PrivateKey.from_private_bytes(self.secret(f"issuer-{programme}"))

    def notary(self, programme: str) -> EllipticCurvePrivateKey:
        """The P-256 key that signs a programme's PDFs."""
        scalar = int.from_bytes(self.secret(f"pdf-{programme}"), "big") % (_P256_ORDER - 1)
        return derive_private_key(scalar + 1, SECP256R1())

    def secret(self, name: str) -> bytes:
        """32 random bytes that stay the same."""
        path = self.folder / f"{name}.secret"
        if not path.exists():
            _keep(path, secrets.token_bytes(32))
        secret = path.read_bytes()
        if len(secret) != 32:
            raise SettingsWrong(f"{path.name} holds {len(secret)} bytes, not 32")
        return secret

    def missing(self, *, accounts: Iterable[str], secrets: Iterable[str]) -> list[str]:
        """The files of these keys that are not there; none is made."""
        names = [f"{name}.keystore.json" for name in accounts]
        names += [f"{name}.secret" for name in secrets]
        return [name for name in names if not (self.folder / name).is_file()]

    def exposed(self) -> list[str]:
        """The folder and the files in it that others than their owner may read or change."""
        if not self.folder.is_dir():
            return []
        paths = [self.folder, *sorted(self.folder.iterdir())]
        return [path.name for path in paths if path.stat().st_mode & 0o077]

    def _password(self) -> str:
        return self.secret("password").hex()


def _keep(path: Path, content: bytes) -> None:
    """Write the file whole, unless somebody else was faster: then his is the key."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile(dir=path.parent, prefix=path.name) as beside:  # 0600
        beside.write(content)
        beside.flush()
        os.fsync(beside.fileno())
        with suppress(FileExistsError):
            os.link(beside.name, path)
