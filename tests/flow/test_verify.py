"""Verification of a real certificate on a real chain, and of everything that can be wrong."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chain_kit import Chain, free_port
from treering.chain.ledger import LedgerAt, RecordStatus
from treering.domain.claims import facts
from treering.domain.fulfilment import Entry, Event, Fulfilment, Interconnection
from treering.domain.issuer_key import IssuerKey
from treering.domain.proof import secured
from treering.domain.record import lot_id, tree_id
from treering.domain.registry_head import HeldHead, TreeHead, VerifierKey
from treering.domain.stage import Stage
from treering.domain.verdict import state
from treering.domain.verification import Check, Report, State, Verdict
from treering.errors import ChainUnavailable
from treering.flow.bystander import bystander
from treering.flow.checks import check_record
from treering.flow.parts import Parts
from treering.flow.verify import Verifier

LOT = lot_id(1, 277)
CLAIM = b"\x0c" * 32


@pytest.fixture
def document(parts: Parts, numbers: list[str]) -> dict:
    return parts.office.credential(parts.office.find(numbers[1]))


def as_file(document: dict) -> bytes:
    return json.dumps(document).encode()


def code(report: Report, check: Check) -> str:
    (found,) = [finding.code for finding in report.findings if finding.check is check]
    return found


def resigned(parts: Parts, document: dict) -> dict:
    """The changed document under a fresh signature of the programme's own key."""
    issuer = parts.office.issuer_of("ANT_FOREST")
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    created = facts(document).created
    method = document["proof"][0]["verificationMethod"]
    return secured(unsecured, method=method, created=created, sign=issuer.sign)


def changed(document: dict, *path: str | int, to: object) -> dict:
    copied = copy.deepcopy(document)
    place = copied
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return copied


def test_a_genuine_certificate_is_valid_in_all_eight_checks(parts: Parts, document):
    report = parts.verifier.verify(document)
    assert [finding.check for finding in report.findings] == list(Check)[:8]
    assert report.verdict is Verdict.VALID
    assert state(report) is State.FINAL
    assert code(report, Check.REGISTRY) == "NOT_EXCHANGED"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("credentialSubject", "holderName"), "李*"),
        (("credentialSubject", "plantingYear"), 2020),
        (("validFrom",), "2031-01-01T00:00:00Z"),
        (("issuer", "id"), "did:web:evil.example"),
        (("issuer", "name"), "GFOREST"),
        (("proof", 0, "created"), "2019-01-01T00:00:00Z"),
        (("proof", 1, "created"), "2019-01-01T00:00:00Z"),
        (("proof", 0, "@context"), ["https://www.w3.org/ns/credentials/v2"]),
        (("proof", 1, "proofValue"), "z" + "1" * 64),
    ],
)
def test_a_tampered_credential_is_invalid_and_the_signature_is_named(
    parts: Parts, document, path, to
):
    report = parts.verifier.verify(changed(document, *path, to=to))
    assert report.verdict is Verdict.INVALID
    assert code(report, Check.SIGNATURE) == "SIGNATURE_BROKEN"
    assert state(report) is State.ALTERED


@pytest.mark.parametrize(
    ("path", "to", "check", "expected"),
    [
        (("credentialSubject", "number"), "TR-0", Check.NUMBER, "NUMBER_MISTYPED"),
        (("credentialSubject", "serial"), 2, Check.DOCUMENT, "DOCUMENT_DIFFERS"),
        (("credentialSubject", "lot"), "ANT_FOREST-805", Check.DOCUMENT, "DOCUMENT_DIFFERS"),
        (("credentialSubject", "species"), "FIR", Check.LOT, "LOT_DIFFERS"),
        (("evidence", 0, "merkleProof"), [], Check.PROOF, "PROOF_BROKEN"),
        (("evidence", 0, "firstSerial"), 1, Check.ROOT, "ROOT_MISSING"),
        (("evidence", 0, "chainId"), 1, Check.ROOT, "WRONG_NETWORK"),
        (("evidence", 0, "contract"), "0x" + "11" * 20, Check.ROOT, "WRONG_NETWORK"),
    ],
)
def test_even_the_issuer_cannot_sign_what_the_chain_does_not_hold(
    parts: Parts, document, path, to, check, expected
):
    report = parts.verifier.verify(resigned(parts, changed(document, *path, to=to)))
    assert report.verdict is Verdict.INVALID
    assert code(report, Check.SIGNATURE) == "SIGNATURE_OK"
    assert code(report, check) == expected


def test_the_number_of_another_record_is_told(parts: Parts, document, numbers):
    other = changed(document, "credentialSubject", "number", to=numbers[0])
    report = parts.verifier.verify(resigned(parts, other))
    assert code(report, Check.NUMBER) == "NUMBER_OF_ANOTHER_RECORD"


def test_parts_that_contradict_each_other_are_told_though_the_issuer_signed_them(
    parts: Parts, document
):
    other = resigned(parts, changed(document, "credentialStatus", "treeId", to="0x" + "00" * 12))
    report = parts.verifier.verify(other)
    assert code(report, Check.SIGNATURE) == "SIGNATURE_OK"
    assert code(report, Check.DOCUMENT) == "DOCUMENT_DIFFERS"


def test_a_credential_with_a_part_that_is_not_ours_is_none_of_ours(parts: Parts, document):
    for other in (
        document | {"renderMethod": []},
        document | {"proof": [document["proof"][0] | {"nonce": ""}]},
    ):
        report = parts.verifier.verify(other)
        assert code(report, Check.DOCUMENT) == "DOCUMENT_MALFORMED"
        assert state(report) is State.ALTERED


def test_another_network_is_its_own_state(parts: Parts, document):
    other = changed(document, "evidence", 0, "chainId", to=1)
    other = resigned(parts, changed(other, "credentialStatus", "chainId", to=1))
    assert state(parts.verifier.verify(other)) is State.WRONG_NETWORK


def test_a_key_that_the_chain_does_not_list_is_refused(parts: Parts, document):
    key = parts.keys.issuer("stranger")
    public = IssuerKey(key.public_key().public_bytes_raw())
    did = document["issuer"]["id"]
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    created = facts(document).created
    forged = secured(unsecured, method=f"{did}#{public.multikey}", created=created, sign=key.sign)
    assert code(parts.verifier.verify(forged), Check.SIGNATURE) == "KEY_NOT_LISTED"


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


def test_a_revoked_record_is_told(parts: Parts, document, forest: Chain):
    forest.act("revoker", "revoke", [tree_id(LOT, 1)], 2)
    forest.finalise()
    report = parts.verifier.verify(document)
    assert code(report, Check.RECORD) == "RECORD_REVOKED"
    assert report.findings[5].detail == "FRAUD"
    assert state(report) is State.REVOKED


def test_a_reason_that_this_version_does_not_know_is_told_by_its_number():
    later = RecordStatus(is_minted=True, revoked=7, replaced_by=None, claim=None)
    assert check_record(later).detail == "reason 7"


def test_a_replaced_record_names_the_new_one(parts: Parts, document, forest: Chain):
    forest.act("revoker", "replace", tree_id(LOT, 1), tree_id(LOT, 2))
    forest.finalise()
    report = parts.verifier.verify(document)
    assert code(report, Check.RECORD) == "RECORD_REPLACED"
    assert state(report) is State.REPLACED


def test_a_lot_in_deficit_stays_valid_and_says_so(parts: Parts, document, forest: Chain):
    forest.state(LOT, Stage.ACCEPTANCE, 1)
    forest.finalise()
    report = parts.verifier.verify(document)
    assert code(report, Check.LOT) == "LOT_IN_DEFICIT"
    assert report.verdict is Verdict.VALID


def test_a_root_that_is_not_final_yet_is_pending(parts: Parts, document, forest: Chain):
    def young(tag: str) -> LedgerAt:
        head = forest.ledger.at("latest").height
        return forest.ledger.at(head if tag == "latest" else head - 5)

    report = replace(parts.verifier, world=young).verify(document)
    assert code(report, Check.ROOT) == "ROOT_PENDING"
    assert state(report) is State.PENDING


class _Silent:
    """A node that answers for its head and then says no more."""

    as_of = datetime(2026, 1, 1, tzinfo=UTC)
    height = 1

    def __getattr__(self, name):
        raise ChainUnavailable("connection reset")


def _dead(tag: str) -> LedgerAt:
    raise ChainUnavailable("connection refused")


@pytest.mark.parametrize("world", [_dead, lambda tag: _Silent()], ids=["dead", "dies"])
def test_a_silent_node_gives_unknown_and_never_invalid(parts: Parts, document, world):
    report = replace(parts.verifier, world=world).verify(document)
    assert report.verdict is Verdict.UNKNOWN
    assert state(report) is State.CANNOT_CHECK_NOW
    unknown = {f.check for f in report.findings if f.verdict is Verdict.UNKNOWN}
    assert unknown == {Check.SIGNATURE, Check.ROOT, Check.RECORD, Check.LOT, Check.REGISTRY}


def test_a_forgery_is_invalid_even_while_the_node_is_silent(parts: Parts, document):
    forged = changed(document, "credentialSubject", "holderName", to="李*")
    report = replace(parts.verifier, world=_dead).verify(forged)
    assert report.verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"proof": {}},
        {"credentialSubject": []},
        {"proof": {"verificationMethod": "did:web:x#z", "created": "2020-01-01T00:00:00Z"}},
    ],
)
def test_a_document_of_another_form_is_invalid_not_an_error(parts: Parts, document):
    report = parts.verifier.verify(document)
    assert report.verdict is Verdict.INVALID
    assert code(report, Check.DOCUMENT) == "DOCUMENT_MALFORMED"


def mirror_of(entry: Entry | None, *, age: timedelta = timedelta(), doubt: str | None = None):
    """By the time of asking, the mirror that holds this entry, its head signed `age` before."""

    def at(now: datetime):
        held = HeldHead(TreeHead("registry", 1, b"\x01" * 32, now - age, "note"), now)
        held_for = Fulfilment(0, entry) if entry else None
        return lambda tree: Interconnection(tree, held_for, held, doubt)

    return at


ENTRY = Entry(
    event=Event.ISSUED,
    certificate=CLAIM,
    year=2018,
    adcode="150000",
    form="F6",
    trees=(tree_id(LOT, 0), tree_id(LOT, 1), tree_id(LOT, 2)),
    at=datetime(2026, 1, 1, tzinfo=UTC),
    synthetic=True,
)
AN_HOUR = timedelta(hours=1)


def asked_later(parts: Parts, forest: Chain, mirror) -> Verifier:
    """A verifier who asks a minute after the newest block."""
    now = forest.ledger.at("latest").as_of + timedelta(minutes=1)
    known = mirror(now) if mirror else None
    return replace(parts.verifier, mirror=known, clock=lambda: now)


@pytest.mark.parametrize(
    ("mirror", "expected"),
    [
        (mirror_of(ENTRY), "EXCHANGE_OK"),
        (mirror_of(ENTRY, age=AN_HOUR), "EXCHANGE_OK"),
        (mirror_of(ENTRY, age=timedelta(days=3)), "EXCHANGE_UNCHECKED"),
        (mirror_of(ENTRY, doubt="it contradicted itself"), "EXCHANGE_DISPUTED"),
        (None, "EXCHANGE_UNCHECKED"),
        (lambda now: lambda tree: None, "EXCHANGE_UNCHECKED"),
        (mirror_of(None), "EXCHANGE_UNKNOWN"),
        (mirror_of(None, age=AN_HOUR), "EXCHANGE_UNCHECKED"),
        (mirror_of(replace(ENTRY, certificate=b"\x0d" * 32)), "EXCHANGE_UNKNOWN"),
        (mirror_of(replace(ENTRY, event=Event.WITHDRAWN)), "EXCHANGE_WITHDRAWN"),
        (mirror_of(replace(ENTRY, year=2019)), "EXCHANGE_DIFFERS"),
        (mirror_of(replace(ENTRY, trees=())), "EXCHANGE_DIFFERS"),
    ],
)
def test_an_exchanged_record_is_held_against_the_mirror(
    parts: Parts, document, forest: Chain, mirror, expected
):
    forest.act("registry", "claim", CLAIM, [tree_id(LOT, 1)])
    forest.finalise()
    report = asked_later(parts, forest, mirror).verify(document)
    assert code(report, Check.REGISTRY) == expected


def test_what_only_the_registry_lists_yet_is_unknown(parts: Parts, document, forest: Chain):
    report = asked_later(parts, forest, mirror_of(ENTRY)).verify(document)
    assert code(report, Check.REGISTRY) == "EXCHANGE_UNCHECKED"
    report = asked_later(parts, forest, mirror_of(None)).verify(document)
    assert code(report, Check.REGISTRY) == "NOT_EXCHANGED"


def test_a_record_that_was_never_claimed_has_no_time_of_claim(parts: Parts, forest: Chain):
    assert forest.ledger.at("latest").claimed_at(tree_id(LOT, 9)) is None


def test_a_node_that_lags_behind_the_document_does_not_know(parts: Parts, document, forest: Chain):
    block = facts(document).block
    before = replace(parts.verifier, world=lambda tag: forest.ledger.at(1))
    assert before.world("finalized").height < block
    report = before.verify(document)
    unchecked = {f.check: f.code for f in report.findings if f.verdict is Verdict.UNKNOWN}
    assert (
        unchecked.items()
        >= {
            Check.ROOT: "ROOT_UNCHECKED",
            Check.RECORD: "RECORD_UNCHECKED",
            Check.LOT: "LOT_UNCHECKED",
        }.items()
    )


def test_a_bystander_with_a_node_and_the_contracts_address_needs_no_service(
    document, forest: Chain
):
    report = bystander(as_file(document), rpc_url=forest.node.url, contract=forest.contract)
    assert report.verdict is Verdict.VALID


def test_a_bystander_never_takes_the_documents_word_for_the_contract(document, forest: Chain):
    report = bystander(as_file(document), rpc_url=forest.node.url, contract="0x" + "11" * 20)
    assert code(report, Check.ROOT) == "WRONG_NETWORK"


@pytest.mark.parametrize(
    "rpc_url", [None, f"http://127.0.0.1:{free_port()}"], ids=["none", "one that is not there"]
)
def test_a_bystander_without_a_node_does_not_know(document, forest: Chain, rpc_url):
    report = bystander(as_file(document), rpc_url=rpc_url, contract=forest.contract)
    assert report.verdict is Verdict.UNKNOWN


def test_a_bystander_who_does_not_know_the_contract_does_not_know(document, forest: Chain):
    report = bystander(as_file(document), rpc_url=forest.node.url, contract=None)
    assert report.verdict is Verdict.UNKNOWN
    forged = changed(document, "credentialSubject", "holderName", to="李*")
    assert bystander(as_file(forged), rpc_url=None, contract=None).verdict is Verdict.INVALID


def test_a_bystander_asks_the_mirror_where_there_is_one(
    document, forest: Chain, parts: Parts, database_url: str
):
    forest.act("registry", "claim", CLAIM, [tree_id(LOT, 1)])
    forest.finalise()
    report = bystander(
        as_file(document),
        rpc_url=forest.node.url,
        contract=forest.contract,
        database_url=database_url,
        registry_key=_vkey(parts),
    )
    assert code(report, Check.REGISTRY) == "EXCHANGE_UNCHECKED"


def _vkey(parts: Parts) -> str:
    return str(VerifierKey.of("registry", parts.keys.issuer("registry")))
