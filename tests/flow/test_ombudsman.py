"""What a holder may ask: to see, to be called rightly, not to be shown, to leave; all is told."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.flow.conftest import WISH
from treering.domain.own import Asked
from treering.domain.plea import Plea
from treering.domain.redemption import Wish
from treering.domain.role import Person, Role
from treering.domain.verification import State, Verdict
from treering.errors import (
    ErasureTooSoon,
    GuardianRefuses,
    HolderNotFound,
    NameRefused,
    NotTheHolder,
    NotWithdrawn,
)
from treering.flow.caring import ombudsman as office
from treering.flow.caring.ombudsman import COOL_OFF, Ombudsman
from treering.flow.parts import Parts
from treering.settings import Settings
from treering.store import care

SHOP = Person(Role.PROGRAMME, "key shop", programme="ANT_FOREST")
STEWARD = Person(Role.PROGRAMME, "key steward", programme="ANT_FOREST")
RIVAL = Person(Role.PROGRAMME, "key rival", programme="GFOREST")
HIS = Plea(SHOP, "user-1", "he asked", "request-1")
BY_ANOTHER_KEY = Plea(STEWARD, "user-1")
GUARDIAN = bytes(range(32))


@pytest.fixture
def ombudsman(parts: Parts) -> Ombudsman:
    return parts.service.holders


def shown(parts: Parts, number: str) -> str:
    return parts.service.certificate(number).redemption.masked_name


def acts(parts: Parts) -> list[str]:
    return [json.loads(line)["act"] for line in parts.chronicle.exported()]


def test_he_is_given_all_that_is_held_of_him_and_that_he_was_given_it(parts, numbers, ombudsman):
    held = ombudsman.held(HIS)
    (made,) = held["redemptions"]
    assert (made["count"], made["masked_name"]) == (3, "张*")
    assert (held["name_shown"], held["guardian"], held["leaves"]) == (True, None, None)
    assert (held["exchanges"], held["next"], held["programme"]) == ([], None, "ANT_FOREST")
    (entry,) = held["log"]
    assert (entry["act"], entry["who"], entry["why"]) == ("holder.looked", "key shop", "he asked")
    assert entry["request"] == "request-1"
    assert "user-1" not in json.dumps(held)
    json.dumps(held)  # as it is given out


def test_another_programme_finds_nobody_and_a_stranger_is_nobody(parts, numbers, ombudsman):
    for plea in (Plea(RIVAL, "user-1"), Plea(SHOP, "user-9")):
        for ask in (ombudsman.held, ombudsman.ask_to_leave, ombudsman.stay, ombudsman.leave):
            with pytest.raises(HolderNotFound):
                ask(plea)
    assert acts(parts) == []


def test_a_long_history_comes_in_pages(parts, desk, numbers, ombudsman, monkeypatch):
    desk.redeem("ANT_FOREST", "b", WISH)
    monkeypatch.setattr(care, "PAGE", 1)
    first = ombudsman.held(HIS)
    lot, serial = map(int, first["next"].split("."))
    second = ombudsman.held(HIS, (lot, serial))
    assert [len(page["redemptions"]) for page in (first, second)] == [1, 1]
    assert first["redemptions"] != second["redemptions"]
    lot, serial = map(int, second["next"].split("."))
    assert ombudsman.held(HIS, (lot, serial))["redemptions"] == []


def test_a_corrected_name_is_on_the_page_and_what_was_printed_before_says_so(
    parts, numbers, ombudsman
):
    old = parts.service.credential(numbers[0])
    code = parts.service.address(numbers[0])
    assert ombudsman.correct(HIS, "李四") == 3
    assert shown(parts, numbers[0]) == "李*"
    report = parts.service.verify(old)
    assert report.verdict is Verdict.INVALID
    assert "NAME_CORRECTED" in [finding.code for finding in report.findings]
    assert parts.service.examine(json.dumps(old).encode()).verdict is Verdict.INVALID
    new = parts.service.credential(numbers[0])
    assert parts.service.verify(new).verdict is Verdict.VALID
    assert parts.service.certificate(numbers[0]).state is State.FINAL
    if "/Q/" in code:
        found = parts.service.scan(code.rsplit("/Q/", 1)[1])
        assert "NAME_CORRECTED" in [finding.code for finding in found.findings]
    assert acts(parts) == ["holder.corrected"]


def test_the_old_pdf_says_that_the_name_was_corrected(parts, numbers, ombudsman):
    parts = replace(parts, fonts=Settings.from_environ({}).fonts)
    final_pdf = parts.service.pdf(numbers[0])
    assert parts.service.examine(final_pdf).verdict is Verdict.VALID
    ombudsman.correct(HIS, "李四")
    report = parts.service.examine(final_pdf)
    assert "NAME_CORRECTED" in [finding.code for finding in report.findings]
    assert parts.service.examine(parts.service.pdf(numbers[0])).verdict is Verdict.VALID


def test_a_holders_own_copy_of_before_says_so_too(parts, numbers, ombudsman):
    asked = Asked(holder="user-1", name="张三")
    old = parts.service.own_copy_now(numbers[0], asked)
    ombudsman.correct(HIS, "李四")
    report = parts.service.examine(json.dumps(old).encode())
    assert "NAME_CORRECTED" in [finding.code for finding in report.findings]


def test_what_is_worse_than_an_old_name_is_still_said(parts, numbers, ombudsman):
    old = parts.service.credential(numbers[0])
    own = parts.service.own_copy_now(numbers[0], Asked(holder="user-1", name="张三"))
    ombudsman.correct(HIS, "李四")
    forged = {**old, "credentialSubject": {**old["credentialSubject"], "serial": 2}}
    codes = [finding.code for finding in parts.service.verify(forged).findings]
    assert "DOCUMENT_DIFFERS" in codes
    assert "NAME_CORRECTED" not in codes
    own["opened"] = 7
    report = parts.service.examine(json.dumps(own).encode())
    assert "DOCUMENT_MALFORMED" in [finding.code for finding in report.findings]
    old["credentialSubject"]["holderName"] = 7
    report = parts.service.verify(old)
    assert "DOCUMENT_MALFORMED" in [finding.code for finding in report.findings]
    assert parts.service.scan("no code").verdict is Verdict.INVALID


def test_a_name_that_masks_alike_makes_no_document_old(parts, numbers, ombudsman):
    old = parts.service.credential(numbers[0])
    assert ombudsman.correct(HIS, "张山") == 0
    assert parts.service.verify(old).verdict is Verdict.VALID


def test_a_name_that_nobody_bears_corrects_nothing_and_is_not_told(parts, numbers, ombudsman):
    with pytest.raises(NameRefused):
        ombudsman.correct(HIS, "\u202e")
    assert shown(parts, numbers[0]) == "张*"
    assert acts(parts) == []


def test_a_name_is_not_shown_without_consent_not_even_on_what_he_redeems_later(
    parts, numbers, ombudsman, desk
):
    old = parts.service.credential(numbers[0])
    ombudsman.show(HIS, shown=False)
    made, _ = desk.redeem("ANT_FOREST", "later", WISH)
    later = parts.office.numbers(made)[0]
    assert (shown(parts, numbers[0]), shown(parts, later)) == ("***", "***")
    assert ombudsman.held(HIS)["name_shown"] is False
    assert parts.service.verify(old).verdict is Verdict.VALID  # what he gave out is his to give
    ombudsman.show(HIS, shown=True)
    assert (shown(parts, numbers[0]), shown(parts, later)) == ("张*", "张*")


def test_others_names_are_shown_as_before(parts, numbers, ombudsman, desk):
    wish = Wish(lot="ANT_FOREST-277", holder="user-2", name="李四")
    made, _ = desk.redeem("ANT_FOREST", "other", wish)
    ombudsman.show(HIS, shown=False)
    assert shown(parts, parts.office.numbers(made)[0]) == "李*"


def test_a_guardians_no_hides_the_name_and_only_his_yes_shows_it_again(parts, numbers, ombudsman):
    ombudsman.hear_guardian(HIS, GUARDIAN, consents=False)
    assert shown(parts, numbers[0]) == "***"
    assert ombudsman.held(HIS)["guardian"]["consents"] is False
    assert ombudsman.held(HIS)["guardian"]["by"] == GUARDIAN.hex()
    with pytest.raises(GuardianRefuses):
        ombudsman.show(HIS, shown=True)
    ombudsman.hear_guardian(HIS, GUARDIAN, consents=True)
    assert shown(parts, numbers[0]) == "***"  # a yes is no wish to be shown
    ombudsman.show(HIS, shown=True)
    assert shown(parts, numbers[0]) == "张*"


def test_nobody_is_erased_at_once_nor_by_the_key_that_asked(parts, numbers, ombudsman, clock):
    with pytest.raises(ErasureTooSoon, match="nobody has asked"):
        ombudsman.leave(BY_ANOTHER_KEY)
    due = ombudsman.ask_to_leave(HIS)
    assert due == clock() + COOL_OFF
    with pytest.raises(ErasureTooSoon, match="not before"):
        ombudsman.leave(BY_ANOTHER_KEY)
    clock.pass_by(COOL_OFF)
    assert ombudsman.ask_to_leave(BY_ANOTHER_KEY) == due  # asked again, it is the same moment
    with pytest.raises(ErasureTooSoon, match="another key"):
        ombudsman.leave(HIS)
    assert ombudsman.leave(BY_ANOTHER_KEY) == 3


def test_who_takes_it_back_stays(parts, numbers, ombudsman, clock):
    ombudsman.ask_to_leave(HIS)
    assert ombudsman.held(HIS)["leaves"] is not None
    assert ombudsman.stay(HIS) is True
    assert ombudsman.stay(HIS) is False
    clock.pass_by(COOL_OFF)
    with pytest.raises(ErasureTooSoon):
        ombudsman.leave(BY_ANOTHER_KEY)


def test_a_tombstone_stands_for_him_in_the_chained_log_and_the_counts_are_unchanged(
    parts, numbers, ombudsman, clock
):
    with pytest.raises(NotWithdrawn):
        parts.service.tombstone(numbers[0])
    counts = [(row.asked, row.final) for row in parts.service.counts()]
    ombudsman.hear_guardian(HIS, GUARDIAN, consents=True)
    ombudsman.show(HIS, shown=False)
    ombudsman.ask_to_leave(HIS)
    clock.pass_by(COOL_OFF)
    ombudsman.leave(BY_ANOTHER_KEY)
    assert shown(parts, numbers[0]) == ""
    stone = parts.service.tombstone(numbers[0])
    head = parts.chronicle.verified()
    assert (stone.entry, stone.hash) == (head.size, head.hash)
    last = json.loads(list(parts.chronicle.exported())[-1])
    assert (last["act"], last["after"]) == ("holder.erased", stone.digest.hex())
    assert [(row.asked, row.final) for row in parts.service.counts()] == counts
    with pytest.raises(NotTheHolder):
        parts.service.own_copy_now(numbers[0], Asked(holder="user-1", name="张三"))


def test_who_left_can_neither_be_seen_nor_erased_again(parts, numbers, ombudsman, clock):
    ombudsman.correct(HIS, "李四")
    old = parts.service.credential(numbers[0])
    ombudsman.ask_to_leave(HIS)
    clock.pass_by(timedelta(days=4))
    ombudsman.leave(BY_ANOTHER_KEY)
    for ask in (ombudsman.held, ombudsman.leave):
        with pytest.raises(HolderNotFound):
            ask(HIS)
    assert parts.service.verify(old).verdict is Verdict.VALID


def test_a_plea_is_a_programmes():
    with pytest.raises(AssertionError):
        _ = Plea(Person(Role.AUDITOR, "key 1"), "user-1").programme
    assert timedelta(days=1) < office.COOL_OFF
