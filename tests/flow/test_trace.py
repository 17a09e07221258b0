"""From a certificate to the ground, on a real chain and database."""

import io
import json
from dataclasses import replace

import pytest
from prov.model import ProvDocument
from pyld import jsonld
from sqlalchemy import text, update

from tests.chain_kit import Chain
from tests.flow.conftest import WISH
from tests.flow.trace_kit import gaps, types, verdicts
from treering.chain import testimony
from treering.domain.provenance.graph import Relation, Source
from treering.domain.provenance.prov_json import prov_json
from treering.domain.provenance.prov_jsonld import prov_jsonld
from treering.domain.record import lot_id
from treering.domain.recount.events import Reason
from treering.domain.stage import Stage
from treering.domain.verification import Verdict
from treering.errors import CertificateNotFound, NumberMistyped
from treering.flow.parts import Parts
from treering.store.tables.books import batches

LOT = lot_id(1, 277)


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
