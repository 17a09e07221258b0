"""What a QR code proves by itself: without a network, with a node, and after every lie."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.chain_kit import Chain
from tests.flow.conftest import WISH, Ticks
from treering.domain import address, compact
from treering.domain.issuer_key import IssuerKey
from treering.domain.record import TreeId
from treering.domain.verdict import state
from treering.domain.verification import Check, Report, State, Verdict
from treering.errors import ChainUnavailable
from treering.flow.parts import Parts
from treering.flow.redeeming.redeem import Desk
from treering.flow.verifying.bystander import bystander
from treering.flow.verifying.keyring import REMEMBERED_SECONDS, KeyRing
from treering.flow.verifying.scan import Scanner


@pytest.fixture
def code(parts: Parts, numbers: list[str]) -> str:
    found = address.read(parts.service.address(numbers[1]), parts.base_url)
    assert found.code
    return found.code


@pytest.fixture
def key(parts: Parts) -> IssuerKey:
    return parts.example.issuer_key("ANT_FOREST")


def resigned(parts: Parts, code: str, **changes: object) -> str:
    """The changed certificate under a fresh signature of the programme's own key."""
    issuer = parts.office.issuer_of("ANT_FOREST")
    return compact.signed(replace(compact.read(code)[0], **changes), issuer.key, issuer.sign)


def alone(code: str, *keys: IssuerKey, **asked: str) -> Report:
    """What a stranger finds, wherever he had the code from."""
    text = f"HTTPS://ANY.EXAMPLE/Q/{code}".encode()
    nobody = {"rpc_url": None, "contract": None}
    return bystander(text, issuer_keys=keys, **nobody | asked)


def codes(report: Report) -> dict[Check, str]:
    return {finding.check: finding.code for finding in report.findings}


def test_with_a_node_it_is_valid_and_leads_to_its_number(parts: Parts, code, numbers):
    report = parts.service.scan(code)
    assert (report.number, report.verdict) == (numbers[1], Verdict.VALID)
    expected = "NUMBER_OK SIGNATURE_OK RECORD_OK LOT_OK".split()
    assert list(codes(report).values()) == expected


def test_without_any_network_the_signature_is_checked_and_the_rest_unknown(code, key):
    report = alone(code, key)
    assert codes(report)[Check.SIGNATURE] == "SIGNATURE_OK"
    assert codes(report)[Check.RECORD] == "RECORD_UNCHECKED"
    assert report.verdict is Verdict.UNKNOWN


def test_without_the_programmes_key_the_signature_is_unknown(code):
    for keys in ([], [IssuerKey(b"\x2b" * 32)]):
        report = alone(code, *keys)
        assert codes(report)[Check.SIGNATURE] == "KEY_UNCHECKED"


def test_a_bystander_with_a_node_and_the_contract_finds_it_valid(parts: Parts, code, key):
    node, contract = parts.ledger.node, parts.ledger.contract
    report = alone(code, key, rpc_url=node.url, contract=contract)
    assert report.verdict is Verdict.VALID


def test_a_forged_code_is_altered(parts: Parts, code, key):
    claimed, _ = compact.read(code)
    stranger = parts.keys.issuer("stranger")
    forged = compact.signed(replace(claimed, masked_name="李*"), key, stranger.sign)
    report = parts.service.scan(forged)
    assert codes(report)[Check.SIGNATURE] == "SIGNATURE_BROKEN"
    assert state(report) is State.ALTERED


def test_what_is_no_code_is_told(parts: Parts):
    assert codes(parts.service.scan("AAAA")) == {Check.DOCUMENT: "DOCUMENT_MALFORMED"}


def test_a_code_of_another_programme_is_not_ours_to_judge(parts: Parts, code):
    claimed, _ = compact.read(code)
    other = replace(claimed, tree=TreeId(99 << 64 | 1 << 32))
    issuer = parts.office.issuer_of("ANT_FOREST")
    report = parts.service.scan(compact.signed(other, issuer.key, issuer.sign))
    assert codes(report)[Check.SIGNATURE] == "KEY_UNCHECKED"


def test_a_code_of_another_network_is_its_own_state(parts: Parts, code):
    report = parts.service.scan(resigned(parts, code, network=b"\0" * 3))
    assert state(report) is State.WRONG_NETWORK


def test_even_the_issuer_cannot_sign_what_the_chain_does_not_hold(parts: Parts, code):
    tree = compact.read(code)[0].tree
    unminted = resigned(parts, code, tree=TreeId(tree | 2**32 - 1))
    assert codes(parts.service.scan(unminted))[Check.RECORD] == "RECORD_UNCHECKED"
    assert codes(parts.service.scan(resigned(parts, code, year=2018)))[Check.LOT] == "LOT_DIFFERS"


def test_a_key_is_judged_by_its_time(parts: Parts, code, forest: Chain, key):
    minted = int(compact.read(code)[0].minted_at.timestamp())
    forest.act("registrar", "retireIssuerKey", 1, key.id, minted)
    forest.finalise()
    assert codes(parts.service.scan(code))[Check.SIGNATURE] == "KEY_NOT_OF_ITS_TIME"


@pytest.fixture
def rotated(parts: Parts, forest: Chain, code: str, key: IssuerKey) -> IssuerKey:
    """A key that was the programme's before ours, and is retired since."""
    before = IssuerKey(parts.keys.issuer("before").public_key().public_bytes_raw())
    minted = int(compact.read(code)[0].minted_at.timestamp())
    forest.act("registrar", "setIssuerKey", 1, before.id, before.public, minted - 1000)
    forest.act("registrar", "retireIssuerKey", 1, before.id, minted + 1)
    forest.finalise()
    return before


def test_a_key_that_was_retired_since_vouches_for_what_it_signed_in_its_time(
    parts: Parts, code, rotated: IssuerKey
):
    claimed, _ = compact.read(code)
    old = compact.signed(claimed, rotated, parts.keys.issuer("before").sign)
    node = {"rpc_url": parts.ledger.node.url, "contract": parts.ledger.contract}
    assert codes(parts.service.scan(old))[Check.SIGNATURE] == "SIGNATURE_OK"
    assert parts.service.scan(old, ask_chain=False).number == claimed.number
    assert alone(old, **node).verdict is Verdict.VALID, "a bystander needs no key of it"
    later = replace(claimed, minted_at=claimed.minted_at + timedelta(seconds=1))
    late = compact.signed(later, rotated, parts.keys.issuer("before").sign)
    assert codes(parts.service.scan(late))[Check.SIGNATURE] == "KEY_NOT_OF_ITS_TIME"


def test_a_key_that_no_event_names_is_a_strangers(parts: Parts, code, key):
    stranger = parts.keys.issuer("stranger")
    public = IssuerKey(stranger.public_key().public_bytes_raw())
    forged = compact.signed(compact.read(code)[0], public, stranger.sign)
    report = parts.service.scan(forged)
    assert codes(report)[Check.SIGNATURE] == "KEY_NOT_LISTED"
    assert report.verdict is Verdict.INVALID


def test_the_node_is_asked_for_keys_once_a_while_and_never_for_a_foreign_programme():
    ticks, asked = Ticks(), []

    def ask(programme: int) -> list[bytes]:
        asked.append(programme)
        if len(asked) == 2:
            raise ChainUnavailable("silence")
        return [b"\2" * 32, b"\3" * 33]

    ring = KeyRing(ask, lambda number: number == 1, now=ticks)
    assert ring.listed(9) is None
    assert [ring.listed(1), ring.listed(1)] == [(IssuerKey(b"\2" * 32),)] * 2
    ticks.seconds = REMEMBERED_SECONDS
    assert ring.listed(1) == (IssuerKey(b"\2" * 32),), "a silent node takes nothing away"
    assert asked == [1, 1]


def test_a_key_that_the_chain_does_not_list_is_refused(parts: Parts, code):
    signer = parts.keys.issuer("stranger")
    public = IssuerKey(signer.public_key().public_bytes_raw())
    forged = compact.signed(compact.read(code)[0], public, signer.sign)
    scanner = replace(parts.service.scanner, keys=lambda _: [public])
    assert codes(scanner.scan(forged))[Check.SIGNATURE] == "KEY_NOT_LISTED"


def test_a_revoked_record_is_revoked_in_the_code_too(parts: Parts, code, forest: Chain):
    tree = compact.read(code)[0].tree
    forest.act("revoker", "revoke", [tree], 1)
    forest.finalise()
    assert state(parts.service.scan(code)) is State.REVOKED


def test_a_silent_node_is_unknown_and_never_invalid(parts: Parts, code):
    def silent(_: str) -> None:
        raise ChainUnavailable("silence")

    scanner: Scanner = replace(parts.service.scanner, world=silent)
    report = scanner.scan(code)
    assert report.verdict is Verdict.UNKNOWN
    assert codes(report)[Check.SIGNATURE] == "SIGNATURE_UNCHECKED"


def test_without_the_chain_only_form_and_signature_are_asked(parts: Parts, code):
    report = parts.service.scan(code, ask_chain=False)
    assert codes(report)[Check.SIGNATURE] == "SIGNATURE_OK"
    assert codes(report)[Check.RECORD] == "RECORD_UNCHECKED"


def test_a_code_that_is_not_final_holds_the_short_address(parts: Parts, desk: Desk):
    redemption, _ = desk.redeem("ANT_FOREST", "late", WISH)
    (waiting,) = parts.office.numbers(redemption)
    assert parts.service.address(waiting) == f"{parts.base_url}/c/{waiting}"
