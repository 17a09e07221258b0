"""One certificate and its credential, under a key made for tests: forest 277, record 8."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.fakes.example import LOTS
from treering.domain import number
from treering.domain.batch import Batch, BatchId, BatchState, Inclusion
from treering.domain.certificate import Certificate, certificate
from treering.domain.credential import unsigned
from treering.domain.issuer_key import IssuerKey
from treering.domain.merkle import batch_root
from treering.domain.proof import secured
from treering.domain.record import tree_id
from treering.domain.redemption import Redemption

LOT = LOTS[0]
NUMBER_KEY = bytes(range(32))
NUMBER = number.issue(tree_id(LOT.id, 8), NUMBER_KEY)
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HOLDERS = b"".join(bytes([i]) * 20 for i in range(1, 6))
INCLUSION = Inclusion(
    block_number=1234, block_hash=b"\xb1" * 32, block_time=NOW, transaction=b"\x7a" * 32
)
SEALED = Batch(
    id=BatchId(1),
    state=BatchState.SEALED,
    lot=LOT.id,
    first_serial=7,
    holders=HOLDERS,
    root=batch_root(tree_id(LOT.id, 7), HOLDERS),
    sealed_at=NOW,
)
FINAL = replace(SEALED, state=BatchState.FINAL, inclusion=INCLUSION)
REDEMPTION = Redemption(
    id=UUID(int=1),
    programme="ANT_FOREST",
    lot=LOT.id,
    first_serial=8,
    count=2,
    masked_name="张*",
    price_grams=17900,
    campaign=None,
    redeemed_at=datetime(2026, 11, 21, 16, 30, tzinfo=UTC),
    recorded_at=NOW,
)
CONTRACT = "0x5FbDB2315678afecb367f032d93F642f64180aa3"

KEY = Ed25519PrivateKey.from_private_bytes(b"\x2a" * 32)
ISSUER = IssuerKey(KEY.public_key().public_bytes_raw())
DID = "did:web:treering.example:programmes:ANT_FOREST"
VECTORS = Path(__file__).parents[1] / "vectors/certificates"
BASE_URL = "https://treering.example"
METHOD = f"{DID}#{ISSUER.multikey}"


def a_certificate() -> Certificate:
    return certificate(NUMBER, REDEMPTION, LOT, FINAL, chain_id=31337, contract=CONTRACT)


def a_credential() -> dict[str, Any]:
    """Signed, and new at each call: it may be altered."""
    document = unsigned(a_certificate(), issuer=DID, base_url=BASE_URL)
    return secured(document, method=METHOD, created=NOW, sign=KEY.sign)


def a_first_credential() -> dict[str, Any]:
    """The same certificate as the first format had it, kept since then."""
    kept: dict[str, Any] = json.loads((VECTORS / "credential_1.json").read_text("utf-8"))
    return kept


def paths(value: Any, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where each part of a JSON value stands, containers and leaves, the whole left out."""
    if isinstance(value, dict):
        inner = [p for name in value for p in paths(value[name], (*before, name))]
    elif isinstance(value, list):
        inner = [p for i in range(len(value)) for p in paths(value[i], (*before, i))]
    else:
        inner = []
    return [before, *inner] if before else inner


def at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document
