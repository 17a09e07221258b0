"""Printing: from the books to the signed page, and back through the verifier."""

from dataclasses import replace

import pytest

from tests.flow.conftest import WISH
from tests.mutations import MUTATIONS
from tests.paper import Paper, text_of
from treering.domain.number import parse
from treering.domain.recount.events import Reason
from treering.domain.verdict import state
from treering.domain.verification import State, Verdict
from treering.errors import CertificateFallen, FontsMissing, NotFinal
from treering.flow.parts import Parts
from treering.flow.verifying.bystander import bystander
from treering.settings import Settings


@pytest.fixture
def printing(parts: Parts) -> Parts:
    return replace(parts, fonts=Settings.from_environ({}).fonts)


def test_what_is_printed_is_valid_for_us_and_for_a_bystander(printing: Parts, numbers):
    file = printing.service.pdf(numbers[0])
    assert printing.service.examine(file).verdict is Verdict.VALID
    ledger = printing.ledger
    report = bystander(file, rpc_url=ledger.node.url, contract=ledger.contract)
    assert (report.verdict, report.number) == (Verdict.VALID, numbers[0])


def test_offline_the_file_is_known_to_be_whole_and_the_chain_stays_unknown(printing, numbers):
    file = printing.service.pdf(numbers[0])
    report = bystander(file, rpc_url=None, contract=None)
    assert report.verdict is Verdict.UNKNOWN
    assert report.findings[-1].code == "PDF_OK"
    forged = MUTATIONS["bytes after the end"](Paper(None, numbers[0], file))
    assert state(bystander(forged, rpc_url=None, contract=None)) is State.ALTERED


def test_each_certificate_is_a_page_of_its_own_and_another_process_prints_the_same(
    printing: Parts, numbers
):
    pages = [printing.service.pdf(number) for number in numbers]
    assert len(set(pages)) == len(numbers)
    again = replace(printing)
    assert [again.service.pdf(number) for number in numbers] == pages
    for page, number in zip(pages, numbers, strict=True):
        assert number in text_of(page)


def test_a_record_that_waits_or_a_house_without_fonts_has_no_page(printing, parts, desk, numbers):
    redemption, _ = desk.redeem("ANT_FOREST", "waits", WISH)
    (waiting,) = printing.office.numbers(redemption)
    with pytest.raises(NotFinal):
        printing.service.pdf(waiting)
    with pytest.raises(FontsMissing):
        parts.service.pdf(numbers[0])


def test_what_the_chain_revoked_is_not_printed_any_more(printing: Parts, forest, numbers):
    forest.act("revoker", "revoke", [parse(numbers[0]).tree], Reason.NOT_PLANTED)
    forest.finalise()
    with pytest.raises(CertificateFallen, match="REVOKED"):
        printing.service.pdf(numbers[0])
