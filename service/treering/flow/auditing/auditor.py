"""The auditor's own key: Ed25519 in PEM, made where it is first named."""

import os
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from treering.domain import attested
from treering.domain.issuer_key import IssuerKey
from treering.errors import KeystoreUnusable

_FORM = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_at(path: Path) -> Ed25519PrivateKey:
    """The key in this file, made with 0600 where there is none; KeystoreUnusable."""
    try:
        if not path.exists():
            _make(path)
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, TypeError, ValueError) as error:
        raise KeystoreUnusable(f"{path}: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeystoreUnusable(f"{path} holds no Ed25519 key")
    return key


def sealed(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """The document signed with the key at `path`."""
    private = key_at(path)
    key = IssuerKey(private.public_key().public_bytes_raw())
    return attested.signed(document, key, private.sign)


def _make(path: Path) -> None:
    """Whoever is faster has made it."""
    content = Ed25519PrivateKey.generate().private_bytes(*_FORM)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
