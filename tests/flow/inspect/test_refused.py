"""Statements and sheets that are refused, and what comes too late or twice."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data
from sqlalchemy import insert, select, update

from tests import pictures
from tests.chain_kit import mining
from tests.flow.inspect.statements import ACCEPTED, ALIVE, LOT, name, signed, state
from tests.flow.test_evidence import TOLD
from treering.chain import sender, statements
from treering.domain.record import lot_id
from treering.domain.stage import Stage
from treering.errors import (
    LotNotFound,
    SheetRefused,
    StatementNotFound,
    StatementRefused,
)
from treering.flow.inspecting.inspect import Signed, finding_of
from treering.flow.parts import Parts
from treering.store.tables.books import lots
from treering.store.tables.ground import lot_parties

REFUSED: dict[str, Any] = {
    "another count": lambda s: {"message": {**s.message, "count": "1"}},
    "another lot": lambda s: {"message": {**s.message, "lot": str(lot_id(1, 464))}},
    "no lot of ours": lambda s: {"message": {**s.message, "lot": "7"}},
    "a field more": lambda s: {"message": {**s.message, "note": "x"}},
    "a field less": lambda s: {"message": {k: v for k, v in s.message.items() if k != "nonce"}},
    "a negative count": lambda s: {"message": {**s.message, "count": "-1"}},
    "a count without end": lambda s: {"message": {**s.message, "count": "9" * 5000}},
    "a count that hides behind zeros": lambda s: {
        "message": {**s.message, "count": "0" * 20 + "1" + "0" * 30}
    },
    "a report that is no hash": lambda s: {"message": {**s.message, "report": "0x12"}},
    "a report in no hex": lambda s: {"message": {**s.message, "report": "zz"}},
    "another inspector": lambda s: {"inspector": "0x" + "11" * 20},
    "no inspector": lambda s: {"inspector": "nobody"},
    "no signature": lambda s: {"signature": b""},
    "a broken signature": lambda s: {"signature": bytes(65)},
}


@pytest.mark.parametrize("name_", REFUSED)
def test_what_the_inspector_did_not_sign_is_refused_before_anything_is_kept(office, forest, name_):
    right = signed(office, forest, ACCEPTED)
    with pytest.raises((StatementRefused, LotNotFound)):
        office.submit(replace(right, **REFUSED[name_](right)))
    assert office.relay() is False


@pytest.mark.parametrize("stage", [0, 4, 255])
def test_a_stage_that_there_is_not_is_refused_though_it_is_signed(office, forest, stage):
    """By anybody's key: whose it is, is asked later."""
    stranger = forest.account("stranger")
    typed = office.prepare(finding_of(ALIVE), forest.account("inspector").address)
    message = {**typed["message"], "stage": str(stage)}
    by_hand = encode_typed_data(full_message={**typed, "message": message})
    signature = bytes(Account.sign_message(by_hand, stranger.key).signature)
    brought = Signed(message=message, inspector=stranger.address, signature=signature)
    with pytest.raises(StatementRefused, match="no stage"):
        office.submit(replace(brought, sheet=ALIVE.document()))


def test_what_the_contract_would_refuse_costs_no_transaction(office, forest):
    early = signed(office, forest, replace(ACCEPTED, inspected_on=date(2018, 12, 31)))
    with pytest.raises(StatementRefused, match="StatementOutOfSeason"):
        office.submit(early)
    with pytest.raises(StatementRefused, match="NotAccepted"):
        office.submit(signed(office, forest, replace(ACCEPTED, stage=Stage.SURVEY)))


def test_of_two_with_one_nonce_the_second_is_told_why_it_came_too_late(office, forest):
    one = signed(office, forest, ACCEPTED)
    other = signed(office, forest, replace(ACCEPTED, count=1))
    ids = [office.submit(each) for each in (one, other)]
    with mining(forest.node):
        assert office.relay() is True
    states = sorted(office.state_of(id_) for id_ in ids)
    assert [told for told, _ in states] == ["refused", "stated"]
    assert "UnexpectedNonce" in (states[0][1] or "") or "UnexpectedPredecessor" in (
        states[0][1] or ""
    )


def test_a_statement_that_the_chain_has_already_is_not_paid_for_again(office, forest):
    right = signed(office, forest, ACCEPTED)
    id_ = office.submit(right)
    call = statements.call(
        statements.from_message(right.message), right.inspector, right.signature, forest.contract
    )
    forest.send("anybody", call)
    assert office.relay() is True
    assert office.state_of(id_) == ("stated", None)


def test_what_another_worker_brings_at_the_same_moment_is_stated_and_not_refused(
    office, forest, monkeypatch
):
    id_ = office.submit(signed(office, forest, ACCEPTED))
    act = sender.act

    def overtaken(node, account, call):
        forest.send("anybody", call)
        return act(node, account, call)

    monkeypatch.setattr(sender, "act", overtaken)
    assert office.relay() is True
    assert office.state_of(id_) == ("stated", None)


def test_an_inspector_is_one_on_chain_known_to_us_and_neither_plants_nor_funds(
    office, forest, parts
):
    with pytest.raises(StatementRefused, match="no inspector on the chain"):
        office.prepare(ACCEPTED, forest.account("stranger").address)
    with pytest.raises(StatementRefused, match="0x and 40 digits"):
        office.prepare(ACCEPTED, "0x12")
    with pytest.raises(StatementRefused, match="whole number"):
        office.prepare(replace(ACCEPTED, count=2**32), forest.account("inspector").address)
    with pytest.raises(StatementRefused, match="time begins"):
        office.prepare(
            replace(ACCEPTED, inspected_on=date(1, 1, 1)), forest.account("inspector").address
        )
    own = {"standing": "reported", "source": "x", "lot": LOT, "party": "NWSURVEY"}
    with parts.engine.begin() as connection:
        connection.execute(insert(lot_parties).values(role="FUNDER", **own))
    with pytest.raises(StatementRefused, match="FUNDER"):
        office.prepare(ACCEPTED, forest.account("inspector").address)
    name(parts, "NWSURVEY", "0x" + "22" * 20)
    with pytest.raises(StatementRefused, match="no party"):
        office.prepare(ACCEPTED, forest.account("inspector").address)
    name(parts, "CGF", forest.account("inspector").address)  # which planted the forest
    with pytest.raises(StatementRefused, match="IMPLEMENTER"):
        office.prepare(ACCEPTED, forest.account("inspector").address)


def test_a_sheet_is_of_its_statement_or_of_none(office, forest):
    state(office, forest, ACCEPTED)
    right = signed(office, forest, ALIVE)
    other = msgspec.structs.replace(ALIVE, n0=10_001)
    with pytest.raises(StatementRefused, match="another sheet"):
        office.submit(replace(right, sheet=other.document()))
    with pytest.raises(SheetRefused):
        office.submit(replace(right, sheet={"lot": 1}))
    wrong = replace(finding_of(ALIVE), inspected_on=date(2020, 10, 15))
    with pytest.raises(StatementRefused, match="the sheet is of"):
        office.submit(replace(signed(office, forest, wrong), sheet=ALIVE.document()))
    too_few = msgspec.structs.replace(ALIVE, sampled_m2=1)
    with pytest.raises(SheetRefused, match="5 %"):
        office.submit(signed(office, forest, too_few))
    elsewhere = msgspec.structs.replace(ALIVE, lot="ANT_FOREST-464")
    with pytest.raises(SheetRefused, match="ANT_FOREST-464"):
        office.submit(
            replace(
                signed(office, forest, replace(finding_of(elsewhere), lot="ANT_FOREST-277")),
                sheet=elsewhere.document(),
            )
        )
    unopened = msgspec.structs.replace(ALIVE, lot="ANT_FOREST-805", inspected_on="2025-10-14")
    with pytest.raises(StatementRefused, match="not on chain"):
        office.submit(signed(office, forest, unopened))


def test_a_twentieth_of_a_part_is_no_twentieth_of_the_forest(office, forest):
    """Sixteen hectares declared of 222, of which eight tenths of a hectare were looked at."""
    state(office, forest, ACCEPTED)
    part = msgspec.structs.replace(ALIVE, area_m2=160_000, sampled_m2=8_000)
    with pytest.raises(SheetRefused, match="160000 m², on 2222"):
        office.submit(signed(office, forest, part))


def test_a_single_tree_is_no_sample_however_large_its_ground(office, forest):
    state(office, forest, ACCEPTED)
    lone = msgspec.structs.replace(ALIVE, n0=1, n1=1, count=150_000)
    with pytest.raises(SheetRefused, match="1 where 7500"):
        office.submit(signed(office, forest, lone))


def test_where_lots_share_a_site_each_is_a_part_of_it(office, forest, parts):
    state(office, forest, ACCEPTED)
    with parts.engine.begin() as connection:
        site = select(lots.c.site).where(lots.c.id == LOT).scalar_subquery()
        connection.execute(update(lots).where(lots.c.id == lot_id(1, 464)).values(site=site))
    part = msgspec.structs.replace(ALIVE, area_m2=1_600_000, sampled_m2=80_000)
    office.submit(signed(office, forest, part))
    more = msgspec.structs.replace(ALIVE, area_m2=9_000_000, sampled_m2=450_000)
    with pytest.raises(SheetRefused, match="9000000 m², on 2222"):
        office.submit(signed(office, forest, more))


@pytest.mark.parametrize(
    "elsewhere", [{"chain_id": 1}, {"contract": "0x" + "12" * 20}], ids=["chain", "contract"]
)
def test_a_statement_for_another_chain_or_contract_is_none_here(office, forest, elsewhere):
    """Signed by the right key of the right inspector, and brought under his name or another."""
    there = replace(office, network=lambda: replace(office.network(), **elsewhere))
    brought = signed(there, forest, ACCEPTED)
    with pytest.raises(StatementRefused, match="it was signed by") as refused:
        office.submit(brought)
    stranger = str(refused.value).split()[4].rstrip(",")
    with pytest.raises(StatementRefused, match="no inspector on the chain"):
        office.submit(replace(brought, inspector=stranger))
    assert office.relay() is False


def test_the_pictures_of_a_sheet_are_evidence_of_its_lot(office, forest, parts):
    state(office, forest, ACCEPTED)
    ours = parts.archive.add("ANT_FOREST-277", pictures.jpeg(), TOLD)
    theirs = parts.archive.add("ANT_FOREST-464", pictures.jpeg(1), TOLD)
    for media, why in ((theirs.hash, "ANT_FOREST-464"), (b"\1" * 32, "no evidence")):
        sheet = msgspec.structs.replace(ALIVE, media=(media.hex(),))
        with pytest.raises(SheetRefused, match=why):
            office.submit(signed(office, forest, sheet))
    state(office, forest, msgspec.structs.replace(ALIVE, media=(ours.hash.hex(),)))


def test_nobody_knows_a_statement_that_was_never_brought(office):
    with pytest.raises(StatementNotFound):
        office.state_of(b"\1" * 32)


def test_the_worker_relays_by_the_relayers_key(parts: Parts, tmp_path: Path):
    assert parts.inspectorate.relayer().address == parts.keys.account("relayer").address
    assert parts.inspectorate.network() == parts.network
    assert parts.inspectorate.relay() is False
