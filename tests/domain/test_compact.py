"""The compact certificate: small enough for a code, signed, and with one writing only."""

from base64 import b32decode, b32encode, urlsafe_b64encode
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openvc import cbor as judge_cbor
from openvc import cose as judge

from tests.domain.example import (
    BASE_URL,
    CONTRACT,
    FINAL,
    ISSUER,
    KEY,
    NOW,
    NUMBER,
    VECTORS,
    a_certificate,
)
from tests.fakes.example import LOTS
from treering.domain import address, compact, cose
from treering.domain.issuer_key import IssuerKey
from treering.errors import CredentialMalformed

COMPACT = compact.of(a_certificate())
CODE = compact.signed(COMPACT, ISSUER, KEY.sign)
LONG_HOST = "https://certificates.treering.example"


def text_of(data: bytes) -> str:
    return b32encode(data).decode().rstrip("=")


def signed_over(payload: Any) -> str:
    return text_of(cose.sign(cose.encoded(payload), ISSUER.id[:2], KEY.sign))


def fields() -> list[Any]:
    _, message = compact.read(CODE)
    found: list[Any] = cbor2.loads(message.payload)
    return found


def test_what_was_written_is_read_and_its_signer_is_known():
    read, message = compact.read(CODE)
    assert read == COMPACT
    assert compact.signer(message, [IssuerKey(b"\x2b" * 32), ISSUER]) == ISSUER


def test_it_says_what_the_certificate_says():
    assert COMPACT.number == str(NUMBER)
    assert COMPACT.lot == "1-277"
    assert COMPACT.tree == FINAL.records()[1].tree_id
    assert COMPACT.masked_name == "张*"
    assert COMPACT.minted_at == NOW
    assert COMPACT.network == compact.network_mark(31337, CONTRACT.lower())
    assert COMPACT.network != compact.network_mark(1, CONTRACT)


def test_the_code_of_every_lot_fits_version_13():
    for lot in LOTS:
        made = replace(a_certificate(), lot=lot, programme=lot.programme, masked_name="欧阳***")
        code = compact.signed(compact.of(made), ISSUER, KEY.sign)
        assert address.written(LONG_HOST, code), (lot.slug, len(code))


def test_a_chain_whose_clock_is_a_day_behind_makes_no_unreadable_code():
    early = replace(COMPACT, minted_at=NOW - timedelta(days=2))
    assert compact.read(compact.signed(early, ISSUER, KEY.sign))[0] == early


def test_a_judge_that_is_none_of_ours_reads_it_and_takes_its_signature_for_good():
    sign1 = judge.parse_sign1(judge_cbor.decode(b32decode(CODE + "=" * (-len(CODE) % 8))))
    assert sign1.alg == -8
    assert sign1.payload == compact.read(CODE)[1].payload
    assert judge.verify_sign1(sign1, public_jwk=jwk(ISSUER.public))
    assert not judge.verify_sign1(replace(sign1, payload=b"x"), public_jwk=jwk(ISSUER.public))


def jwk(public: bytes) -> dict[str, str]:
    x = urlsafe_b64encode(public).decode().rstrip("=")
    return {"kty": "OKP", "crv": "Ed25519", "x": x}


@pytest.mark.parametrize("place", range(len(CODE)))
def test_no_character_of_it_can_be_changed(place):
    other = "A" if CODE[place] != "A" else "B"
    changed = CODE[:place] + other + CODE[place + 1 :]
    try:
        _, message = compact.read(changed)
    except CredentialMalformed:
        return
    assert compact.signer(message, [ISSUER]) is None


@pytest.mark.parametrize(
    "code",
    [
        "",
        "A",
        CODE[:-1],
        CODE + "A",
        CODE + "AAAAAAAA",
        CODE.lower(),
        CODE + "=",
        CODE[:8] + " " + CODE[8:],
        "Á" * 8,
        "A" * 3000,
        text_of(b"\xff" * 40),
        text_of(cbor2.dumps(17)),
        text_of(cbor2.dumps(cbor2.CBORTag(18, 5))),
        text_of(cbor2.dumps(cbor2.CBORTag(18, [b"", {}, b"", b"\0" * 64]))),
        text_of(cbor2.dumps(cbor2.CBORTag(17, [b"\xa1\x01\x27", {}, b"", b"\0" * 64]))),
        text_of(cose.sign(b"", ISSUER.id[:2], lambda _: b"\0" * 63)),
        text_of(bytes.fromhex("d2") + cbor2.dumps([b"\xa1\x04\x40", {}, b"", b"\0" * 64])),
        text_of(cbor2.dumps(cbor2.CBORTag(35, "(a+)+$"))),
        text_of(cbor2.dumps([1, 2, 3])),
        text_of(b"\x9f\xff"),
        text_of(b"\x81" * 900),
    ],
    ids=range(21),
)
def test_what_is_no_compact_certificate_is_refused(code):
    with pytest.raises(CredentialMalformed):
        compact.read(code)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (0, 2),
        (1, 2**32),
        (2, -1),
        (3, 2**32),
        (4, b"\0" * 4),
        (4, b"\x80" + b"\0" * 4),
        (5, b"\0" * 4),
        (6, b"SAXAUL"),
        (7, 9),
        (7, True),
        (8, "2019"),
        (10, -(2**16)),
        (10, 2**16),
        (10, 2**40),
        (11, -1),
        (11, 2**37),
        (11, 1.5),
    ],
)
def test_fields_of_another_kind_are_refused_though_they_are_signed(place, value):
    changed = fields()
    changed[place] = value
    with pytest.raises(CredentialMalformed):
        compact.read(signed_over(changed))


@pytest.mark.parametrize("later", [0, -1, 2**37, True, "1"])
def test_a_later_signature_has_one_writing_and_is_later(later):
    second = [2, *fields()[1:]]
    assert compact.read(signed_over([*second, 1]))[0] == replace(COMPACT, later=1)
    for wrong in ([*second, later], [*second, 1, 1], second, [*fields(), 1]):
        with pytest.raises(CredentialMalformed):
            compact.read(signed_over(wrong))


def test_a_certificate_that_was_signed_anew_says_by_how_much_later():
    anew = compact.of(a_certificate(), NOW + timedelta(days=365))
    code = compact.signed(anew, ISSUER, KEY.sign)
    read, message = compact.read(code)
    assert (read, compact.signer(message, [ISSUER])) == (anew, ISSUER)
    assert (read.minted_at, read.signed_at) == (NOW, NOW + timedelta(days=365))
    assert replace(anew, later=0) == COMPACT


@pytest.mark.parametrize("payload", [{}, [], 5, "x", None])
def test_another_payload_is_refused_though_it_is_signed(payload):
    with pytest.raises(CredentialMalformed):
        compact.read(signed_over(payload))


@given(st.binary(max_size=300))
def test_no_bytes_lead_to_another_error(data):
    with pytest.raises(CredentialMalformed):
        compact.read(text_of(data))


@given(st.binary(max_size=200))
def test_no_signed_bytes_lead_to_another_error(payload):
    with pytest.raises(CredentialMalformed):
        compact.read(text_of(cose.sign(payload, ISSUER.id[:2], KEY.sign)))


def test_a_message_that_names_no_key_has_no_signer():
    nameless = replace(compact.read(CODE)[1], key_id=b"")
    assert compact.signer(nameless, [ISSUER]) is None


def test_a_key_of_the_same_mark_did_not_sign_it():
    message = compact.read(CODE)[1]
    forged = replace(message, signature=bytes(64))
    assert compact.signer(forged, [ISSUER]) is None


def test_the_first_code_is_kept_and_verifies_for_ever():
    kept = (VECTORS / "compact_1.txt").read_text("ascii").strip()
    assert kept == address.written(BASE_URL, CODE)
    code = address.read(kept, BASE_URL).code
    assert code
    read, message = compact.read(code)
    assert (read, compact.signer(message, [ISSUER])) == (COMPACT, ISSUER)
    assert read.redeemed_on == date(2026, 11, 21)


def test_the_first_code_that_was_signed_later_is_kept_and_verifies_for_ever():
    code = (VECTORS / "compact_2.txt").read_text("ascii").strip()
    read, message = compact.read(code)
    assert compact.signer(message, [ISSUER]) == ISSUER
    assert read == replace(COMPACT, later=86_400)
