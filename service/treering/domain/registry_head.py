"""The log's signed tree head: a C2SP checkpoint (c2sp.org/tlog-checkpoint, signed-note).

    treering.example/synthetic-registry       origin, which is also the key's name
    3                                         how many entries the log holds
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA…      base64 of the RFC 6962 root over them
    time 2025-03-12T08:00:00Z                 extension line: when this was signed

    — treering.example/synthetic-registry Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp…

The specification leaves the meaning of extension lines to the log. Ours carries the time,
signed like the rest, because a head without one cannot be told from a frozen one.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from treering.domain import instant
from treering.domain.keccak import keccak
from treering.errors import RegistryContradicted, RegistryRefused

_ED25519 = b"\1"
_NAME = re.compile(r"[^\s+]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,17}")  # 18 digits stay below PostgreSQL's BIGINT
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+=*)")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_CLOCKS_APART = timedelta(minutes=5)  # a head from the future would lock out true later ones


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A log's public key, written `name+key id+base64`; `public` has 32 bytes."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """ValueError unless it is an Ed25519 verifier key whose id is its own."""
        name, _, rest = text.strip().partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = _base64(encoded)
        if raw is None or len(raw) != 33 or raw[:1] != _ED25519 or not _NAME.fullmatch(name):
            raise ValueError("a verifier key is written name+key id+base64 of 33 bytes")
        key = cls(name, raw[1:])
        if key.key_id.hex() != key_id:
            raise ValueError(f"the key's id is {key.key_id.hex()}, not {key_id}")
        return key

    @classmethod
    def of(cls, name: str, key: Ed25519PrivateKey) -> Self:
        if not _NAME.fullmatch(name):
            raise ValueError(f"a log's name has no spaces and no plus: {name!r}")
        return cls(name, key.public_key().public_bytes_raw())

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell signatures apart; no protection by themselves."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_text(_ED25519 + self.public)}"


@dataclass(frozen=True, slots=True)
class TreeHead:
    """What a log signed: `root` (32 bytes) over `size` entries at `time`; `note` proves it."""

    origin: str
    size: int
    root: bytes
    time: datetime
    note: str


@dataclass(frozen=True, slots=True)
class HeldHead:
    """The newest head that we verified, and when we fetched it."""

    head: TreeHead
    fetched_at: datetime

    def age(self, now: datetime) -> timedelta:
        """How long ago the log said this; never negative, though clocks differ."""
        return max(now - self.head.time, timedelta())


def feed_id(origin: str) -> bytes:
    """The 32 bytes under which the ledger knows a log."""
    return keccak(origin.encode())


def sign(origin: str, size: int, root: bytes, time: datetime, key: Ed25519PrivateKey) -> TreeHead:
    public = VerifierKey.of(origin, key)
    text = f"{origin}\n{size}\n{_text(root)}\ntime {instant.to_text(time)}\n"
    signature = _text(public.key_id + key.sign(text.encode()))
    return opened(f"{text}\n— {origin} {signature}\n", public)


def opened(note: str, key: VerifierKey) -> TreeHead:
    """The head in a signed note; RegistryRefused unless `key` signed it. Other keys' lines,
    such as witnesses', are passed over, as the specification asks."""
    text, blank, signatures = note.rpartition("\n\n")
    if not blank or not signatures.endswith("\n") or _CONTROL.search(note):
        raise RegistryRefused("the head is not a signed note")
    text += "\n"
    found = [_SIGNATURE.fullmatch(line) for line in signatures[:-1].split("\n")]
    ours = [_base64(match[2]) for match in found if match and match[1] == key.name]
    mine = [raw for raw in ours if raw and raw[:4] == key.key_id]
    if not mine or None in found:
        raise RegistryRefused(f"the head is not signed by {key.name} with key {key.key_id.hex()}")
    for raw in mine:
        _verify(key, raw[4:], text)
    return _parsed(text, note, key.name)


def check_succession(held: TreeHead, offered: TreeHead) -> None:
    """RegistryRefused if `offered` cannot follow `held`; RegistryContradicted if both were
    signed and yet cannot both be true. That the entries agree is for the proof to show."""
    grown = offered.size - held.size
    later = (offered.time > held.time) - (offered.time < held.time)
    if grown == 0 and offered.root != held.root:
        message = f"two roots for {held.size} entries"
        raise RegistryContradicted(message, held.note, offered.note)
    if grown * later < 0:
        message = f"{held.size} entries at {held.time}, but {offered.size} at {offered.time}"
        raise RegistryContradicted(message, held.note, offered.note)
    if grown < 0 or later < 0:
        raise RegistryRefused(
            f"the log went back to {offered.size} entries as of {offered.time}; "
            f"we hold {held.size} as of {held.time}"
        )


def check_clock(offered: TreeHead, now: datetime) -> None:
    """RegistryRefused for a head from the future."""
    if offered.time - now > _CLOCKS_APART:
        raise RegistryRefused(f"the head is dated {offered.time}, and it is {now}")


def _verify(key: VerifierKey, signature: bytes, text: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except InvalidSignature as error:
        raise RegistryRefused(f"the signature of {key.name} does not fit its head") from error


def _parsed(text: str, note: str, name: str) -> TreeHead:
    origin, *lines = text[:-1].split("\n")
    times = [line[5:] for line in lines[2:] if line.startswith("time ")]
    if origin != name or len(lines) < 3 or len(times) != 1 or "" in lines:
        raise RegistryRefused("a head has origin, size, root and one line with its time")
    root = _base64(lines[1])
    if not _SIZE.fullmatch(lines[0]) or root is None or len(root) != 32:
        raise RegistryRefused(f"no size and root: {lines[0]!r}, {lines[1]!r}")
    try:
        return TreeHead(origin, int(lines[0]), root, instant.from_text(times[0]), note)
    except ValueError as error:
        raise RegistryRefused(f"the head's time: {error}") from error


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


def _base64(text: str) -> bytes | None:
    """None unless `text` is the one way to write its bytes."""
    try:
        raw = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        return None
    return raw if _text(raw) == text else None
