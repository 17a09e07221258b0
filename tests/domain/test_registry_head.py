"""Signed heads: what they look like, whom they are believed from, what may follow what."""

import json
from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from hypothesis import given
from hypothesis import strategies as st

from treering.domain.registry_head import (
    HeldHead,
    TreeHead,
    VerifierKey,
    check_clock,
    check_succession,
    opened,
    sign,
)
from treering.errors import RegistryContradicted, RegistryRefused

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/registry_log.json").read_text("utf-8"))[
    "log"
]
ORIGIN = "treering.example/synthetic-registry"
KEY = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["seed"]))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = VerifierKey.of(ORIGIN, KEY)
ROOT = bytes(range(32))
NOON = datetime(2025, 3, 12, 12, tzinfo=UTC)
HEAD = sign(ORIGIN, 3, ROOT, NOON, KEY)


def signed(text: str, key: Ed25519PrivateKey = KEY, name: str = ORIGIN) -> str:
    key_id = VerifierKey.of(name, key).key_id
    signature = b64encode(key_id + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {signature}\n"


def test_the_vector_opens_with_its_key():
    key = VerifierKey.parse(VECTORS["verifier_key"])
    head = opened(VECTORS["checkpoint"], key)

    assert (key, str(key)) == (PUBLIC, VECTORS["verifier_key"])
    assert (head.origin, head.size) == (ORIGIN, 2)
    assert sign(ORIGIN, 2, head.root, head.time, KEY).note == VECTORS["checkpoint"]


def test_a_key_and_signature_made_by_the_go_implementation_are_understood():
    # the example of golang.org/x/mod/sumdb/note
    key = VerifierKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signature = b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert signature[:4] == key.key_id
    Ed25519PublicKey.from_public_bytes(key.public).verify(signature[4:], text.encode())
    with pytest.raises(RegistryRefused, match="a head has origin"):
        opened(f"{text}\n— PeterNeumann {b64encode(signature).decode()}\n", key)


@given(st.integers(0, 10**18 - 1), st.binary(min_size=32, max_size=32))
def test_what_was_signed_is_what_is_read(size, root):
    head = sign(ORIGIN, size, root, NOON, KEY)
    assert opened(head.note, PUBLIC) == head == TreeHead(ORIGIN, size, root, NOON, head.note)


@given(st.integers(0, len(HEAD.note) - 1), st.sampled_from("\0\n 0Aa=+—"))
def test_no_character_of_a_head_can_change(at, character):
    altered = HEAD.note[:at] + character + HEAD.note[at + 1 :]
    if altered != HEAD.note:
        with pytest.raises(RegistryRefused):
            opened(altered, PUBLIC)


def test_a_head_by_another_key_is_not_believed():
    with pytest.raises(RegistryRefused, match="is not signed by"):
        opened(sign(ORIGIN, 3, ROOT, NOON, OTHER).note, PUBLIC)
    with pytest.raises(RegistryRefused, match="is not signed by"):
        opened(sign("another.example/log", 3, ROOT, NOON, KEY).note, PUBLIC)


def test_a_key_id_is_no_proof():
    forged = PUBLIC.key_id + OTHER.sign(HEAD.note.partition("\n\n")[0].encode() + b"\n")
    text = HEAD.note.partition("\n— ")[0]
    with pytest.raises(RegistryRefused, match="does not fit"):
        opened(f"{text}\n— {ORIGIN} {b64encode(forged).decode()}\n", PUBLIC)


def test_a_witness_may_sign_too_and_is_passed_over():
    witness = VerifierKey.of("witness.example", OTHER)
    line = f"— witness.example {b64encode(witness.key_id + bytes(72)).decode()}\n"
    namesake = f"— {ORIGIN} {b64encode(bytes(68)).decode()}\n"
    assert opened(HEAD.note + line + namesake, PUBLIC).root == ROOT


def test_other_extension_lines_are_left_alone():
    text = HEAD.note.partition("\n— ")[0] + "policy 7\n"
    assert opened(signed(text), PUBLIC).time == NOON


ROOT64 = b64encode(ROOT).decode()
TIME = "time 2025-03-12T12:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        f"another.example/log\n3\n{ROOT64}\n{TIME}\n",
        f"{ORIGIN}\n03\n{ROOT64}\n{TIME}\n",
        f"{ORIGIN}\n-3\n{ROOT64}\n{TIME}\n",
        f"{ORIGIN}\n٣\n{ROOT64}\n{TIME}\n",
        f"{ORIGIN}\n9223372036854775808\n{ROOT64}\n{TIME}\n",
        f"{ORIGIN}\n3\n{ROOT64[:-4]}\n{TIME}\n",
        f"{ORIGIN}\n3\n{ROOT64[:-2]}9=\n{TIME}\n",
        f"{ORIGIN}\n3\n{ROOT64}\n",
        f"{ORIGIN}\n3\n{TIME}\n",
        f"{ORIGIN}\n3\n{ROOT64}\n{TIME}\n{TIME}\n",
        f"{ORIGIN}\n3\n{ROOT64}\n\n{TIME}\n",
        f"{ORIGIN}\n3\n{ROOT64}\ntime yesterday\n",
    ],
)
def test_a_head_of_another_form_is_refused_though_it_is_signed(text):
    with pytest.raises(RegistryRefused):
        opened(signed(text), PUBLIC)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "no signature\n",
        HEAD.note[:-1],
        HEAD.note.replace("\n", "\r\n"),
        HEAD.note + "— broken\n",
        HEAD.note.replace("— ", "- "),
    ],
)
def test_what_is_no_signed_note_is_refused(note):
    with pytest.raises(RegistryRefused):
        opened(note, PUBLIC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        str(PUBLIC).replace("+6b1dd7e5+", "+6b1dd7e6+"),
        f"two words+{PUBLIC.key_id.hex()}+{b64encode(bytes([1]) + PUBLIC.public).decode()}",
        f"{ORIGIN}+{PUBLIC.key_id.hex()}+{b64encode(bytes([2]) + PUBLIC.public).decode()}",
        f"{ORIGIN}+{PUBLIC.key_id.hex()}+{b64encode(PUBLIC.public).decode()}",
        f"{ORIGIN}+{PUBLIC.key_id.hex()}+ключ",
    ],
)
def test_a_mistyped_verifier_key_is_refused(text):
    with pytest.raises(ValueError):
        VerifierKey.parse(text)


def test_a_log_cannot_be_named_with_spaces():
    with pytest.raises(ValueError, match="no spaces"):
        VerifierKey.of("a name", KEY)


def test_a_log_may_stand_still_or_grow():
    check_succession(HEAD, HEAD)
    check_succession(HEAD, sign(ORIGIN, 3, ROOT, NOON + timedelta(days=1), KEY))
    check_succession(HEAD, sign(ORIGIN, 4, bytes(32), NOON, KEY))
    check_succession(HEAD, sign(ORIGIN, 9, bytes(32), NOON + timedelta(days=1), KEY))


@pytest.mark.parametrize(
    ("size", "root", "seconds"),
    [(3, bytes(32), 0), (3, bytes(32), 9), (2, ROOT, 9), (4, ROOT, -9)],
)
def test_two_heads_that_cannot_both_be_true_are_kept_as_proof(size, root, seconds):
    offered = sign(ORIGIN, size, root, NOON + timedelta(seconds=seconds), KEY)
    with pytest.raises(RegistryContradicted) as caught:
        check_succession(HEAD, offered)
    assert (caught.value.held, caught.value.offered) == (HEAD.note, offered.note)


@pytest.mark.parametrize(("size", "seconds"), [(2, -9), (2, 0), (3, -9)])
def test_a_log_cannot_go_back(size, seconds):
    offered = sign(ORIGIN, size, ROOT, NOON + timedelta(seconds=seconds), KEY)
    with pytest.raises(RegistryRefused, match="went back") as caught:
        check_succession(HEAD, offered)
    assert not isinstance(caught.value, RegistryContradicted)


def test_a_head_from_the_future_is_refused_but_clocks_may_differ_a_little():
    check_clock(HEAD, NOON - timedelta(minutes=5))
    with pytest.raises(RegistryRefused, match="is dated"):
        check_clock(HEAD, NOON - timedelta(minutes=6))


def test_a_head_grows_old_from_when_it_was_signed():
    held = HeldHead(HEAD, fetched_at=NOON + timedelta(hours=1))
    assert held.age(NOON + timedelta(days=2)) == timedelta(days=2)
    assert held.age(NOON - timedelta(seconds=3)) == timedelta()
    assert replace(held, fetched_at=NOON).age(NOON) == timedelta()


def test_the_signature_covers_the_time():
    text, _, signature = HEAD.note.partition("\n\n")
    later = text.replace("12:00:00Z", "13:00:00Z")
    with pytest.raises(RegistryRefused, match="does not fit") as caught:
        opened(f"{later}\n\n{signature}", PUBLIC)
    assert isinstance(caught.value.__cause__, InvalidSignature)
