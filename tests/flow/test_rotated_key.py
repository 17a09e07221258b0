"""A programme's key is replaced: what was issued before stands, and so does what is made after."""

import json
from dataclasses import dataclass, replace

import pytest

from tests.chain_kit import Chain
from tests.flow.conftest import WISH
from tests.ports import free_port
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.domain import address, compact
from treering.domain.claims import facts
from treering.domain.issuer_key import IssuerKey
from treering.domain.verdict import state
from treering.domain.verification import Check, State, Verdict
from treering.errors import ChainUnavailable
from treering.flow.parts import Parts
from treering.flow.verifying.bundle import Bundled, bundled
from treering.flow.verifying.offline import Offline, opened
from treering.settings import Settings
from treering.store.clock import utc_now


@dataclass(frozen=True)
class Before:
    """What was handed out under the first key."""

    pdf: bytes
    credential: dict
    address: str
    bundle: Bundled


@pytest.fixture
def printing(parts: Parts) -> Parts:
    return replace(parts, fonts=Settings.from_environ({}).fonts)


@pytest.fixture
def before(printing: Parts, numbers: list[str]) -> Before:
    ask, number = printing.service, numbers[0]
    known = bundled(printing.ledger, printing.keys)
    return Before(ask.pdf(number), ask.credential(number), ask.address(number), known)


@pytest.fixture(params=["the old key's file is gone", "the old key's file is kept"])
def renewed(request, printing: Parts, before: Before, forest: Chain) -> Parts:
    """A process that was started after the key was replaced, minutes after `before`."""
    folder = printing.keys.folder
    retired = folder / "issuer-ANT_FOREST.secret"
    old = printing.example.issuer_key("ANT_FOREST")
    forest.node.call("evm_increaseTime", 600)
    forest.mine()
    now = forest.ledger.at("latest").block.timestamp
    retired.rename(folder / "issuer-ANT_FOREST-2025.secret")
    if request.param == "the old key's file is gone":
        (folder / "issuer-ANT_FOREST-2025.secret").unlink()
    new = printing.example.issuer_key("ANT_FOREST")
    assert new != old
    forest.act("registrar", "setIssuerKey", 1, new.id, new.public, now)
    forest.act("registrar", "retireIssuerKey", 1, old.id, now)
    forest.finalise()
    return replace(printing)


def silenced(parts: Parts) -> Parts:
    """Another process, whose node is silent from its beginning."""
    return replace(
        parts, ledger=Ledger(Node(f"http://127.0.0.1:{free_port()}"), parts.ledger.contract)
    )


def test_a_certificate_from_before_is_signed_anew_from_the_new_keys_first_moment_on(
    renewed: Parts, before: Before, numbers
):
    service, number = renewed.service, numbers[0]
    document = service.credential(number)
    key = renewed.example.issuer_key("ANT_FOREST")
    listed = renewed.ledger.at("finalized").issuer_key(1, key.id)
    assert facts(document).created == listed.valid_from
    assert document["validFrom"] == before.credential["validFrom"], "it is no younger for that"
    assert service.verify(document).verdict is Verdict.VALID
    assert service.verification(number).verdict is Verdict.VALID
    assert state(service.certificate(number).report) is State.FINAL
    assert service.examine(service.pdf(number)).verdict is Verdict.VALID
    assert replace(renewed).service.pdf(number) == service.pdf(number)


def test_what_was_handed_out_before_is_valid_for_ever(renewed: Parts, before: Before, numbers):
    for brought in (before.pdf, before.address.encode()):
        report = renewed.service.examine(brought)
        assert (report.number, report.verdict) == (numbers[0], Verdict.VALID)
    assert renewed.service.verify(before.credential).verdict is Verdict.VALID


def test_a_code_that_is_signed_anew_says_when_and_is_judged_by_that(renewed: Parts, numbers):
    text = renewed.service.address(numbers[0])
    found = address.read(text, renewed.base_url)
    assert found.code
    claimed, message = compact.read(found.code)
    assert claimed.later > 0
    assert compact.signer(message, [renewed.example.issuer_key("ANT_FOREST")])
    assert renewed.service.scan(found.code).verdict is Verdict.VALID


def test_a_record_that_is_minted_after_is_dated_by_its_block(
    renewed: Parts, desk, sealer, mint, forest: Chain
):
    redemption, _ = desk.redeem("ANT_FOREST", "after", WISH)
    sealer.seal_due()
    for _ in range(5):
        mint.step()
        forest.mine()
    (number,) = renewed.office.numbers(redemption)
    found = renewed.office.find(number)
    document = renewed.service.credential(number)
    assert facts(document).created == renewed.office.certificate(found).inclusion.block_time
    assert renewed.service.verify(document).verdict is Verdict.VALID
    assert renewed.service.examine(renewed.service.pdf(number)).verdict is Verdict.VALID


def without_network(made: Bundled) -> Offline:
    contract = made.bundle.contract
    return opened(made.data, [made.signer], contract=contract, chain_id=None, clock=utc_now)


def test_a_bundle_from_before_calls_nothing_forged_that_was_signed_since(
    renewed: Parts, before: Before, numbers
):
    ask, number = renewed.service, numbers[0]
    known = without_network(before.bundle)
    anew = (json.dumps(ask.credential(number)).encode(), ask.pdf(number))
    for brought in (*anew, ask.address(number).encode()):
        report = known.report(brought)
        assert (report.number, report.verdict) == (number, Verdict.UNKNOWN)
        (finding,) = [one for one in report.findings if one.verdict is Verdict.UNKNOWN]
        assert finding.check is Check.SIGNATURE
    for brought in (before.pdf, before.address.encode()):
        assert known.report(brought).verdict is Verdict.VALID


def test_a_bundle_from_after_finds_both_valid(renewed: Parts, before: Before, numbers):
    ask, number = renewed.service, numbers[0]
    known = without_network(bundled(renewed.ledger, renewed.keys))
    for brought in (
        before.pdf,
        before.address.encode(),
        ask.pdf(number),
        ask.address(number).encode(),
    ):
        report = known.report(brought)
        assert (report.number, report.verdict) == (number, Verdict.VALID)


def test_the_new_key_cannot_sign_for_the_time_before_it(renewed: Parts, numbers):
    found = renewed.office.find(numbers[0])
    report = renewed.verifier.verify(renewed.office.undated(found))
    (finding,) = [one for one in report.findings if one.check is Check.SIGNATURE]
    assert finding.code == "KEY_NOT_OF_ITS_TIME"


def test_once_the_keys_time_is_in_the_books_a_silent_node_changes_no_byte(renewed: Parts, numbers):
    known = renewed.service.credential(numbers[0])
    quiet = silenced(renewed).service
    assert quiet.credential(numbers[0]) == known


def test_nothing_is_signed_with_a_date_that_nobody_knows(renewed: Parts, numbers):
    quiet = silenced(renewed).service
    for ask in (quiet.credential, quiet.pdf):
        with pytest.raises(ChainUnavailable):
            ask(numbers[0])
    short = f"{renewed.base_url}/c/{numbers[0]}"
    assert quiet.address(numbers[0]) == short, "a page has a code all the same"
    report = quiet.verification(numbers[0])
    assert (report.number, report.verdict) == (numbers[0], Verdict.UNKNOWN)
    assert state(quiet.certificate(numbers[0]).report) is State.CANNOT_CHECK_NOW


def test_a_key_that_the_chain_does_not_list_has_no_time_of_its_own(printing: Parts, numbers):
    (printing.keys.folder / "issuer-ANT_FOREST.secret").unlink()
    fresh = replace(printing)
    found = fresh.office.find(numbers[0])
    made = fresh.office.certificate(found)
    assert fresh.office.dated(found) == made.inclusion.block_time
    assert isinstance(fresh.office.keys(1)[0], IssuerKey)
