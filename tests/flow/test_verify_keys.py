"""Verification of who signed, and when: strangers, other programmes, retired keys, other times."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.chain_kit import Chain
from tests.flow.verifying import as_file, changed, code, document, unsecured
from treering.chain import roles
from treering.domain import address, compact
from treering.domain.claims import facts
from treering.domain.issuer_key import IssuerKey
from treering.domain.proof import secured
from treering.domain.verdict import state
from treering.domain.verification import Check, State, Verdict
from treering.flow.parts import Parts
from treering.flow.verifying.bystander import bystander

__all__ = ["document"]  # the fixture


def signed_by(parts: Parts, document: dict, name: str, at: datetime | None = None) -> dict:
    """The same document as the holder of another key would sign it, named as the issuer's."""
    key = parts.keys.issuer(name)
    public = IssuerKey(key.public_key().public_bytes_raw())
    method = f"{document['issuer']['id']}#{public.multikey}"
    created = at or facts(document).created
    return secured(unsecured(document), method=method, created=created, sign=key.sign)


def test_a_key_that_the_chain_does_not_list_is_refused(parts: Parts, document):
    forged = signed_by(parts, document, "stranger")
    assert code(parts.verifier.verify(forged), Check.SIGNATURE) == "KEY_NOT_LISTED"


def test_the_key_of_another_programme_signs_nothing_for_this_one(
    parts: Parts, document, forest: Chain
):
    other = parts.example.issuer_key("GFOREST")
    forest.act("admin", "openProgramme", 2, b"GFOREST".ljust(32, b"\0"))
    registrar = forest.account("registrar").address
    forest.send("admin", roles.grant(forest.contract, roles.registrar_of(2), registrar))
    forest.act("registrar", "setIssuerKey", 2, other.id, other.public, 1)
    forest.finalise()
    assert forest.ledger.at("finalized").issuer_key(2, other.id), "it is a genuine key"
    forged = signed_by(parts, document, "GFOREST")
    report = parts.verifier.verify(forged)
    assert code(report, Check.SIGNATURE) == "KEY_NOT_LISTED"
    assert report.verdict is Verdict.INVALID


def test_a_retired_key_is_judged_by_its_own_time(parts: Parts, document, forest: Chain):
    key = parts.example.issuer_key("ANT_FOREST")
    signed = int(facts(document).created.timestamp())
    forest.act("registrar", "retireIssuerKey", 1, key.id, signed + 1)
    forest.finalise()
    assert code(parts.verifier.verify(document), Check.SIGNATURE) == "SIGNATURE_OK"


def test_what_is_signed_after_a_key_retired_is_refused(parts: Parts, document, forest: Chain):
    key = parts.example.issuer_key("ANT_FOREST")
    forest.act("registrar", "retireIssuerKey", 1, key.id, int(facts(document).created.timestamp()))
    forest.finalise()
    assert code(parts.verifier.verify(document), Check.SIGNATURE) == "KEY_NOT_OF_ITS_TIME"


@pytest.mark.parametrize("ahead", [timedelta(days=2), timedelta(days=36_500)])
def test_a_date_that_has_not_come_vouches_for_nothing(
    parts: Parts, document, forest: Chain, ahead: timedelta
):
    newest = max(parts.clock(), forest.ledger.at("latest").as_of)
    early = signed_by(parts, document, "ANT_FOREST", newest + ahead)
    report = parts.verifier.verify(early)
    assert code(report, Check.SIGNATURE) == "KEY_NOT_OF_ITS_TIME"
    assert state(report) is State.ALTERED
    found = parts.office.find(facts(document).number)
    issuer = parts.office.issuer_of("ANT_FOREST")
    claimed = compact.of(parts.office.certificate(found), newest + ahead)
    text = address.written(parts.base_url, compact.signed(claimed, issuer.key, issuer.sign))
    assert code(parts.service.examine(text.encode()), Check.SIGNATURE) == "KEY_NOT_OF_ITS_TIME"


@pytest.mark.parametrize(
    ("days_since", "signed", "said"),
    [
        (0.5, 0.25, "KEY_NOT_LISTED"),
        (60, 30, "SIGNATURE_UNCHECKED"),
        (60, -1, "KEY_NOT_LISTED"),
        (60, 62, "KEY_NOT_LISTED"),
    ],
    ids=["keeps up", "months behind", "signed before its block", "signed in days to come"],
)
def test_a_node_that_is_months_behind_calls_no_later_key_a_strangers(
    parts: Parts, document, forest: Chain, days_since: float, signed: float, said: str
):
    held = forest.ledger.at("finalized").as_of
    created, now = held + timedelta(days=signed), held + timedelta(days=days_since)
    verifier = replace(parts.verifier, clock=lambda: now)
    report = verifier.verify(signed_by(parts, document, "stranger", created))
    assert code(report, Check.SIGNATURE) == said
    assert report.verdict is not Verdict.VALID
    stranger = parts.keys.issuer("stranger")
    key = IssuerKey(stranger.public_key().public_bytes_raw())
    found = parts.office.certificate(parts.office.find(facts(document).number))
    claimed = compact.of(found, max(created, found.inclusion.block_time))
    scanner = replace(parts.service.scanner, keys=lambda _: [key], clock=lambda: now)
    scanned = scanner.scan(compact.signed(claimed, key, stranger.sign))
    if signed > 0:
        assert code(scanned, Check.SIGNATURE) == said


def named(parts: Parts, document: dict, programme: str, issuer: str) -> dict:
    """Signed by Ant Forest's own key: the same tree, said to be of other programmes."""
    did = document["issuer"]["id"].removesuffix("ANT_FOREST") + issuer
    other = changed(document, "issuer", "id", to=did)
    other = changed(other, "credentialSubject", "lot", to=f"{programme}-277")
    key, created = parts.office.issuer_of("ANT_FOREST"), facts(document).created
    method = f"{did}#{key.key.multikey}"
    return secured(unsecured(other), method=method, created=created, sign=key.sign)


@pytest.mark.parametrize(
    ("programme", "issuer", "said"),
    [
        ("ANT_FOREST", "ANT_FOREST", ("DOCUMENT_OK", "LOT_OK")),
        ("ANT_FOREST", "GFOREST", ("DOCUMENT_DIFFERS", "LOT_OK")),
        ("GFOREST", "ANT_FOREST", ("DOCUMENT_DIFFERS", "LOT_DIFFERS")),
        ("GFOREST", "GFOREST", ("DOCUMENT_OK", "LOT_DIFFERS")),
    ],
)
def test_a_programme_that_calls_itself_another_is_contradicted_by_the_chain(
    parts: Parts, document, forest: Chain, programme: str, issuer: str, said: tuple[str, str]
):
    brought = named(parts, document, programme, issuer)
    there = bystander(as_file(brought), rpc_url=forest.node.url, contract=forest.contract)
    for report in (parts.verifier.verify(brought), there):
        assert code(report, Check.SIGNATURE) == "SIGNATURE_OK", "the key is genuine"
        assert (code(report, Check.DOCUMENT), code(report, Check.LOT)) == said
        assert (state(report) is State.ALTERED) is (programme != issuer or issuer == "GFOREST")


def test_a_clock_that_is_an_hour_ahead_is_forgiven(parts: Parts, document, forest: Chain):
    newest = max(parts.clock(), forest.ledger.at("latest").as_of)
    early = signed_by(parts, document, "ANT_FOREST", newest + timedelta(hours=1))
    assert code(parts.verifier.verify(early), Check.SIGNATURE) == "SIGNATURE_OK"


def other_forms(document: dict) -> dict[str, bytes]:
    """What RFC 8785 would not write, though a person reads the same."""
    return {
        "sorted, in ASCII": json.dumps(document, sort_keys=True).encode(),
        "sorted, with spaces": json.dumps(document, sort_keys=True, ensure_ascii=False).encode(),
        "as it stands": json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(),
    }


@pytest.mark.parametrize("form", ["sorted, in ASCII", "sorted, with spaces", "as it stands"])
def test_a_signature_over_another_canonical_form_is_none(parts: Parts, document, form):
    key = parts.keys.issuer("ANT_FOREST")

    def sign(_: bytes) -> bytes:
        return key.sign(other_forms(unsecured(document))[form])

    method = document["proof"][0]["verificationMethod"]
    other = secured(unsecured(document), method=method, created=facts(document).created, sign=sign)
    assert code(parts.verifier.verify(other), Check.SIGNATURE) == "SIGNATURE_BROKEN"


def test_however_it_is_written_a_genuine_document_is_the_same(parts: Parts, document):
    for brought in other_forms(document).values():
        assert parts.service.examine(brought).verdict is Verdict.VALID


@pytest.mark.parametrize("name", ["serial", "holderName", "lot"])
def test_a_key_that_stands_twice_is_read_by_nobody(document, name, parts: Parts, forest: Chain):
    """A reader that takes the last, and one that takes the first, would see two documents."""
    text = json.dumps(document, ensure_ascii=False)
    twice = text.replace(f'"{name}": ', f'"{name}": 7, "{name}": ', 1).encode()
    assert json.loads(twice) == document
    for examine in (
        parts.service.examine,
        lambda brought: bystander(brought, rpc_url=forest.node.url, contract=forest.contract),
    ):
        with pytest.raises(Exception, match="stands twice"):
            examine(twice)
