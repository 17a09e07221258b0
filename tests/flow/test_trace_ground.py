"""A trace over published ground: project, funder, evidence, the registry's mirror."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from tests.chain_kit import Chain
from tests.flow.conftest import NOW, WISH
from tests.flow.ground_rows import PHOTO, SHEET_HASH, lay
from tests.flow.trace_kit import gaps, types, verdicts
from treering.chain import testimony
from treering.domain.fulfilment import Entry, Event, Fulfilment, Interconnection
from treering.domain.lot import Unit
from treering.domain.provenance.graph import Trace
from treering.domain.record import lot_id
from treering.domain.registry_head import HeldHead, TreeHead
from treering.domain.verification import Verdict
from treering.flow.parts import Parts

LOT = lot_id(1, 277)


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

    def traced(mirror: Interconnection) -> Trace:
        return replace(parts.tracer, mirror=lambda _: mirror).trace(numbers[0])

    trace = traced(said)
    certificate = trace.things["fulfilment-" + "07" * 32]
    assert (certificate.facts["year"], certificate.facts["event"]) == (2018, "issued")
    assert verdicts(trace)["claim"] is Verdict.VALID
    assert "fulfilment" not in gaps(trace)
    another = replace(entry, certificate=b"\6" * 32)
    other = replace(said, fulfilment=Fulfilment(0, another))
    assert verdicts(traced(other))["claim"] is Verdict.INVALID
    ended = replace(other, fulfilment=Fulfilment(0, replace(another, event=Event.WITHDRAWN)))
    assert verdicts(traced(ended))["claim"] is Verdict.UNKNOWN, "the mirror may not know it yet"
    heir = replace(other, earlier=(Fulfilment(0, replace(entry, event=Event.WITHDRAWN)),))
    assert verdicts(traced(heir))["claim"] is Verdict.VALID, "of which it then tells the end"
    old = replace(head, head=replace(head.head, time=NOW - timedelta(days=3)))
    doubts = {"held": old, "doubt": "two roots", "unheard": "for two days", "behind": "by 2"}
    for name, why in doubts.items():
        trace = traced(replace(said, **{name: why}))
        assert verdicts(trace)["claim"] is Verdict.UNKNOWN
        assert "fulfilment" in gaps(trace)


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
