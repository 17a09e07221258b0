"""Reconciliation over real parts: each kind of difference is sown, and found, and no other."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import pytest

from tests.chain_kit import Chain, free_port
from tests.fakes.lying_node import lying_node
from tests.flow.conftest import WISH
from tests.flow.reconciling import (
    EXCHANGED,
    FIRST,
    LOT,
    OTHERS,
    SECOND,
    THIRD,
    World,
    exchange,
    listing,
    world_of,
)
from treering.chain import abi
from treering.chain.ledger import Ledger
from treering.chain.node import Node
from treering.domain.comparison.cases import CASES
from treering.domain.difference import Kind
from treering.domain.fulfilment import Event
from treering.domain.reconciliation import Event as Turn
from treering.domain.reconciliation import Wanted
from treering.domain.record import lot_id
from treering.domain.recount.difference import record_name
from treering.domain.recount.events import Reason
from treering.domain.role import Person, Role
from treering.domain.stage import Stage
from treering.errors import (
    ChainDisagrees,
    ChainUnavailable,
    DifferenceNotFound,
    MirrorStale,
    OutsideProvinces,
    PinMoved,
    WrongChain,
)
from treering.flow.export import Form
from treering.flow.parts import Parts
from treering.flow.withdraw import Farewell
from treering.intake.counts import read_counts
from treering.store.runs import Runs

OTHER = b"\7" * 32
ALL = Person(Role.REGULATOR, "all")


@pytest.fixture
def world(parts: Parts, forest: Chain, numbers, desk, sealer, mint) -> Iterator[World]:
    """Two batches; all sides agree."""
    desk.redeem("ANT_FOREST", "others", replace(WISH, count=3, holder="user-2"))
    sealer.seal_due()
    for _ in range(5):
        mint.step()
        forest.mine()
    with world_of(parts, forest) as made:
        made.exchange()
        yield made


def records(case: str, *trees: int) -> list[str]:
    return [f"{case} {record_name(tree)}" for tree in trees]


def test_where_all_sides_agree_nothing_is_found(world: World):
    run = world.run()

    assert (run.found, run.opened, run.resolved) == (0, 0, 0)
    assert (run.scale.lots, run.scale.batches, run.scale.records) == (1, 2, 6)
    assert (run.scale.claims, run.scale.certificates) == (3, 1)
    block = world.chain.node.block(run.world.block)
    assert run.world.block_hash == block.hash
    assert (run.world.feed, run.world.head_size) == (world.parts.feed.name, 1)
    assert world.open() == []


def redemption(first: int, count: int, *, lot: int = LOT, recorded_at: str = "now()") -> str:
    """By the holder of the first records."""
    return (
        f"INSERT INTO redemptions SELECT {lot}, {first}, holder, redeemed_at, {recorded_at}, "
        f"{count}, 0, '', '' FROM redemptions WHERE lot = {LOT} AND first_serial = 0"
    )


Seed = Callable[[World], object]
SEEDS: dict[str, tuple[Seed, list[str]]] = {
    "a lot that the chain does not know": (
        lambda w: w.sql(
            f"UPDATE lots SET asked = 5 WHERE id = {lot_id(1, 464)}",
            redemption(0, 5, lot=lot_id(1, 464), recorded_at="now() + interval '1 day'"),
        ),
        ["LOT_NOT_ON_CHAIN lot 1/464"],
    ),
    "a lot that our database does not know": (
        lambda w: w.chain.open_lot(31, endorsed=10),
        ["LOT_NOT_IN_BOOKS lot 1/31"],
    ),
    "another planting year": (
        lambda w: w.sql("UPDATE lots SET year = 2020 WHERE id = 4294967573"),
        ["LOT_YEAR lot 1/277"],
    ),
    "another site": (
        lambda w: w.sql("UPDATE lots SET site = '150000/1' WHERE id = 4294967573"),
        ["LOT_TERMS lot 1/277"],
    ),
    "more room than inspectors gave": (
        lambda w: w.chain.state(LOT, Stage.ACCEPTANCE, 100),
        ["LOT_CAPACITY lot 1/277"],
    ),
    "more given away than accepted": (
        lambda w: w.chain.state(LOT, Stage.ACCEPTANCE, 5),
        ["LOT_OVER_ACCEPTED lot 1/277"],
    ),
    "two redemptions of the same serials": (
        lambda w: w.sql(redemption(1, 2)),
        ["SERIALS_TWICE lot 1/277"],
    ),
    "a counter that no redemption explains": (
        lambda w: w.sql(f"UPDATE lots SET asked = 7, sealed = 7 WHERE id = {LOT}"),
        ["ASKED_COUNT lot 1/277", "SEALED_COUNT lot 1/277"],
    ),
    "a redemption that no batch took": (
        lambda w: w.sql(
            f"UPDATE lots SET asked = 8 WHERE id = {LOT}",
            redemption(6, 2, recorded_at="'2020-01-01Z'"),
        ),
        ["REDEMPTIONS_LATE lot 1/277"],
    ),
    "a batch that our database does not know": (
        lambda w: w.chain.mint(LOT, 6, b"\1" * 40),
        ["BATCH_FOREIGN batch from record 1/277/6"],
    ),
    "a batch that the chain does not hold": (
        lambda w: w.sql(
            f"UPDATE lots SET asked = 9, sealed = 9 WHERE id = {LOT}",
            redemption(6, 3),
            "INSERT INTO batches (programme, lot, first_serial, count, state, holders, root, "
            "sealed_at, block_number, block_hash) SELECT programme, lot, 6, 3, 'final', holders, "
            "root, sealed_at, 1, block_hash FROM batches WHERE first_serial = 0",
        ),
        ["BATCH_LOST batch from record 1/277/6"],
    ),
    "a batch of another size": (
        lambda w: w.sql(
            "UPDATE batches SET count = 4, holders = holders || substr(holders, 1, 20) "
            "WHERE first_serial = 3",
            f"UPDATE lots SET asked = 7, sealed = 7 WHERE id = {LOT}",
            redemption(6, 1),
        ),
        ["BATCH_COUNT batch from record 1/277/3"],
    ),
    "another root": (
        lambda w: w.sql("UPDATE batches SET root = sha256('x') WHERE first_serial = 3"),
        ["BATCH_ROOT batch from record 1/277/3"],
    ),
    "a batch that never came to its end": (
        lambda w: w.sql(
            "UPDATE batches SET state = 'signed', sealed_at = '2020-01-01Z' WHERE first_serial = 3"
        ),
        ["BATCH_LATE batch from record 1/277/3"],
    ),
    "another holder": (
        lambda w: w.sql(
            "UPDATE redemptions SET holder = (SELECT holder FROM redemptions "
            "WHERE first_serial = 0) WHERE first_serial = 3"
        ),
        records("RECORD_HOLDER", OTHERS[0]),
    ),
    "a holder whose secret does not open": (
        lambda w: w.sql(
            "UPDATE holders SET sealed = sha256('x') || sha256('y') || sha256('z') WHERE id = "
            "(SELECT holder FROM redemptions WHERE first_serial = 3)"
        ),
        records("RECORD_HOLDER", OTHERS[0]),
    ),
    "records that nobody redeemed": (
        lambda w: w.sql("DELETE FROM redemptions WHERE first_serial = 3"),
        ["ASKED_COUNT lot 1/277", *records("RECORD_UNREDEEMED", OTHERS[0])],
    ),
    "a claim for another certificate than the registry's": (
        lambda w: (
            w.chain.act("registry", "claim", OTHER, [OTHERS[0]]),
            w.log.add(listing(b"\6" * 32, OTHERS[0])),
        ),
        records("CLAIM_USED_TWICE", OTHERS[0]),
    ),
    "an exchange that our database lost": (
        lambda w: w.sql("DELETE FROM exchanges"),
        records("EXCHANGE_UNKNOWN", *EXCHANGED),
    ),
    "an exchange for another certificate": (
        lambda w: w.sql("UPDATE exchanges SET commitment = sha256('x')"),
        records("EXCHANGE_OTHER", *EXCHANGED),
    ),
    "an exchange that stopped half-way": (
        lambda w: w.sql("UPDATE exchanges SET state = 'issued', applied_at = '2020-01-01Z'"),
        records("EXCHANGE_LATE", *EXCHANGED),
    ),
    "an exchange that our database alone has ended": (
        lambda w: w.sql(
            "UPDATE exchanges SET state = 'released', ended_by = 'programme', "
            "ended_at = '2026-02-02Z'"
        ),
        records("EXCHANGE_NOT_ENDED", *EXCHANGED),
    ),
    "a certificate that the registry withdrew": (
        lambda w: w.says(Event.WITHDRAWN),
        records("CERTIFICATE_WITHDRAWN", *EXCHANGED),
    ),
    "a certificate that lists a record no more": (
        lambda w: w.says(Event.CORRECTED, trees=(FIRST, SECOND)),
        records("CERTIFICATE_CORRECTED", THIRD),
    ),
    "a claim for a certificate that was never issued": (
        lambda w: w.chain.act("registry", "claim", OTHER, [OTHERS[0]]),
        records("CERTIFICATE_MISSING", OTHERS[0]),
    ),
    "a certificate that only the registry knows": (
        lambda w: w.log.add(listing(OTHER, OTHERS[0])),
        records("CERTIFICATE_UNKNOWN", OTHERS[0]),
    ),
    "a claim that was released on chain alone": (
        lambda w: w.chain.act("registry", "release", [FIRST]),
        records("CLAIM_RELEASED", FIRST),
    ),
    "a record revoked on chain alone": (
        lambda w: w.chain.act("revoker", "revoke", [SECOND], Reason.FRAUD),
        records("RECORD_REVOKED", SECOND),
    ),
    "a revoked record in the registry's log": (
        lambda w: (
            w.chain.act("revoker", "revoke", [OTHERS[0]], Reason.FRAUD),
            w.log.add(listing(OTHER, OTHERS[0])),
        ),
        records("RECORD_REVOKED", OTHERS[0]),
    ),
    "a replaced record in the registry's log": (
        lambda w: (
            w.chain.act("revoker", "replace", OTHERS[0], OTHERS[1]),
            w.log.add(listing(OTHER, OTHERS[0])),
        ),
        records("RECORD_REVOKED", OTHERS[0]),
    ),
    "a record that was never minted": (
        lambda w: w.log.add(listing(OTHER, FIRST + 99)),
        ["RECORD_NEVER_MINTED record 1/277/99"],
    ),
    "a record of a lot beyond all numbers": (
        lambda w: w.log.add(listing(OTHER, 2**96 - 1)),
        [f"RECORD_NEVER_MINTED record {2**32 - 1}/{2**32 - 1}/{2**32 - 1}"],
    ),
    "a record of a lot that nobody knows": (
        lambda w: w.log.add(listing(OTHER, 5)),
        ["RECORD_NEVER_MINTED record 0/0/5"],
    ),
    "an exchange that was applied for long ago": (
        lambda w: (
            w.chain.act("registry", "release", [FIRST, SECOND, THIRD]),
            w.says(Event.WITHDRAWN),
            w.sql(
                "UPDATE exchanges SET state = 'applied', commitment = NULL, "
                "applied_at = '2020-01-01Z'"
            ),
        ),
        records("EXCHANGE_LATE", *EXCHANGED),
    ),
    "an exchange that waits for its claim": (
        lambda w: (
            w.log.add(listing(OTHER, *OTHERS)),
            w.sql(exchange("issued", OTHER, OTHERS, "2020-01-01Z")),
        ),
        records("EXCHANGE_LATE", *OTHERS),
    ),
    "an exchange whose records are not claimed": (
        lambda w: (
            w.log.add(listing(OTHER, *OTHERS)),
            w.sql(exchange("claimed", OTHER, OTHERS)),
        ),
        records("CLAIM_MISSING", *OTHERS),
    ),
    "an exchange that nobody else knows": (
        lambda w: w.sql(exchange("claimed", OTHER, OTHERS)),
        records("EXCHANGE_NOWHERE", *OTHERS),
    ),
    "an exchange that ended on both other sides": (
        lambda w: (
            w.chain.act("registry", "release", [FIRST, SECOND, THIRD]),
            w.says(Event.WITHDRAWN),
        ),
        records("EXCHANGE_ENDED_THERE", *EXCHANGED),
    ),
}


@pytest.mark.parametrize("name", SEEDS)
def test_what_is_sown_is_found_and_nothing_else(world: World, name: str):
    seed, expected = SEEDS[name]
    seed(world)

    assert world.found() == expected


def certificate_of(world: World) -> str:
    return f"certificate 0x{world.certificate.hex()}"


def test_a_certificate_of_another_year_is_found(world: World):
    world.says(Event.CORRECTED, year=2019)

    assert world.found() == [f"CERTIFICATE_YEAR {certificate_of(world)}"]


def test_a_certificate_of_two_holders_is_found(world: World):
    world.log.add(listing(OTHER, FIRST + 50), listing(b"\6" * 32, *OTHERS[:1]))
    world.says(Event.CORRECTED, trees=(FIRST, SECOND, THIRD, OTHERS[1]))

    assert f"CERTIFICATE_HOLDERS {certificate_of(world)}" in world.found()


def test_an_exchange_in_another_holders_name_is_found(world: World):
    world.sql(
        "UPDATE exchanges SET holder = (SELECT holder FROM redemptions WHERE first_serial = 3)"
    )

    assert world.found() == [f"CERTIFICATE_HOLDERS {certificate_of(world)}"]


def test_two_heads_that_cannot_both_be_true_are_told_until_it_is_settled(world: World):
    world.run()
    world.sql(
        "INSERT INTO mirror_contradictions (feed, kind, why, held_size, held_note, offered_size, "
        "offered_note, lots, found_at, seen_at) SELECT feed, 'heads', '', 1, '', 2, '', '{}', "
        "now(), now() FROM mirror_heads LIMIT 1"
    )
    assert world.found() == ["REGISTRY_CONTRADICTS contradiction 1"]

    world.sql("UPDATE mirror_contradictions SET settled_at = now(), settled_because = 'a slip'")
    assert world.found() == []


def test_every_case_there_is_was_sown():
    told = {line.split()[0] for _, found in SEEDS.values() for line in found}
    elsewhere = {"CERTIFICATE_YEAR", "CERTIFICATE_HOLDERS", "REGISTRY_CONTRADICTS"}
    counted = {"LOT_COUNT", "LOT_OVER_COUNT", "LOT_NOT_ACCEPTED", "COUNT_UNKNOWN_LOT"}
    assert told | elsewhere | counted == set(CASES)
    assert {case.kind for case in CASES.values()} == set(Kind)


COUNTS = {
    "as on chain": ("ANT_FOREST-277,1000", []),
    "another": ("ANT_FOREST-277,900", ["LOT_COUNT lot 1/277"]),
    "less than was minted": ("ANT_FOREST-277,5", ["LOT_OVER_COUNT lot 1/277"]),
    "of a lot of no name": ("NOWHERE,5", ["COUNT_UNKNOWN_LOT lot NOWHERE"]),
    "of a lot that is not on chain": ("ANT_FOREST-464,5", ["COUNT_UNKNOWN_LOT lot 1/464"]),
}


def counts(lines: str):
    return read_counts(BytesIO(f"lot,accepted\n{lines}\n".encode()))


@pytest.mark.parametrize("name", COUNTS)
def test_accepted_counts_that_are_brought_are_held_against_the_chain(world: World, name: str):
    lines, expected = COUNTS[name]
    world.chain.state(LOT, Stage.ACCEPTANCE, 1000)
    world.sql(f"UPDATE lots SET capacity = 1000 WHERE id = {LOT}")

    assert world.found(counts(lines)) == expected


def test_a_count_without_an_acceptance_on_chain_is_told(world: World):
    assert world.found(counts("ANT_FOREST-277,1000")) == ["LOT_NOT_ACCEPTED lot 1/277"]


def test_a_run_without_counts_or_with_others_leaves_what_counts_have_shown(world: World):
    expected = ["LOT_NOT_ACCEPTED lot 1/277"]
    assert world.found(counts("ANT_FOREST-277,1000")) == expected
    assert world.found() == expected
    assert world.found(counts("NOWHERE,1")) == ["COUNT_UNKNOWN_LOT lot NOWHERE", *expected]
    world.chain.state(LOT, Stage.ACCEPTANCE, 150_000)
    assert world.found(counts("ANT_FOREST-277,150000")) == ["COUNT_UNKNOWN_LOT lot NOWHERE"]


def test_a_difference_that_vanishes_is_resolved_and_keeps_its_history(world: World):
    root = "UPDATE batches SET root = decode('{}', 'hex') WHERE first_serial = 3"
    with world.parts.engine.connect() as connection:
        right = connection.exec_driver_sql("SELECT root FROM batches WHERE first_serial = 3")
        good = bytes(right.scalar_one()).hex()
    world.sql(root.format("11" * 32))
    first = world.run()
    assert (first.found, first.opened, first.resolved) == (1, 1, 0)
    [opened] = world.open()
    again = world.run()
    assert (again.found, again.opened, again.resolved) == (1, 0, 0)
    world.sql(root.format("22" * 32))
    world.run()
    world.sql(root.format(good))
    last = world.run()
    assert (last.found, last.opened, last.resolved) == (0, 0, 1)
    assert world.open() == []
    world.sql(root.format("11" * 32))
    world.run()

    [standing] = world.open()
    assert standing.id == opened.id
    assert standing.first_seen == opened.opened_at < standing.opened_at
    assert standing.runs == 4
    assert (standing.programme, standing.province) == ("ANT_FOREST", "150000")
    told = world.parts.registrar.one(ALL, standing.id).history
    assert [turn.event for turn in told] == [
        Turn.OPENED,
        Turn.CHANGED,
        Turn.RESOLVED,
        Turn.REOPENED,
    ]
    assert [turn.run for turn in told] == sorted({turn.run for turn in told})
    assert told[1].left == "0x" + "22" * 32


def test_what_is_on_its_way_is_neither_found_nor_resolved(world: World):
    world.log.add(listing(OTHER, OTHERS[0]))
    unknown = records("CERTIFICATE_UNKNOWN", OTHERS[0])
    assert world.found() == unknown

    world.chain.act("registry", "claim", OTHER, [OTHERS[0]])  # and not final yet
    world.reconciler().run()
    assert [one.name for one in world.open()] == ["CERTIFICATE_UNKNOWN"]
    assert world.found() == records("EXCHANGE_UNKNOWN", OTHERS[0])


@pytest.mark.parametrize("act", ["revoke", "replace", "release"])
def test_whatever_touches_a_record_after_the_block_puts_off_its_judgement(world: World, act: str):
    world.chain.finalise()
    world.says(Event.WITHDRAWN)
    world.parts.sync_mirror()
    arguments = {
        "revoke": ("revoker", "revoke", [FIRST], Reason.FRAUD),
        "replace": ("revoker", "replace", FIRST, OTHERS[0]),
        "release": ("registry", "release", [FIRST]),
    }
    world.chain.act(*arguments[act])
    world.chain.open_lot(99, endorsed=None)
    world.reconciler().run()

    subjects = sorted(one.subject for one in world.open())
    assert subjects == [record_name(SECOND), record_name(THIRD)]


def test_what_happened_a_moment_ago_is_left_in_peace(world: World):
    world.sql("UPDATE exchanges SET state = 'issued'")
    world.chain.finalise()
    world.parts.sync_mirror()
    assert world.reconciler(timedelta(days=1)).run().found == 0


def test_a_holder_who_withdrew_is_no_difference(world: World):
    world.parts.service  # noqa: B018 - put together before the holder goes
    Farewell(world.parts.engine, world.parts.vault).withdraw("ANT_FOREST", "user-2")

    assert world.found() == []


def test_without_a_registry_chain_and_database_are_compared(world: World):
    world.run()
    alone = replace(world.parts, feed=None).reconciler(timedelta(0))
    run = alone.run()
    assert (run.found, run.world.feed, run.world.head_size) == (0, None, None)


def failure(world: World) -> str | None:
    with world.parts.engine.connect() as connection:
        run = Runs(connection).last(made=False)
    return run.failure if run else None


def test_a_silent_node_leaves_it_unknown_and_resolves_nothing(world: World):
    world.sql("UPDATE batches SET root = sha256('x') WHERE first_serial = 3")
    world.run()
    silent = Ledger(Node(f"http://127.0.0.1:{free_port()}"), world.chain.contract)
    with pytest.raises(ChainUnavailable):
        replace(world.reconciler(), ledger=silent).run()

    assert failure(world).startswith("TR101 ")
    assert len(world.open()) == 1
    reconciled = world.parts.registrar.reconciled()
    assert (reconciled.tried.is_made, reconciled.made.found) == (False, 1)
    assert reconciled.open == {"root_differs": 1}


def test_a_mirror_that_is_empty_or_too_old_leaves_it_unknown(world: World):
    world.chain.finalise()
    with pytest.raises(MirrorStale, match="nothing"):
        world.reconciler().run()
    world.parts.sync_mirror()
    late = replace(world.reconciler(), clock=lambda: world.parts.clock() + timedelta(days=3))
    with pytest.raises(MirrorStale, match="old"):
        late.run()
    assert failure(world).startswith("TR216 ")


def test_a_node_of_another_chain_is_refused(world: World):
    world.sql("UPDATE chain_identity SET chain_id = 1")
    with pytest.raises(WrongChain):
        world.run()


def lied_to(world: World, lie) -> None:
    with lying_node(world.chain.node.url, lie) as url:
        lying = Ledger(Node(url), world.chain.contract)
        replace(world.reconciler(), ledger=lying).run()


def test_a_node_that_conceals_a_batch_is_not_believed(world: World):
    def lie(method, params, answer):
        if method == "eth_getLogs":
            topic = "0x" + abi.event_topic("BatchMinted").hex()
            logs = answer["result"]
            answer["result"] = [log for log in logs if log["topics"][0] != topic]
        return answer

    world.run()
    with pytest.raises(ChainDisagrees, match="lot 1/277"):
        lied_to(world, lie)


def test_a_node_that_invents_a_root_is_not_believed(world: World):
    def lie(method, params, answer):
        if method == "eth_getLogs":
            topic = "0x" + abi.event_topic("BatchMinted").hex()
            for log in answer["result"]:
                if log["topics"][0] == topic:
                    log["topics"][3] = "0x" + "11" * 32
        return answer

    world.run()
    with pytest.raises(ChainDisagrees, match="another root"):
        lied_to(world, lie)


@pytest.mark.parametrize("concealed", ["LotOpened", "greatest"])
def test_a_node_that_tells_of_lots_that_cannot_be_is_not_believed(world: World, concealed: str):
    def lie(method, params, answer):
        if method == "eth_getLogs" and concealed == "LotOpened":
            topic = "0x" + abi.event_topic("LotOpened").hex()
            logs = answer["result"]
            answer["result"] = [log for log in logs if log["topics"][0] != topic]
        elif method == "eth_getLogs":
            names = ("LotOpened", "Stated", "BatchMinted")
            topics = {"0x" + abi.event_topic(name).hex() for name in names}
            for log in answer["result"]:
                if log["topics"][0] in topics:
                    log["topics"][1] = "0x" + f"{2**64 - 1:064x}"
        return answer

    world.run()
    with pytest.raises(ChainDisagrees):
        lied_to(world, lie)


def test_a_block_that_vanishes_meanwhile_leaves_it_unknown(world: World):
    asked = []

    def lie(method, params, answer):
        if method == "eth_getBlockByNumber" and params[0].startswith("0x"):
            asked.append(params[0])
            if params[0] != "0x0":
                answer["result"]["hash"] = "0x" + "11" * 32
        return answer

    world.run()
    with pytest.raises(PinMoved):
        lied_to(world, lie)
    assert asked


def test_a_worker_keeps_it_up_once_in_a_while(world: World):
    every = timedelta(hours=1)
    world.chain.finalise()
    assert world.reconciler().keep_up(every) is False  # nothing is mirrored yet: it says so
    assert failure(world).startswith("TR216 ")
    world.parts.sync_mirror()
    world.reconciler().keep_up(every)  # too soon after a failure
    assert failure(world)

    soon = replace(world.reconciler(), clock=lambda: world.parts.clock() + timedelta(minutes=6))
    soon.keep_up(every)
    assert failure(world) is None
    made = world.parts.registrar.reconciled().made
    soon.keep_up(every)
    assert world.parts.registrar.reconciled().made == made
    replace(soon, clock=lambda: world.parts.clock() + timedelta(hours=2)).keep_up(every)
    assert world.parts.registrar.reconciled().made.id > made.id


def test_a_regulator_is_shown_what_lies_in_his_provinces(world: World):
    world.chain.state(LOT, Stage.ACCEPTANCE, 5)  # a lot in Inner Mongolia
    world.says(Event.WITHDRAWN)  # a certificate of a person in Gansu
    world.run()
    registrar, here = world.parts.registrar, Person(Role.REGULATOR, "", frozenset({"150000"}))

    def subjects(person: Person, **wanted) -> list[str]:
        return [one.name for one in registrar.page(person, Wanted(**wanted))]

    assert len(subjects(ALL)) == registrar.count(ALL, Wanted()) == 4
    assert subjects(here) == ["LOT_OVER_ACCEPTED"] == subjects(here, province="150000")
    with pytest.raises(OutsideProvinces):
        subjects(here, province="620000")
    assert subjects(Person(Role.REGULATOR, "", frozenset())) == []
    assert subjects(ALL, province="620000") == ["CERTIFICATE_WITHDRAWN"] * 3
    assert subjects(ALL, kind="over_accepted", programme="ANT_FOREST") == ["LOT_OVER_ACCEPTED"]
    assert subjects(ALL, older_than=timedelta(days=1)) == []
    assert subjects(ALL, is_open=False) == []
    assert len(subjects(ALL, is_open=None)) == 4

    first, *rest = registrar.page(ALL, Wanted(), most=4)
    assert registrar.page(ALL, Wanted(), (first.opened_at, first.id)) == rest
    mine = registrar.page(here, Wanted())[0]
    assert registrar.one(here, mine.id).id == mine.id
    for other in (next(one.id for one in [first, *rest] if one.id != mine.id), UUID(int=1)):
        with pytest.raises(DifferenceNotFound):
            registrar.one(here, other)
    lines = b"".join(registrar.export(here, Wanted(), Form.JSONL)).splitlines()
    assert [json.loads(line)["case"] for line in lines] == ["LOT_OVER_ACCEPTED"]
    assert len(b"".join(registrar.export_open(Form.JSONL)).splitlines()) == 4
    assert world.parts.overseer.overview().reconciled.open == registrar.reconciled().open
