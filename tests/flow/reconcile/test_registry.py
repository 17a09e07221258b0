"""The registry's certificates, contradictions and disputes against what we hold."""

import pytest

from tests.fakes.registry import PUBLIC
from tests.flow.reconcile.kit import (
    FIRST,
    OTHER,
    OTHERS,
    SECOND,
    THIRD,
    World,
    certificate_of,
    listing,
)
from treering.domain.fulfilment import Entry, Event


def of_two_holders(world: World) -> None:
    world.log.add(listing(OTHER, FIRST + 50), listing(b"\6" * 32, *OTHERS[:1]))
    world.says(Event.CORRECTED, trees=(FIRST, SECOND, THIRD, OTHERS[1]))


def in_anothers_name(world: World) -> None:
    world.sql(
        "UPDATE exchanges SET holder = (SELECT holder FROM redemptions WHERE first_serial = 3)"
    )


def contradicted(world: World) -> None:
    world.run()
    world.sql(
        "INSERT INTO mirror_contradictions (feed, kind, why, held_size, held_note, offered_size, "
        "offered_note, lots, found_at, seen_at) SELECT feed, 'heads', '', 1, '', 2, '', '{}', "
        "now(), now() FROM mirror_heads LIMIT 1"
    )


def disputed(world: World) -> None:
    world.run()
    world.sql(
        dispute(world, ours=listing(world.certificate, FIRST), theirs=None),
        dispute(world, ours=None, theirs=listing(b"\6" * 32)),
        "INSERT INTO mirror_disputes VALUES "
        "('a.example', 'b.example', sha256(''), '', NULL, now(), now(), NULL)",
    )


# What is sown on the registry's side, and what has to be found of each certificate.
SOWN = {
    "a certificate of another year": (
        lambda w: w.says(Event.CORRECTED, year=2019),
        "CERTIFICATE_YEAR",
    ),
    "a certificate of two holders": (of_two_holders, "CERTIFICATE_HOLDERS"),
    "an exchange in another holder's name": (in_anothers_name, "CERTIFICATE_HOLDERS"),
    "two heads that cannot both be true": (contradicted, "REGISTRY_CONTRADICTS"),
    "what two sources say otherwise": (disputed, "REGISTRY_DISPUTED"),
}


@pytest.mark.parametrize("name", SOWN)
def test_what_is_sown_at_the_registry_is_found(world: World, name: str):
    seed, case = SOWN[name]
    seed(world)

    found = world.found()
    assert {one.split(" ")[0] for one in found} >= {case}
    if case.startswith("CERTIFICATE"):
        assert f"{case} {certificate_of(world)}" in found
    if seed is not of_two_holders:
        assert {one.split(" ")[0] for one in found} == {case}


def test_two_heads_that_cannot_both_be_true_are_told_until_it_is_settled(world: World):
    contradicted(world)
    assert world.found() == ["REGISTRY_CONTRADICTS contradiction 1"]

    world.sql("UPDATE mirror_contradictions SET settled_at = now(), settled_because = 'a slip'")
    assert world.found() == []


def test_what_two_sources_say_otherwise_is_told_until_they_agree(world: World):
    disputed(world)

    assert world.found() == [
        f"REGISTRY_DISPUTED certificate 0x{'05' * 32}",
        f"REGISTRY_DISPUTED certificate 0x{'06' * 32}",
    ]
    said = {(one.left.partition(": ")[2], one.right.partition(": ")[2]) for one in world.open()}
    first = f"issued for 2018, 620000, F6, 1 records {FIRST:024x}…"
    assert said == {(first, "nothing"), ("nothing", "issued for 2018, 620000, F6, no records")}

    world.sql("UPDATE mirror_disputes SET ended_at = now()")
    assert world.found() == []


def dispute(world: World, *, ours: Entry | None, theirs: Entry | None) -> str:
    """SQL: between the log that we follow and another."""
    raws = [f"'\\x{one.raw.hex()}'" if one else "NULL" for one in (ours, theirs)]
    certificate = (ours or theirs).certificate.hex()
    return (
        f"INSERT INTO mirror_disputes VALUES ('{PUBLIC.name}', 'second.example', "
        f"'\\x{certificate}', {raws[0]}, {raws[1]}, now(), now(), NULL)"
    )
