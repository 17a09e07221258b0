"""A programme's key: one writing, one id, and the time that it was the programme's."""

from datetime import timedelta

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.example import ISSUER, KEY, NOW
from treering.domain import multibase
from treering.domain.issuer_key import IssuerKey, ListedKey
from treering.domain.keccak import keccak
from treering.errors import CredentialMalformed

SECOND = timedelta(seconds=1)
# The did:key method's own example, and keys of other types in the same writing.
PUBLISHED = "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
P256 = multibase.encode(b"\x80\x24\x02" + b"\x01" * 32)
X25519 = multibase.encode(b"\xec\x01" + b"\x01" * 32)
SECP256K1 = multibase.encode(b"\xe7\x01\x02" + b"\x01" * 32)


@given(st.binary(min_size=32, max_size=32))
def test_a_multikey_reads_back_to_its_key(public):
    key = IssuerKey(public)
    assert key.multikey.startswith("z6Mk")
    assert IssuerKey.from_multikey(key.multikey) == key
    assert key.id == keccak(public)


def test_a_key_that_others_published_is_read():
    assert IssuerKey.from_multikey(PUBLISHED).multikey == PUBLISHED


@pytest.mark.parametrize("other", [P256, X25519, SECP256K1])
def test_a_multikey_of_another_type_is_refused(other):
    with pytest.raises(CredentialMalformed, match="not an Ed25519 Multikey"):
        IssuerKey.from_multikey(other)


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_multikey_of_another_length_is_refused(size):
    with pytest.raises(CredentialMalformed, match="not an Ed25519 Multikey"):
        IssuerKey.from_multikey(multibase.encode(b"\xed\x01" + bytes(size)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "z",
        "6" + ISSUER.multikey[2:],
        ISSUER.multikey[1:],
        "Z" + ISSUER.multikey[1:],
        "zz" + ISSUER.multikey[1:],
        ISSUER.multikey + " ",
        ISSUER.multikey + "\n",
        " " + ISSUER.multikey,
        "z " + ISSUER.multikey[1:],
        ISSUER.multikey[:-1] + "0",
        ISSUER.multikey[:-1] + "é",
        ISSUER.multikey + "1",
        "z1" + ISSUER.multikey[1:],
        "z" * 10**6,
        "\x00",
    ],
)
def test_what_is_no_multikey_is_malformed(text):
    with pytest.raises(CredentialMalformed):
        IssuerKey.from_multikey(text)


@given(st.binary(max_size=70))
def test_bytes_have_one_writing_in_multibase(data):
    text = multibase.encode(data)
    assert multibase.decode(text) == data
    assert text == "z" + base58.b58encode(data).decode()
    for other in (text + " ", text + "\u3000", "m" + text[1:], "Z" + text[1:]):
        with pytest.raises(CredentialMalformed):
            multibase.decode(other)


def test_it_judges_signatures():
    message = b"a message"
    signature = KEY.sign(message)
    assert ISSUER.signed(message, signature) is True
    assert ISSUER.signed(message + b".", signature) is False
    assert ISSUER.signed(message, signature[:-1]) is False
    assert ISSUER.signed(message, signature + b"\0") is False
    assert ISSUER.signed(message, b"") is False
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x2b" * 32)
    assert ISSUER.signed(message, stranger.sign(message)) is False


@pytest.mark.parametrize("public", [bytes(32), b"\xff" * 32, b"\x02" + bytes(31)])
def test_a_key_that_is_no_point_signs_nothing(public):
    assert IssuerKey(public).signed(b"a message", KEY.sign(b"a message")) is False


def test_a_key_is_held_from_its_first_moment_on():
    key = ListedKey(public=ISSUER.public, valid_from=NOW, retired=None)
    assert not key.held_at(NOW - SECOND)
    assert key.held_at(NOW)
    assert key.held_at(NOW + timedelta(days=36500))


def test_a_retired_key_is_no_longer_held_from_that_moment_on():
    key = ListedKey(public=ISSUER.public, valid_from=NOW, retired=NOW + SECOND)
    assert key.held_at(NOW)
    assert not key.held_at(NOW + SECOND)
    never = ListedKey(public=ISSUER.public, valid_from=NOW, retired=NOW)
    assert not never.held_at(NOW)
