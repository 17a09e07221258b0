"""A bundle of a real chain answers as the chain does, and never more than it knows."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.chain_kit import Chain
from tests.ledger_life import EMPTY, GRASS, TREES, live
from treering.chain.keys import KeyFolder
from treering.domain import address, compact
from treering.domain.bundle import form
from treering.domain.bundle.contents import Bundle
from treering.domain.claims import facts
from treering.domain.issuer_key import IssuerKey
from treering.domain.keccak import keccak
from treering.domain.proof import secured
from treering.domain.record import TreeId, lot_id, tree_id
from treering.domain.verification import Check, Finding, Report, Verdict
from treering.errors import (
    BundleNotMade,
    BundleOfAnotherNetwork,
    BundleUnsigned,
    IssuerKeyUnlisted,
    SettingsWrong,
)
from treering.flow.parts import Parts
from treering.flow.verifying.bundle import Bundled, bundled
from treering.flow.verifying.offline import Offline, opened

CLOCK_AHEAD = timedelta(hours=3)


@pytest.fixture
def early(parts: Parts, forest: Chain) -> Bundled:
    """From before anything was minted."""
    forest.finalise()
    return bundled(parts.ledger, parts.keys)


@pytest.fixture
def document(parts: Parts, early: Bundled, numbers: list[str]) -> dict:
    return parts.office.credential(parts.office.find(numbers[1]))


@pytest.fixture
def code(parts: Parts, numbers: list[str]) -> bytes:
    return parts.service.address(numbers[1]).encode()


def offline(made: Bundled) -> Offline:
    bundle = made.bundle
    return opened(
        made.data,
        [made.signer],
        contract=bundle.contract,
        chain_id=bundle.chain_id,
        clock=lambda: bundle.as_of + CLOCK_AHEAD,
    )


def now(parts: Parts) -> Offline:
    return offline(bundled(parts.ledger, parts.keys))


def told(report: Report) -> dict[Check, str]:
    return {finding.check: finding.code for finding in report.findings}


def same(finding: Finding) -> Finding:
    """Without the block, which is the bundle's."""
    return replace(finding, as_of=None, evidence=finding.evidence | {"block": None})


def as_file(document: dict) -> bytes:
    return json.dumps(document).encode()


def test_the_same_checks_say_the_same_as_with_a_node(parts: Parts, document, code):
    known = now(parts)
    for content, by_node in (
        (as_file(document), parts.verifier.verify(document)),
        (code, parts.service.scan(address.code_in(code))),
    ):
        report = known.report(content)
        assert report.verdict is by_node.verdict is Verdict.VALID
        assert list(map(same, report.findings)) == list(map(same, by_node.findings))
    assert known.age == CLOCK_AHEAD
    assert {f.as_of for f in report.findings if f.check is Check.RECORD} == {known.bundle.as_of}


def test_a_certificate_younger_than_the_bundle_is_unknown_and_never_invalid(
    parts: Parts, early: Bundled, document, code
):
    report = offline(early).report(as_file(document))
    assert report.verdict is Verdict.UNKNOWN
    unsure = {f.check for f in report.findings if f.verdict is Verdict.UNKNOWN}
    assert unsure == {Check.ROOT, Check.RECORD, Check.REGISTRY}
    (root,) = [f for f in report.findings if f.check is Check.ROOT]
    assert f"the bundle ends at block {early.bundle.block}" in root.detail
    scanned = offline(early).report(code)
    assert scanned.verdict is Verdict.UNKNOWN
    assert told(scanned)[Check.RECORD] == "RECORD_UNCHECKED"


def test_a_lot_and_a_key_that_came_later_are_unknown_too(parts: Parts, early, document, code):
    older = replace(early.bundle, lots={}, keys={})
    known = Offline(older, early.signer, lambda: older.as_of)
    assert {f.verdict for f in known.report(as_file(document)).findings} == {
        Verdict.VALID,
        Verdict.UNKNOWN,
    }
    scanned = told(known.report(code))
    assert (scanned[Check.SIGNATURE], scanned[Check.LOT]) == ("KEY_UNCHECKED", "LOT_UNCHECKED")


def test_what_the_bundle_should_know_and_does_not_is_invalid(parts: Parts, document, code):
    known = now(parts)
    later = known.bundle.block_time + 1
    nothing = replace(known.bundle, lots={}, keys={}, block_time=later)
    report = told(Offline(nothing, known.signer, known.clock).report(as_file(document)))
    assert report[Check.ROOT] == "ROOT_MISSING"
    assert report[Check.SIGNATURE] == "KEY_NOT_LISTED"
    assert report[Check.LOT] == "LOT_DIFFERS"
    scanned = told(Offline(nothing, known.signer, known.clock).report(code))
    assert scanned[Check.LOT] == "LOT_DIFFERS"


def test_without_a_network_too_no_programme_signs_as_another(parts: Parts, document):
    """As the chain calls it: a bundle of the first format alone does not tell."""
    known = now(parts)
    assert known.bundle.programmes[1] == "ANT_FOREST"
    for called, expected in ({1: "GFOREST"}, "LOT_DIFFERS"), ({}, "LOT_OK"):
        other = replace(known.bundle, programmes=called)
        report = told(Offline(other, known.signer, known.clock).report(as_file(document)))
        assert report[Check.LOT] == expected


def test_a_revoked_record_is_revoked_as_of_the_bundle(parts: Parts, document, code, forest):
    before = now(parts)
    tree = compact.read(address.code_in(code) or "")[0].tree
    forest.act("revoker", "revoke", [tree], 1)
    forest.finalise()
    after = now(parts)
    for content in (as_file(document), code):
        assert told(before.report(content))[Check.RECORD] == "RECORD_OK"
        report = after.report(content)
        assert told(report)[Check.RECORD] == "RECORD_REVOKED"
        (found,) = [f for f in report.findings if f.check is Check.RECORD]
        assert (found.as_of, found.evidence["block"]) == (after.bundle.as_of, after.bundle.block)


def test_a_record_that_was_exchanged_needs_the_mirror(parts: Parts, document, code, forest):
    tree = compact.read(address.code_in(code) or "")[0].tree
    forest.act("registry", "claim", b"\7" * 32, [tree])
    forest.finalise()
    report = told(now(parts).report(as_file(document)))
    assert report[Check.REGISTRY] == "EXCHANGE_UNCHECKED"
    assert report[Check.RECORD] == "RECORD_OK"


def test_another_contracts_certificate_is_of_another_network(parts: Parts, document, code):
    known = now(parts)
    other = replace(known.bundle, contract="0x" + "11" * 20)
    for content in (as_file(document), code):
        report = Offline(other, known.signer, known.clock).report(content)
        assert told(report)[Check.ROOT] == "WRONG_NETWORK"


def test_a_forged_document_stays_invalid_however_young_it_claims_to_be(
    parts: Parts, early, document
):
    document["credentialSubject"]["holderName"] = "李*"
    assert offline(early).report(as_file(document)).verdict is Verdict.INVALID


def by_a_stranger(parts: Parts, document: dict, created: datetime) -> bytes:
    stranger = parts.keys.issuer("stranger")
    key = IssuerKey(stranger.public_key().public_bytes_raw())
    method = f"{document['issuer']['id']}#{key.multikey}"
    bare = {name: value for name, value in document.items() if name != "proof"}
    return as_file(secured(bare, method=method, created=created, sign=stranger.sign))


def test_a_strangers_signature_on_a_known_record_is_invalid_whatever_block_he_names(
    parts: Parts, document
):
    known, created = now(parts), facts(document).created - timedelta(seconds=1)
    for block in (document["evidence"][0]["block"], 10**9):
        document["evidence"][0]["block"] = block
        forged = by_a_stranger(parts, document, created)
        assert told(known.report(forged))[Check.SIGNATURE] == "KEY_NOT_LISTED"
    document["evidence"][0]["firstSerial"] = 1
    forged = by_a_stranger(parts, document, created)
    assert told(known.report(forged))[Check.ROOT] == "ROOT_MISSING"


def test_whose_key_it_is_by_which_something_was_signed_since_no_bundle_knows(
    parts: Parts, document
):
    known = now(parts)
    day, taken = timedelta(days=1), known.bundle.as_of
    for created, code in (
        (taken - timedelta(seconds=1), "KEY_NOT_LISTED"),
        (taken, "SIGNATURE_UNCHECKED"),
        (taken + CLOCK_AHEAD + day, "SIGNATURE_UNCHECKED"),
        (taken + CLOCK_AHEAD + 2 * day, "KEY_NOT_LISTED"),
    ):
        report = known.report(by_a_stranger(parts, document, created))
        assert told(report)[Check.SIGNATURE] == code
        assert report.verdict is not Verdict.VALID


def test_a_bundle_of_another_chain_or_contract_is_refused(early: Bundled):
    bundle = early.bundle
    for contract, chain_id in (("0x" + "11" * 20, None), (bundle.contract, bundle.chain_id + 1)):
        with pytest.raises(BundleOfAnotherNetwork):
            opened(
                early.data,
                [early.signer],
                contract=contract,
                chain_id=chain_id,
                clock=lambda: bundle.as_of,
            )


def test_a_bundle_by_a_key_that_was_retired_before_its_block_is_refused(parts, early: Bundled):
    listed = early.bundle.keys[(1, early.signer.id)]
    sign = parts.keys.issuer("ANT_FOREST").sign
    for keys in ({}, {(1, early.signer.id): replace(listed, until=early.bundle.block_time)}):
        data = form.written(replace(early.bundle, keys=keys), early.signer, sign)
        with pytest.raises(BundleUnsigned, match="did not list"):
            offline(replace(early, data=data))


def test_the_same_block_gives_the_same_bytes_whenever_it_is_asked(parts: Parts, early, numbers):
    again = bundled(parts.ledger, parts.keys, programme="ANT_FOREST", block=early.bundle.block)
    assert again.data == early.data


def test_a_block_that_is_not_final_gives_no_bundle(parts: Parts, early):
    with pytest.raises(BundleNotMade, match="not final"):
        bundled(parts.ledger, parts.keys, block=parts.ledger.final_block().number + 1)


def test_no_key_is_made_to_sign_a_bundle_and_none_that_the_chain_lacks_signs(
    parts: Parts, tmp_path
):
    parts.ledger.node.call("anvil_mine", "0x3")
    for keys, programme in ((KeyFolder(tmp_path / "none"), None), (parts.keys, "NOBODY")):
        with pytest.raises(SettingsWrong):
            bundled(parts.ledger, keys, programme=programme)
    assert not (tmp_path / "none").exists()
    other = KeyFolder(tmp_path / "other")
    other.issuer("ANT_FOREST")
    with pytest.raises(IssuerKeyUnlisted):
        bundled(parts.ledger, other)


def test_a_ledger_that_differs_from_its_own_logs_gives_no_bundle(parts: Parts, early, monkeypatch):
    ledger, call = parts.ledger, parts.ledger.node.call

    def concealing(method: str, *parameters: object) -> object:
        answer = call(method, *parameters)
        return [] if method == "eth_getLogs" else answer

    monkeypatch.setattr(ledger.node, "call", concealing)
    with pytest.raises(BundleNotMade, match="differs"):
        bundled(ledger, parts.keys)


@pytest.fixture
def whole(chain: Chain, keys: KeyFolder) -> Bundle:
    """Of a ledger to which everything has happened."""
    live(chain)
    key = IssuerKey(keys.issuer("ANT_FOREST").public_key().public_bytes_raw())
    chain.act("registrar", "setIssuerKey", 1, key.id, key.public, 1)
    chain.finalise()
    made = bundled(chain.ledger, keys)
    return form.read(made.data, [made.signer])[0]


def test_it_answers_as_the_contract_for_all_that_can_happen(whole: Bundle, chain: Chain):
    ledger = chain.ledger.at(whole.block)
    for lot in (TREES, GRASS, EMPTY, lot_id(1, 1)):
        assert whole.lot(lot) == ledger.lot(lot)
        for serial in (0, 1, 50, 99, 100, 101, 357, 358):
            assert whole.root_of(lot, serial) == ledger.root_of(lot, serial)
    for serial in (0, 3, 5, 6, 7, 8, 357, 358):
        tree = TreeId(tree_id(TREES, serial))
        mine, its = whole.status(tree), ledger.status(tree)
        assert (mine.is_minted, mine.revoked, mine.replaced_by, mine.replaces) == (
            its.is_minted,
            its.revoked,
            its.replaced_by,
            its.replaces,
        )
        assert (mine.claim is None) == (its.claim is None)
    for key in (b"\4" * 32, keccak(b"none"), *[key_id for _, key_id in whole.keys]):
        assert whole.issuer_key(1, key) == ledger.issuer_key(1, key)
