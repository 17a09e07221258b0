"""From a certificate to the ground, on a real chain and database."""

import io
import json
from dataclasses import replace

import pytest
from prov.model import ProvDocument
from pyld import jsonld
from sqlalchemy import text, update

from tests.chain_kit import Chain
from tests.flow.conftest import NOW, WISH
from tests.flow.ground_rows import PHOTO, SHEET_HASH, lay
from treering.chain import testimony
from treering.domain.fulfilment import Entry, Event, Fulfilment, Interconnection
from treering.domain.lot import Unit
from treering.domain.provenance.graph import Relation, Source
from treering.domain.provenance.prov_json import prov_json
from treering.domain.provenance.prov_jsonld import prov_jsonld
from treering.domain.record import lot_id
from treering.domain.recount.events import Reason
from treering.domain.registry_head import HeldHead, TreeHead
from treering.domain.stage import Stage
from treering.domain.verification import Verdict
from treering.errors import CertificateNotFound, NumberMistyped
from treering.flow.parts import Parts
from treering.store.schema import batches

LOT = lot_id(1, 277)


def gaps(trace) -> set[str]:
    return {gap.name for gap in trace.gaps}


def verdicts(trace) -> dict[str, Verdict]:
    return {check.name: check.verdict for check in trace.checks}


def types(trace) -> list[str]:
    return [trace.things[name].type for name in trace.spine]


def read(document, kind: str) -> ProvDocument:
    return ProvDocument.deserialize(io.StringIO(json.dumps(document)), format=kind)


def test_the_way_leads_from_the_holder_to_the_site(parts: Parts, numbers):
    trace = parts.tracer.trace(numbers[0])
    way = "HolderCommitment Redemption Record Batch Minting Lot Site".split()
    assert types(trace)[:7] == way
    assert trace.block is not None


def test_each_hash_is_checked_against_its_content(parts: Parts, numbers):
    found = verdicts(parts.tracer.trace(numbers[1]))
    for name in ("word", "root", "transaction", "log"):
        assert found[name] is Verdict.VALID, name
    assert found["report"] is Verdict.UNKNOWN, "nobody can show the report"


def test_missing_pieces_are_named(parts: Parts, numbers):
    missing = {"acceptance", "survey", "report", "evidence"}
    trace = parts.tracer.trace(numbers[0])
    assert gaps(trace) == missing
    assert trace.verdict is not Verdict.VALID

    with parts.engine.begin() as connection:  # as if nobody had told of the ground
        for table in ("lot_parties", "disputes", "sites"):
            connection.execute(text(f"DELETE FROM {table}"))
    assert gaps(parts.tracer.trace(numbers[0])) == missing | {"outline", "project", "funder"}


def test_a_dossier_that_the_chain_does_not_hold_is_wrong(parts: Parts, numbers):
    """The forest of these tests was opened with another dossier."""
    assert verdicts(parts.tracer.trace(numbers[0]))["dossier"] is Verdict.INVALID


def test_a_record_in_no_batch_ends_its_way_there(parts: Parts, desk):
    redemption, _ = desk.redeem("ANT_FOREST", "waiting", WISH)
    trace = parts.tracer.trace(parts.office.numbers(redemption)[0])
    assert "batch" in gaps(trace)
    assert types(trace)[:4] == ["HolderCommitment", "Redemption", "Record", "Lot"]
    assert trace.things[trace.spine[0]].source is Source.BOOKS


def test_a_batch_in_no_block_has_no_transaction_yet(parts: Parts, sealed, desk):
    number = parts.office.numbers(desk.redeem("ANT_FOREST", "a", replace(WISH, count=5))[0])[0]
    trace = parts.tracer.trace(number)
    assert "transaction" in gaps(trace)
    assert verdicts(trace)["root"] is Verdict.INVALID, "the chain holds no root of it"


def test_while_the_node_is_silent_the_books_alone_are_shown(parts: Parts, numbers, monkeypatch):
    monkeypatch.setattr(parts.ledger.node, "url", "http://127.0.0.1:9")
    trace = parts.tracer.trace(numbers[0])
    assert "chain" in gaps(trace)
    assert trace.block is None
    assert verdicts(trace)["root"] is Verdict.UNKNOWN
    assert verdicts(trace)["word"] is Verdict.VALID


def test_a_block_that_is_not_the_chains_is_not_taken_for_the_batchs(parts: Parts, numbers):
    with parts.engine.begin() as connection:
        connection.execute(update(batches).values(block_hash=b"\1" * 32))
    assert verdicts(parts.tracer.trace(numbers[0]))["transaction"] is Verdict.INVALID


def test_a_transaction_that_the_node_does_not_know_is_a_gap(parts: Parts, numbers):
    with parts.engine.begin() as connection:
        connection.execute(update(batches).values(transaction=b"\1" * 32))
    trace = parts.tracer.trace(numbers[0])
    assert "log" in gaps(trace)
    assert verdicts(trace)["log"] is Verdict.UNKNOWN


def test_holders_that_were_changed_in_the_books_are_found(parts: Parts, numbers):
    with parts.engine.begin() as connection:
        connection.execute(
            text("UPDATE batches SET holders = overlay(holders placing '\\x00' from 1)")
        )
    found = verdicts(parts.tracer.trace(numbers[1]))
    assert found["word"] is Verdict.INVALID
    assert found["log"] is Verdict.INVALID


def test_inspections_hang_on_the_lot_with_their_inspectors(parts: Parts, numbers, forest: Chain):
    forest.state(LOT, Stage.ACCEPTANCE, 3, year=2020)
    forest.finalise()
    trace = parts.tracer.trace(numbers[0])
    found = [
        thing for _, thing in trace.branches("lot-ANT_FOREST-277") if thing.type == "Acceptance"
    ]
    assert [thing.facts["count"] for thing in found] == [3]
    assert "acceptance" not in gaps(trace)
    (said,) = testimony.of_lot(parts.ledger.at("finalized"), LOT)[-1:]
    assert trace.things[f"account-{said.inspector}"].type == "Inspector"


def test_a_revoked_record_says_why_and_when(parts: Parts, numbers, forest: Chain):
    tree = parts.office.find(numbers[0]).number.tree
    forest.act("revoker", "revoke", [tree], int(Reason.FRAUD))
    forest.finalise()
    trace = parts.tracer.trace(numbers[0])
    fall = trace.things[f"fall-record-{tree:024x}"]
    assert fall.type == "Revocation"
    assert fall.facts["reason"] == "FRAUD"
    assert fall.at is not None


def test_a_replaced_record_leads_to_its_successor_and_back(parts: Parts, numbers, forest: Chain):
    old, new = (parts.office.find(number).number.tree for number in numbers[:2])
    forest.act("revoker", "replace", old, new)
    forest.finalise()
    forward, back = (parts.tracer.trace(number) for number in numbers[:2])
    revised = (Relation.REVISED, f"record-{new:024x}", f"record-{old:024x}")
    for trace in (forward, back):
        assert revised in [(link.relation, link.subject, link.object) for link in trace.links]
    assert "Replacement" in {thing.type for thing in forward.things.values()}


def test_a_record_that_was_exchanged_without_a_mirror_has_a_gap(
    parts: Parts, numbers, forest: Chain
):
    tree = parts.office.find(numbers[0]).number.tree
    forest.act("registry", "claim", b"\7" * 32, [tree])
    forest.finalise()
    trace = parts.tracer.trace(numbers[0])
    assert "fulfilment" in gaps(trace)
    assert verdicts(trace)["claim"] is Verdict.UNKNOWN


def test_both_forms_of_prov_say_the_same_to_an_independent_reader(
    parts: Parts, numbers, forest: Chain
):
    old, new = (parts.office.find(number).number.tree for number in numbers[:2])
    forest.act("revoker", "replace", old, new)
    forest.act("registry", "claim", b"\7" * 32, [new])
    forest.finalise()
    trace = parts.tracer.trace(numbers[1])
    network = parts.network
    first = read(prov_json(trace, network), "json")
    second = read(prov_jsonld(trace, network), "jsonld")
    assert len(list(first.get_records())) == len(trace.things) + len(trace.links) + 2
    assert first.unified() == second.unified()


def test_the_linked_data_needs_no_context_from_elsewhere(parts: Parts, numbers):
    trace = parts.tracer.trace(numbers[0])

    def refused(url, options):
        raise AssertionError(url)

    quads = jsonld.to_rdf(prov_jsonld(trace, parts.network), {"documentLoader": refused})
    told = {(q["subject"]["value"], q["predicate"]["value"]) for q in quads["@default"]}
    prov = "http://www.w3.org/ns/prov#"
    place = f"urn:treering:31337:{parts.network.contract.lower()}:"
    record = place + trace.spine[2]
    assert (record, prov + "qualifiedGeneration") in told
    assert len({s for s, p in told if s.startswith(place)}) == len(trace.things) + 1


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        ("TR-0000", NumberMistyped),
        ("TR-0000-0000-0000-0000-0000-0000-0000", CertificateNotFound),
    ],
)
def test_what_is_no_number_of_ours_has_no_trace(parts: Parts, number, refusal):
    with pytest.raises(refusal):
        parts.tracer.trace(number)


def laid(parts: Parts) -> None:
    with parts.engine.begin() as connection:
        lay(connection, parts.service.lot("ANT_FOREST-277").lot)


def test_with_its_ground_published_the_way_ends_at_the_funder(parts: Parts, numbers):
    laid(parts)
    trace = parts.tracer.trace(numbers[0])
    assert types(trace)[-4:] == ["Lot", "Site", "Planting", "Party"]
    assert not gaps(trace) & {"outline", "project", "funder", "evidence"}
    found = {check.of: check.verdict for check in trace.checks if check.name == "evidence"}
    assert found[f"evidence-{PHOTO.hex()}"] is Verdict.VALID
    assert found[f"evidence-{SHEET_HASH.hex()}"] is Verdict.VALID
    roles = {link.role for link in trace.links}
    assert {"funder", "implementer"} <= roles


def test_evidence_that_was_lost_or_changed_is_wrong(parts: Parts, numbers):
    laid(parts)
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE evidence SET lost_at = now(), lost_why = 'gone'"))
        connection.execute(text("UPDATE inspection_sheets SET sheet = '{}'"))
    found = [c.verdict for c in parts.tracer.trace(numbers[0]).checks if c.name == "evidence"]
    assert found == [Verdict.INVALID, Verdict.INVALID]


def test_a_report_that_lies_with_us_is_hashed_again(parts: Parts, numbers, monkeypatch):
    laid(parts)
    honest = testimony.of_lot
    monkeypatch.setattr(
        testimony,
        "of_lot",
        lambda *at: [replace(said, report=SHEET_HASH) for said in honest(*at)],
    )
    trace = parts.tracer.trace(numbers[0])
    assert verdicts(trace)["report"] is Verdict.VALID
    assert "report" not in gaps(trace)


def test_the_mirror_says_what_the_record_was_used_for(parts: Parts, numbers, forest: Chain):
    tree = parts.office.find(numbers[0]).number.tree
    forest.act("registry", "claim", b"\7" * 32, [tree])
    forest.finalise()
    entry = Entry(
        event=Event.ISSUED,
        certificate=b"\7" * 32,
        year=2018,
        adcode="150000",
        form="F7",
        trees=(tree,),
        at=NOW,
        synthetic=True,
    )
    head = HeldHead(TreeHead("log", 1, bytes(32), NOW, ""), NOW)
    said = Interconnection(tree, Fulfilment(0, entry), head)
    trace = replace(parts.tracer, mirror=lambda _: said).trace(numbers[0])
    certificate = trace.things["fulfilment-" + "07" * 32]
    assert (certificate.facts["year"], certificate.facts["event"]) == (2018, "issued")
    assert verdicts(trace)["claim"] is Verdict.VALID
    other = replace(said, fulfilment=Fulfilment(0, replace(entry, certificate=b"\6" * 32)))
    trace = replace(parts.tracer, mirror=lambda _: other).trace(numbers[0])
    assert verdicts(trace)["claim"] is Verdict.INVALID


def test_a_whole_way_whose_hashes_are_right_is_valid_and_one_wrong_hash_is_not(
    parts: Parts, numbers
):
    trace = parts.tracer.trace(numbers[0])
    right = tuple(replace(check, verdict=Verdict.VALID) for check in trace.checks)
    whole = replace(trace, gaps=(), checks=right)
    assert whole.verdict is Verdict.VALID
    assert replace(whole, gaps=trace.gaps).verdict is Verdict.UNKNOWN
    wrong = (*right, replace(right[0], verdict=Verdict.INVALID))
    assert replace(whole, checks=wrong).verdict is Verdict.INVALID


def test_a_protected_area_is_protected_and_an_unopened_lot_is_a_gap(parts: Parts, desk):
    slug = next(v.lot.slug for v in parts.service.lots() if v.lot.unit is Unit.M2)
    programme = next(v.lot.programme for v in parts.service.lots() if v.lot.slug == slug)
    with parts.engine.begin() as connection:
        lay(connection, parts.service.lot(slug).lot)
    redemption, _ = desk.redeem(programme, "area", replace(WISH, lot=slug))
    trace = parts.tracer.trace(parts.office.numbers(redemption)[0])
    assert "Protection" in types(trace)
    assert "lot" in gaps(trace)
    assert verdicts(trace)["dossier"] is Verdict.UNKNOWN


def test_agents_lead_no_further_on_the_page(parts: Parts, numbers):
    trace = parts.tracer.trace(numbers[0])
    lot = "lot-ANT_FOREST-277"
    (stated,) = [thing for _, thing in trace.branches(lot) if thing.type == "Endorsement"]
    beyond = {thing.type for _, thing in trace.beyond(stated.id, lot)}
    assert beyond == {"Inspector", "Report"}
    (inspector,) = [t for t in trace.things.values() if t.type == "Inspector"]
    assert trace.beyond(inspector.id, stated.id) == []
