"""What the web is given: the real flows behind its Protocol."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import create_engine

from tests.chain_kit import Chain
from tests.fakes.registry import PUBLIC
from tests.flow.conftest import WISH
from tests.ports import free_port
from treering.chain.ledger import Ledger, LedgerAt
from treering.chain.minting import Minting
from treering.chain.node import Node
from treering.domain import wishes
from treering.domain.mempool import Reply
from treering.domain.number import parse
from treering.domain.record import lot_id, tree_id
from treering.domain.recount.events import Reason
from treering.domain.role import Scope
from treering.domain.stage import Stage
from treering.domain.verification import State, Verdict
from treering.errors import (
    CertificateNotFound,
    LotFull,
    LotNotFound,
    NotAuthenticated,
    ProgrammeNotFound,
    SettingsWrong,
    WrongChain,
)
from treering.flow.assembly import assemble
from treering.flow.minting.identity import check_identity
from treering.flow.parts import Parts
from treering.flow.redeeming.halt import Halt
from treering.intake.formats import Format
from treering.store.batches import Batches

LOT = lot_id(1, 277)


@pytest.fixture
def silent(parts: Parts) -> Parts:
    """The same flows, with a node that is gone."""
    ledger = Ledger(Node(f"http://127.0.0.1:{free_port()}"), parts.ledger.contract)
    return replace(parts, ledger=ledger)


def test_an_api_key_names_its_programme(parts: Parts):
    programme = parts.service.authenticate(parts.example.api_key("GFOREST"), Scope.REDEEM)
    assert (programme.code, programme.number) == ("GFOREST", 2)
    for wrong in (None, "", "tr_wrong"):
        with pytest.raises(NotAuthenticated):
            parts.service.authenticate(wrong, Scope.REDEEM)


def test_many_wishes_are_answered_each_for_itself(parts: Parts):
    programme = parts.service.authenticate(parts.example.api_key("ANT_FOREST"), Scope.REDEEM)
    line = b'{"lot":"ANT_FOREST-277","holder":"user-1","name":"Jo"}\n'
    asked = wishes.read(line)
    lines = [(1, asked), (2, structs.replace(asked, count=10**6))]
    ((_, first), (_, full)) = next(parts.service.load(programme, "a", lines))
    ((_, again),) = next(parts.load("ANT_FOREST", "a", Format.NDJSON, BytesIO(line)))
    assert isinstance(full, LotFull)
    assert again == structs.replace(first, replayed=True)
    numbers = parts.service.numbers(first)
    assert parts.service.redemption(programme, first.id).numbers == numbers


def test_redeeming_from_the_command_line_needs_a_known_programme(parts: Parts):
    assert parts.redeem("ANT_FOREST", "a", WISH).lot_slug == "ANT_FOREST-277"
    with pytest.raises(ProgrammeNotFound):
        parts.redeem("NOBODY", "a", WISH)


def test_a_page_goes_from_pending_to_final(parts: Parts, desk, sealer, mint, forest: Chain):
    redemption, _ = desk.redeem("ANT_FOREST", "a", WISH)
    (number,) = parts.office.numbers(redemption)

    def shown() -> tuple[State, str]:
        view = parts.service.certificate(number)
        return view.state, view.report.findings[4].code

    assert shown() == (State.PENDING, "NOT_MINTED")
    sealer.seal_due()
    mint.step()
    assert shown() == (State.PENDING, "NOT_MINTED")
    forest.mine()
    mint.step()
    assert shown() == (State.PENDING, "ROOT_PENDING")
    forest.finalise()
    mint.step()
    assert shown() == (State.FINAL, "ROOT_OK")
    assert parts.service.verify(parts.service.credential(number)).verdict is Verdict.VALID


def test_a_lot_shows_what_inspectors_stated_and_who_they_are(parts: Parts, forest: Chain):
    forest.state(LOT, Stage.ACCEPTANCE, 149_000)
    forest.finalise()
    inspector = forest.account("inspector").address
    view = parts.service.lot("ANT_FOREST-277")
    assert [(s.stage, s.count) for s in view.statements] == [
        ("ENDORSEMENT", 150_000),
        ("ACCEPTANCE", 149_000),
    ]
    assert {s.inspector for s in view.statements} == {inspector.lower()}
    assert view.statements[0].party_en is None
    assert view.facts is not None
    assert view.facts.accepted == 149_000
    assert parts.service.lot("ANT_FOREST-805").facts is None
    with pytest.raises(LotNotFound):
        parts.service.lot("NOWHERE-1")


def test_whether_a_number_was_issued_needs_no_node(silent: Parts, numbers):
    assert silent.service.issued(numbers[0].lower()) == numbers[0]
    with pytest.raises(CertificateNotFound):
        silent.service.issued("TR-" + "-".join(["0000"] * 7))


def test_a_certificate_is_shown_as_of_one_block(parts: Parts, numbers):
    heights = iter(range(parts.ledger.at("finalized").height, 0, -1))
    service = parts.service
    older = replace(service.gazetteer, world=lambda tag: parts.ledger.at(next(heights)))
    view = replace(service, gazetteer=older).certificate(numbers[0])
    assert view.lot_facts is not None
    blocks = {finding.evidence.get("block") for finding in view.report.findings}
    assert blocks - {None} == {view.lot_facts.block}


def test_the_five_numbers_come_each_from_its_own_source(parts: Parts, numbers, desk):
    desk.redeem("ANT_FOREST", "later", replace(WISH, count=4))
    trees, plants, area = parts.service.counts()
    assert (trees.unit, plants.unit, area.unit) == ("TREE", "PLANT", "M2")
    told = (trees.asked, trees.sent, trees.mined, trees.final, trees.counted)
    assert told == (7, 3, 3, 3, 3)
    assert (plants.asked, plants.counted) == (0, 0)


def test_what_is_sent_while_the_numbers_are_read_is_in_none_of_them(
    parts: Parts, desk, sealer, mint, monkeypatch
):
    desk.redeem("ANT_FOREST", "one", replace(WISH, count=4))
    read = Batches.counts

    def and_then_it_is_signed(books: Batches):
        found = read(books)
        sealer.seal_due()
        mint.step()
        return found

    monkeypatch.setattr(Minting, "send", lambda *_: (Reply.REFUSED, "not now"))
    monkeypatch.setattr(Batches, "counts", and_then_it_is_signed)
    trees, *_ = parts.service.counts()
    assert (trees.asked, trees.sent, trees.mined) == (4, 0, 0)


def test_with_a_silent_node_everything_is_still_shown(silent: Parts, numbers):
    view = silent.service.certificate(numbers[0])
    assert (view.state, view.lot_facts) == (State.CANNOT_CHECK_NOW, None)
    lot = silent.service.lot("ANT_FOREST-277")
    assert (lot.facts, lot.statements) == (None, ())
    assert len(silent.service.lots()) == 9
    assert [counts.counted for counts in silent.service.counts()] == [None] * 3
    assert silent.service.network().chain_id == 31337
    assert silent.service.did_document("GFOREST")["id"].endswith("GFOREST")


def test_a_node_that_dies_between_two_questions_is_a_silent_node(parts: Parts, forest: Chain):
    world = parts.ledger.at("finalized")
    dead = Node(f"http://127.0.0.1:{free_port()}")
    world.node = dead
    gazetteer = replace(parts.service.gazetteer, world=lambda tag: world)
    assert gazetteer.lot("ANT_FOREST-277").statements == ()
    assert gazetteer.lot("ANT_FOREST-277").facts is None


def test_readiness_tells_which_part_is_away(parts: Parts, silent: Parts):
    assert parts.service.readiness() == {
        "database": True,
        "schema": True,
        "chain": True,
        "books": True,
    }
    gone = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    away = replace(silent.service, engine=gone, halt=Halt(gone))
    assert away.readiness() == {"database": False, "schema": False, "chain": False, "books": False}


def test_a_first_start_asks_the_node_which_chain_it_is(engine, keys, forest: Chain):
    fresh = Parts(engine, keys, forest.ledger, "http://127.0.0.1:8000")
    assert fresh.network.chain_id == 31337
    assert fresh.clock().tzinfo is UTC


PIN = (31337, b"\1" * 32, "0xaa", b"\2" * 32)


def test_another_chain_than_the_pinned_one_is_refused(engine):
    def check(found, *, embedded=False):
        check_identity(engine, found, embedded=embedded, clock=lambda: datetime.now(UTC))

    check(PIN)
    check(PIN)
    other = (1, b"\3" * 32, "0xaa", b"\2" * 32)
    with pytest.raises(WrongChain, match="chain id 1, not 31337; genesis block 0x0303"):
        check(other)
    check(other, embedded=True)
    check(other)


def test_work_does_not_start_on_another_chain(published: Parts, forest: Chain):
    published.start_work()
    elsewhere = replace(published, ledger=Ledger(forest.node, forest.account("x").address))
    with pytest.raises(WrongChain):
        elsewhere.start_work()


def test_parts_are_assembled_from_addresses(database_url: str, tmp_path: Path, forest: Chain):
    url = f"http://127.0.0.1:{free_port()}"
    places = {
        "database_url": database_url,
        "rpc_url": forest.node.url,
        "contract": forest.contract,
        "keys": tmp_path / "keys",
        "base_url": "http://127.0.0.1:8000",
    }
    assert assemble(**places).feed is None
    with pytest.raises(SettingsWrong, match="TREERING_REGISTRY_KEY"):
        assemble(**places, registry_url=url, registry_key="nonsense")
    followed = places | {"registry_url": url, "registry_key": str(PUBLIC)}
    assert assemble(**followed, second_url=f"{url}/mirror").second is not None
    with pytest.raises(SettingsWrong, match="one source is not two"):
        assemble(**followed, second_url=f"{url}/")


def test_a_replaced_record_names_its_successor_and_says_since_when(
    parts: Parts, numbers, forest: Chain
):
    old, new = (parse(number).tree for number in numbers[:2])
    forest.act("revoker", "replace", old, new)
    forest.finalise()
    before, after = (parts.service.certificate(number) for number in numbers[:2])
    assert (before.state, before.successor, before.reason) == (State.REPLACED, numbers[1], None)
    assert before.fallen_at is not None
    assert (after.state, after.predecessor, after.fallen_at) == (State.FINAL, numbers[0], None)


def test_a_revoked_record_says_why(parts: Parts, numbers, forest: Chain):
    forest.act("revoker", "revoke", [parse(numbers[0]).tree], Reason.DUPLICATE)
    forest.finalise()
    view = parts.service.certificate(numbers[0])
    assert (view.state, view.reason, view.successor) == (State.REVOKED, "DUPLICATE", None)
    assert view.fallen_at is not None


def test_a_node_that_keeps_no_logs_hides_no_revocation(parts: Parts, silent: Parts, numbers):
    service = parts.service
    tree = parse(numbers[0]).tree
    assert service.gazetteer.fallen_at(tree, None) is None
    gone = LedgerAt(silent.ledger.node, parts.ledger.contract, parts.ledger.final_block())
    assert service.gazetteer.fallen_at(tree, gone) is None
    assert service.gazetteer.fallen_at(tree, parts.ledger.at("finalized")) is None


def test_a_successor_of_another_programme_has_no_number_of_ours(parts: Parts, numbers):
    tenant = parts.office.find(numbers[0]).tenant
    assert parts.office.linked("0x" + tree_id(LOT, 0).to_bytes(12, "big").hex(), tenant)
    assert parts.office.linked("0x000000020000000100000000", tenant) is None
    assert parts.office.linked(None, tenant) is None


def test_statements_stand_beside_the_certificate(parts: Parts, numbers, forest: Chain):
    assert parts.service.certificate(numbers[0]).statements == ()
    forest.state(LOT, Stage.ACCEPTANCE, 149_000)
    forest.finalise()
    view = parts.service.certificate(numbers[0])
    assert [(one.stage, one.count) for one in view.statements][-1] == ("ACCEPTANCE", 149_000)
