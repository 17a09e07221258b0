"""A signed document: any change is found, and what is no signature is refused in words."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from treering.domain import attested
from treering.domain.issuer_key import IssuerKey
from treering.errors import AuditReportUnreadable

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\7" * 32)
KEY = IssuerKey(PRIVATE.public_key().public_bytes_raw())
DOCUMENT = {"format": "x", "counts": {"记录": 3}, "list": [1, None, True, "é"]}


@pytest.fixture
def signed() -> dict:
    return attested.signed(DOCUMENT, KEY, PRIVATE.sign)


def test_a_document_opens_with_its_signers_key(signed):
    assert attested.opened(signed) == (DOCUMENT, KEY)


def test_the_order_of_members_is_no_part_of_it(signed):
    assert attested.opened(dict(reversed(signed.items()))) == (DOCUMENT, KEY)


@pytest.mark.parametrize(
    "change",
    [
        {"format": "y"},
        {"more": 1},
        {"counts": {"记录": 4}},
        {"list": [1, None, True, "é", 0]},
    ],
)
def test_a_document_that_was_changed_does_not_open(signed, change):
    with pytest.raises(AuditReportUnreadable, match="changed"):
        attested.opened(signed | change)


@pytest.mark.parametrize(
    "signature",
    [
        None,
        "0x12",
        {},
        {"key": "z6Mk", "value": "0x", "algorithm": ""},
        {"key": KEY.multikey, "value": "zz", "algorithm": ""},
        {"key": KEY.multikey, "value": "0x12", "algorithm": "another"},
    ],
)
def test_what_is_no_signature_is_refused(signed, signature):
    with pytest.raises(AuditReportUnreadable):
        attested.opened(signed | {"signature": signature})


@pytest.mark.parametrize("document", [None, [], "signed", 7, {"a": 1}])
def test_what_is_no_document_is_refused(document):
    with pytest.raises(AuditReportUnreadable, match="not signed"):
        attested.opened(document)


def test_a_number_that_has_no_canonical_form_is_refused(signed):
    with pytest.raises(AuditReportUnreadable, match="cannot be read"):
        attested.opened(signed | {"format": 2**60})
