"""The exchange of three tree certificates for a fulfilment certificate, with the real twin."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.chain_kit import Chain, free_port
from tests.flow.conftest import WISH
from treering.chain.claims import Claims
from treering.domain.record import lot_id, tree_id
from treering.domain.registry_head import VerifierKey
from treering.domain.verification import Verdict
from treering.errors import (
    ChainUnavailable,
    ExchangeRefused,
    RegistryUnavailable,
    TransactionRefused,
)
from treering.flow.exchange import Counter
from treering.flow.parts import Parts
from treering.registry.applicant import Applicant
from treering.registry.feed import Feed
from treering.registry.twin import ORIGIN, twin_app

LOT = lot_id(1, 277)


class KitClaims(Claims):
    """Real claims on the test chain, mined at once."""

    def __init__(self, chain: Chain) -> None:
        super().__init__(chain.ledger, chain.account("registry"))
        object.__setattr__(self, "chain", chain)

    def claim(self, commitment, trees) -> None:
        self.chain.act("registry", "claim", commitment, list(trees))


@pytest.fixture
def twin(tmp_path: Path) -> Iterator[tuple[str, Feed]]:
    """A running twin, and the feed of its log."""
    key = Ed25519PrivateKey.generate()
    app = twin_app(tmp_path / "twin", key, lambda: datetime.now(UTC), "submit")
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        threading.Event().wait(0.01)
    url = f"http://127.0.0.1:{port}"
    yield url, Feed(url, VerifierKey.of(ORIGIN, key))
    server.should_exit = True
    thread.join()


@pytest.fixture
def counter(parts: Parts, forest: Chain, twin) -> Counter:
    return replace(parts.counter(twin[0], "submit"), claims=KitClaims(forest))


def test_three_certificates_become_one_and_both_sides_tell(
    parts: Parts, counter: Counter, numbers, forest: Chain, twin
):
    done = counter.exchange(numbers, "150000")
    assert (done.state, done.year) == ("claimed", 2018)
    assert done.number == "SYN-2018-150000-000001"
    forest.finalise()
    followed = replace(parts, feed=twin[1], clock=lambda: datetime.now(UTC))
    assert followed.mirror_status() is None
    followed.sync_mirror()
    assert followed.mirror_status().held.head.size == 1
    report = followed.verifier.verify(followed.office.credential(followed.office.find(numbers[0])))
    assert report.findings[-1].code == "EXCHANGE_OK"
    assert report.verdict is Verdict.VALID


def test_the_same_exchange_again_brings_the_same_certificate(counter: Counter, numbers):
    assert counter.exchange(numbers, "150000") == counter.exchange(numbers[::-1], "150000")


def test_a_registry_that_is_away_leaves_an_application_that_goes_on_later(
    counter: Counter, numbers
):
    away = replace(counter, registry=Applicant(f"http://127.0.0.1:{free_port()}", "submit"))
    with pytest.raises(RegistryUnavailable):
        away.exchange(numbers, "150000")
    assert counter.exchange(numbers, "150000").state == "claimed"


class _Interrupted:
    """A chain that takes the claim, or does not, and then is gone."""

    def __init__(self, real: KitClaims, *, reached: bool) -> None:
        self._real, self._reached = real, reached
        self.claimed_for = real.claimed_for

    def claim(self, commitment, trees) -> None:
        if self._reached:
            self._real.claim(commitment, trees)
        raise ChainUnavailable("connection reset")


@pytest.mark.parametrize("reached", [False, True], ids=["request lost", "answer lost"])
def test_a_crash_between_the_sides_claims_each_record_once(
    counter: Counter, numbers, forest: Chain, reached
):
    torn = replace(counter, claims=_Interrupted(counter.claims, reached=reached))
    with pytest.raises(ChainUnavailable):
        torn.exchange(numbers, "150000")
    done = counter.exchange(numbers, "150000")
    assert done.state == "claimed"
    for serial in range(3):
        assert forest.ledger.at("latest").status(tree_id(LOT, serial)).claim == done.commitment


def test_a_claim_that_the_same_application_won_meanwhile_is_no_refusal(
    counter: Counter, numbers, forest: Chain
):
    class Overtaken(_Interrupted):
        def claim(self, commitment, trees) -> None:
            self._real.claim(commitment, trees)
            self._real.claim(commitment, trees)  # the second is refused

    overtaken = replace(counter, claims=Overtaken(counter.claims, reached=True))
    assert overtaken.exchange(numbers, "150000").state == "claimed"


def test_a_claim_that_the_contract_refuses_is_told(counter: Counter, numbers, forest: Chain):
    forest.act("revoker", "revoke", [tree_id(LOT, 1)], 2)
    with pytest.raises(TransactionRefused, match="RecordIsRevoked"):
        counter.exchange(numbers, "150000")


def test_a_claim_that_an_embedded_chain_lost_is_made_again(
    counter: Counter, numbers, forest: Chain
):
    before = forest.node.call("evm_snapshot")
    done = counter.exchange(numbers, "150000")
    assert counter.restore() is False
    forest.node.call("evm_revert", before)
    assert forest.ledger.at("latest").status(tree_id(LOT, 0)).claim is None
    counter.restore()
    assert forest.ledger.at("latest").status(tree_id(LOT, 0)).claim == done.commitment


def test_a_lost_claim_waits_until_its_records_are_minted_again(
    counter: Counter, numbers, forest: Chain
):
    counter.exchange(numbers, "150000")
    not_minted = replace(counter, claims=_Refusing(counter.claims))
    assert not_minted.restore() is False


class _Refusing:
    """A chain that has lost the records too."""

    def __init__(self, real: KitClaims) -> None:
        self._real = real

    def claimed_for(self, tree):
        return None

    def claim(self, commitment, trees) -> None:
        raise TransactionRefused("RecordUnknown")


def test_a_wrong_submit_key_is_refused_in_the_registrys_words(counter: Counter, numbers, twin):
    with pytest.raises(ExchangeRefused, match="the registry refused"):
        replace(counter, registry=Applicant(twin[0], "wrong")).exchange(numbers, "150000")


def test_a_registry_that_answers_for_another_certificate_is_refused(counter: Counter, numbers):
    class Swapped:
        def apply(self, application):
            return counter.registry.apply(replace(application, salt=b"\x01" * 32))

    with pytest.raises(ExchangeRefused, match="another salt"):
        replace(counter, registry=Swapped()).exchange(numbers, "150000")


def more(parts: Parts, desk, sealer, mint, forest: Chain, **changes) -> list[str]:
    """Three more final certificates."""
    wish = replace(WISH, count=3, redeemed_at=datetime(2018, 6, 1, tzinfo=UTC), **changes)
    redemption, _ = desk.redeem("ANT_FOREST", f"more {changes}", wish)
    sealer.seal_due()
    for _ in range(5):
        mint.step()
        forest.mine()
    return list(parts.office.numbers(redemption))


def test_a_record_is_used_up_once(counter: Counter, numbers, parts, desk, sealer, mint, forest):
    counter.exchange(numbers, "150000")
    others = more(parts, desk, sealer, mint, forest)
    with pytest.raises(ExchangeRefused, match="has a fulfilment certificate of 2018"):
        counter.exchange(others, "150000")


def test_a_record_in_another_holders_exchange_is_refused(
    counter: Counter, numbers, parts, desk, sealer, mint, forest
):
    counter.exchange(numbers, "150000")
    find = parts.office.find
    other = more(parts, desk, sealer, mint, forest, holder="user-9")
    stranger = find(other[0]).holder
    mixed = replace(counter, find=lambda text: replace(find(text), holder=stranger))
    with pytest.raises(ExchangeRefused, match="exchanged before"):
        mixed.exchange([numbers[0], *other[:2]], "150000")


def test_two_applications_at_once_make_one_exchange(counter: Counter, numbers):
    def apply(_) -> str:
        try:
            return counter.exchange(numbers, "150000").number
        except ExchangeRefused as refused:
            return str(refused)

    with ThreadPoolExecutor(2) as pool:
        answers = set(pool.map(apply, range(2)))
    assert "SYN-2018-150000-000001" in answers
    assert answers <= {
        "SYN-2018-150000-000001",
        "another exchange of these came at the same time",
    }


def test_an_exchange_that_comes_in_between_wins(counter: Counter, numbers):
    def clock():  # asked for just before the exchange is kept
        counter.exchange(numbers, "150000")
        return counter.clock()

    with pytest.raises(ExchangeRefused, match="at the same time"):
        replace(counter, clock=clock).exchange(numbers, "150000")


def test_what_cannot_be_exchanged_is_refused_with_its_reason(
    counter: Counter, numbers, parts, desk, sealer, mint, forest
):
    find = parts.office.find
    area = replace(counter, find=lambda n: replace(find(n), lot=_lot(parts, "ANT_FOREST-100001")))
    waiting = replace(counter, find=lambda n: replace(find(n), batch=None))
    other = more(parts, desk, sealer, mint, forest, holder="user-9")
    late = replace(counter, find=lambda n: _later(find(n)) if n == numbers[0] else find(n))
    for asked, at, why in (
        (numbers[:2], counter, "3 different certificates are needed, not 2"),
        ([numbers[0]] * 3, counter, "3 different certificates"),
        (numbers, area, "no tree but M2"),
        (numbers, waiting, "not final yet"),
        ([*numbers[:2], other[0]], counter, "different holders"),
        (numbers, late, r"different years: \[2018, 2019\]"),
    ):
        with pytest.raises(ExchangeRefused, match=why):
            at.exchange(asked, "150000")


def test_the_year_is_the_calendar_year_in_beijing(counter: Counter, numbers, parts):
    find = parts.office.find
    new_year = datetime(2018, 12, 31, 16, 30, tzinfo=UTC)  # 2019 in Beijing

    def found(text):
        one = find(text)
        return replace(one, redemption=replace(one.redemption, redeemed_at=new_year))

    assert replace(counter, find=found).exchange(numbers, "150000").year == 2019


def _later(found):
    moved = found.redemption.redeemed_at + timedelta(days=365)
    return replace(found, redemption=replace(found.redemption, redeemed_at=moved))


def _lot(parts: Parts, slug: str):
    return parts.service.lot(slug).lot
