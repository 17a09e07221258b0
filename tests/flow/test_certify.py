"""From numbers to certificates."""

from dataclasses import replace

import pytest

from tests.chain_kit import Chain
from tests.flow.conftest import WISH
from treering.domain import number
from treering.domain.claims import facts
from treering.domain.record import lot_id, tree_id
from treering.errors import CertificateNotFound, NotFinal, NumberMistyped, ProgrammeNotFound
from treering.flow.parts import Parts

LOT = lot_id(1, 277)


def test_the_credential_is_the_same_bytes_each_time(parts: Parts, numbers):
    found = parts.office.find(numbers[0])
    assert parts.office.credential(found) == parts.office.credential(found)


def test_a_number_is_found_however_it_is_typed(parts: Parts, numbers):
    typed = numbers[2].lower().replace("-", " ")
    assert str(parts.office.find(typed).number) == numbers[2]


def test_a_number_that_was_guessed_is_not_found(parts: Parts, numbers):
    known = number.parse(numbers[0])
    for mac in (known.mac ^ 1, 0):
        with pytest.raises(CertificateNotFound):
            parts.office.find(str(replace(known, mac=mac)))


def test_a_record_that_nobody_redeemed_has_no_certificate(parts: Parts, numbers):
    (tenant, *_) = parts.tenants.all()
    for tree in (tree_id(LOT, 3), tree_id(lot_id(1, 805), 0), tree_id(lot_id(99, 1), 0)):
        with pytest.raises(CertificateNotFound):
            parts.office.find(str(number.issue(tree, tenant.number_key)))


def test_a_mistyped_number_says_so(parts: Parts):
    with pytest.raises(NumberMistyped):
        parts.office.find("TR-0000")


def test_a_certificate_tells_what_it_waits_for(parts: Parts, desk, sealer, mint, forest: Chain):
    redemption, _ = desk.redeem("ANT_FOREST", "a", WISH)
    (waiting,) = parts.office.numbers(redemption)

    def waits_for() -> str:
        with pytest.raises(NotFinal) as caught:
            parts.office.credential(parts.office.find(waiting))
        return caught.value.waits_for

    assert waits_for() == "batch"
    sealer.seal_due()
    assert waits_for() == "block"
    mint.step()
    assert waits_for() == "block"
    forest.mine()
    mint.step()
    assert waits_for() == "finality"
    forest.finalise()
    mint.step()
    claimed = facts(parts.office.credential(parts.office.find(waiting)))
    assert claimed.serial == redemption.first_serial


def test_a_holders_two_records_have_nothing_in_common_on_chain(parts: Parts, numbers):
    holders = {
        facts(parts.office.credential(parts.office.find(one))).record.holder for one in numbers
    }
    assert len(holders) == 3


def test_the_did_document_lists_the_programmes_key(parts: Parts, numbers):
    document = parts.office.did_document("ANT_FOREST")
    credential = parts.office.credential(parts.office.find(numbers[0]))
    assert document["id"] == credential["issuer"]["id"]
    assert document["assertionMethod"] == [credential["proof"][0]["verificationMethod"]]
    with pytest.raises(ProgrammeNotFound):
        parts.office.did_document("NOBODY")
