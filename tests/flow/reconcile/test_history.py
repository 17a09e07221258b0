"""What becomes of a difference, what is left in peace, and who is shown what."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from tests.flow.reconcile.kit import (
    FIRST,
    LOT,
    OTHER,
    OTHERS,
    SECOND,
    THIRD,
    World,
    listing,
    records,
)
from treering.domain.fulfilment import Event
from treering.domain.reconciliation import Event as Turn
from treering.domain.reconciliation import Wanted
from treering.domain.recount.difference import record_name
from treering.domain.recount.events import Reason
from treering.domain.role import Person, Role
from treering.domain.stage import Stage
from treering.errors import (
    DifferenceNotFound,
    OutsideProvinces,
)
from treering.export.written import Form
from treering.flow.caring.withdraw import Farewell

ALL = Person(Role.REGULATOR, "all")


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


def test_a_regulator_of_a_province_is_told_no_sums_over_the_others(world: World):
    world.chain.state(LOT, Stage.ACCEPTANCE, 5)  # a lot in Inner Mongolia
    world.says(Event.WITHDRAWN)  # a certificate of a person in Gansu
    made = world.run()
    registrar = world.parts.registrar
    assert registrar.reconciled(ALL) == registrar.reconciled()
    assert (registrar.reconciled().made.found, made.found) == (4, 4)
    for provinces, found in (({"150000"}, 1), ({"620000"}, 3), ({"440000"}, 0), ((), 0)):
        told = registrar.reconciled(Person(Role.REGULATOR, "", frozenset(provinces)))
        assert (told.made.found, told.made.opened, told.made.resolved) == (found, 0, 0)
        assert sum(told.open.values()) == found
        assert told.made.scale == made.scale
