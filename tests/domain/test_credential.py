"""The credential says what the certificate says, as a Verifiable Credential and Open Badge.

The rules of the two standards are written here from their texts: VC Data Model 2.0, and
Open Badges 3.0, appendix B.
"""

import json
import re
from dataclasses import replace

import pytest

from tests.domain.example import (
    BASE_URL,
    CONTRACT,
    DID,
    FINAL,
    ISSUER,
    METHOD,
    NUMBER,
    VECTORS,
    a_certificate,
    a_credential,
    a_first_credential,
    at,
    paths,
)
from treering.domain import contexts
from treering.domain.claims import facts
from treering.domain.credential import unsigned
from treering.domain.proof import is_signed
from treering.domain.shape import DOCUMENT, has_shape
from treering.errors import CredentialMalformed

HERE = f"{BASE_URL}/v1/certificates/{NUMBER}"
URI = re.compile(r"[a-z][a-z0-9+.-]*:\S+")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_it_says_the_same_as_the_first_format():
    assert facts(a_credential()) == facts(a_first_credential())


def test_it_is_a_verifiable_credential():
    document = a_credential()
    assert document["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert document["type"][0] == "VerifiableCredential"
    assert document["issuer"]["id"] == DID
    assert INSTANT.fullmatch(document["validFrom"])
    assert document["id"] == HERE
    for path in paths(document):
        if path[-1] == "id":
            assert URI.fullmatch(at(document, path)), path


def test_it_is_an_open_badge():
    document = a_credential()
    assert document["@context"][1] == contexts.OPEN_BADGES
    assert "OpenBadgeCredential" in document["type"]
    assert type(document["name"]) is str
    assert document["issuer"]["type"] == ["Profile"]
    subject = document["credentialSubject"]
    assert "AchievementSubject" in subject["type"]
    (identity,) = subject["identifier"]
    assert identity["type"] == "IdentityObject"
    assert identity.keys() == {"type", "hashed", "identityHash", "identityType"}
    assert re.fullmatch(r"ext:[A-Za-z0-9._-]+", identity["identityType"])
    achievement = subject["achievement"]
    assert achievement["type"] == ["Achievement"]
    assert URI.fullmatch(achievement["id"])
    assert achievement["criteria"]["narrative"]
    assert achievement["name"]
    assert achievement["description"]
    assert all("Evidence" in evidence["type"] for evidence in document["evidence"])
    assert document["credentialStatus"].keys() >= {"id", "type"}
    assert all("type" in terms for terms in document["termsOfUse"])


def test_it_names_all_that_leads_to_the_chain():
    (evidence,) = a_credential()["evidence"]
    record = FINAL.records()[1]
    assert evidence["record"] == "0x" + record.word.hex()
    assert evidence["root"] == "0x" + FINAL.root.hex()
    assert evidence["contract"] == CONTRACT
    assert (evidence["chainId"], evidence["block"]) == (31337, 1234)
    assert evidence["transaction"] == "0x" + "7a" * 32
    status = a_credential()["credentialStatus"]
    assert status["treeId"] == "0x" + record.word[:12].hex()
    assert status["id"] == f"{HERE}/verification"


def test_nothing_personal_is_in_it_but_the_masked_name_and_the_commitment_on_chain():
    document = a_credential()
    subject = document["credentialSubject"]
    assert subject.pop("holderName") == "张*"
    (identity,) = subject.pop("identifier")
    assert identity["identityHash"] == "0x" + FINAL.records()[1].holder.hex()
    texts = {at(document, path) for path in paths(document) if isinstance(at(document, path), str)}
    assert not any("张" in text for text in texts)


def test_its_words_are_pinned_by_their_hash():
    (resource,) = a_credential()["relatedResource"]
    assert resource["id"] == a_credential()["@context"][2] == f"{BASE_URL}/ns/treering/v2"
    assert resource["digestSRI"] == contexts.OURS_SRI


def test_it_shares_nothing_with_the_next_one():
    document = unsigned(a_certificate(), issuer=DID, base_url=BASE_URL)
    document["@context"].append("https://evil.example")
    document["type"].clear()
    again = unsigned(a_certificate(), issuer=DID, base_url=BASE_URL)
    assert len(again["@context"]) == len(again["type"]) == 3


def test_a_lot_without_siblings_has_an_empty_proof():
    alone = replace(a_certificate(), proof=())
    assert has_shape(unsigned(alone, issuer=DID, base_url=BASE_URL), DOCUMENT)


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("credentialStatus", "treeId"), "0x" + "00" * 12),
        (("credentialStatus", "chainId"), 1),
        (("credentialStatus", "contract"), "0x" + "00" * 20),
        (("credentialSubject", "identifier", 0, "identityHash"), "0x" + "00" * 20),
        (("proof", 1, "created"), "2020-01-01T00:00:00Z"),
        (("proof", 1, "verificationMethod"), f"{METHOD}x"),
    ],
)
def test_parts_that_contradict_each_other_are_told(path, to):
    document = a_credential()
    assert facts(document).agrees
    at(document, path[:-1])[path[-1]] = to
    assert not facts(document).agrees


@pytest.mark.parametrize(
    "urls",
    [
        [],
        [contexts.CREDENTIALS],
        [contexts.CREDENTIALS, contexts.OPEN_BADGES],
        [contexts.OPEN_BADGES, contexts.CREDENTIALS, f"{BASE_URL}/ns/treering/v2"],
        [contexts.CREDENTIALS, contexts.OPEN_BADGES, f"{BASE_URL}/ns/treering/v3"],
        [contexts.CREDENTIALS, contexts.OPEN_BADGES, "/ns/treering/v2"],
        [contexts.CREDENTIALS, contexts.OPEN_BADGES, *[f"{BASE_URL}/ns/treering/v2"] * 2],
    ],
)
def test_other_contexts_than_ours_are_not_read(urls):
    assert not contexts.are_ours(urls)
    with pytest.raises(CredentialMalformed, match="another type or context"):
        facts(a_credential() | {"@context": urls})


def test_other_types_than_ours_are_not_read():
    with pytest.raises(CredentialMalformed, match="another type or context"):
        facts(a_credential() | {"type": ["VerifiableCredential", "TreeCertificate"]})


@pytest.mark.parametrize("name", contexts.PINS)
def test_a_context_that_was_altered_is_not_loaded(name, monkeypatch):
    monkeypatch.setitem(contexts.PINS, name, "00" * 32)
    with pytest.raises(AssertionError, match="not the file that was pinned"):
        contexts._read(name)


def test_the_second_format_is_kept_and_verifies_for_ever():
    kept = json.loads((VECTORS / "credential_2.json").read_text("utf-8"))
    assert facts(kept) == facts(a_first_credential())
    assert is_signed(kept, ISSUER)
    assert a_credential() == kept
