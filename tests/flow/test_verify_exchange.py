"""Verification of what became of a record at the registry."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.chain_kit import Chain
from tests.fakes.registry import PUBLIC, Between, LooseRegistry, issued, serving
from tests.flow.verifying import CLAIM, LOT, code, document
from treering.domain.fulfilment import Entry, Event, Fulfilment, Interconnection
from treering.domain.record import tree_id
from treering.domain.registry_head import HeldHead, TreeHead
from treering.domain.verification import Check
from treering.flow.parts import Parts
from treering.flow.verifying.verify import Verifier
from treering.registry.feed import Feed

__all__ = ["document"]  # the fixture


def mirror_of(entry: Entry | None, *, age: timedelta = timedelta(), **against: str):
    """By the time of asking, the mirror that holds this entry, its head signed `age` before."""

    def at(now: datetime):
        held = HeldHead(TreeHead("registry", 1, b"\x01" * 32, now - age, "note"), now)
        held_for = Fulfilment(0, entry) if entry else None
        return lambda tree: Interconnection(tree, held_for, held, **against)

    return at


ENTRY = Entry(
    event=Event.ISSUED,
    certificate=CLAIM,
    year=2018,
    adcode="150000",
    form="F6",
    trees=(tree_id(LOT, 0), tree_id(LOT, 1), tree_id(LOT, 2)),
    at=datetime(2026, 1, 1, tzinfo=UTC),
    synthetic=True,
)


AN_HOUR = timedelta(hours=1)


def asked_later(parts: Parts, forest: Chain, mirror) -> Verifier:
    """A verifier who asks a minute after the newest block."""
    now = forest.ledger.at("latest").as_of + timedelta(minutes=1)
    known = mirror(now) if mirror else None
    return replace(parts.verifier, mirror=known, clock=lambda: now)


@pytest.mark.parametrize(
    ("mirror", "expected"),
    [
        (mirror_of(ENTRY), "EXCHANGE_OK"),
        (mirror_of(ENTRY, age=AN_HOUR), "EXCHANGE_OK"),
        (mirror_of(ENTRY, age=timedelta(days=3)), "EXCHANGE_UNCHECKED"),
        (mirror_of(ENTRY, doubt="it contradicted itself"), "EXCHANGE_DISPUTED"),
        (mirror_of(ENTRY, behind="we hold 1 of 2"), "EXCHANGE_UNCHECKED"),
        (None, "EXCHANGE_UNCHECKED"),
        (lambda now: lambda tree: None, "EXCHANGE_UNCHECKED"),
        (mirror_of(None), "EXCHANGE_UNKNOWN"),
        (mirror_of(None, age=AN_HOUR), "EXCHANGE_UNCHECKED"),
        (mirror_of(replace(ENTRY, certificate=b"\x0d" * 32)), "EXCHANGE_UNKNOWN"),
        (mirror_of(replace(ENTRY, event=Event.WITHDRAWN)), "EXCHANGE_WITHDRAWN"),
        (mirror_of(replace(ENTRY, year=2019)), "EXCHANGE_DIFFERS"),
        (mirror_of(replace(ENTRY, trees=())), "EXCHANGE_DIFFERS"),
    ],
)
def test_an_exchanged_record_is_held_against_the_mirror(
    parts: Parts, document, forest: Chain, mirror, expected
):
    forest.act("registry", "claim", CLAIM, [tree_id(LOT, 1)])
    forest.finalise()
    report = asked_later(parts, forest, mirror).verify(document)
    assert code(report, Check.REGISTRY) == expected


def test_what_only_the_registry_lists_yet_is_unknown(parts: Parts, document, forest: Chain):
    report = asked_later(parts, forest, mirror_of(ENTRY)).verify(document)
    assert code(report, Check.REGISTRY) == "EXCHANGE_UNCHECKED"
    report = asked_later(parts, forest, mirror_of(None)).verify(document)
    assert code(report, Check.REGISTRY) == "NOT_EXCHANGED"


def test_a_record_that_was_never_claimed_has_no_time_of_claim(parts: Parts, forest: Chain):
    assert forest.ledger.at("latest").claimed_at(tree_id(LOT, 9)) is None


@pytest.mark.parametrize("path", ["/checkpoint", "/tile/0", "/tile/entries"])
def test_f57_whoever_verifies_does_not_wait_for_a_registry_that_is_being_listened_to(
    parts: Parts, document, path
):
    """It stops in the middle of an answer and is waited for; meanwhile all is answered as before,
    whatever the one who waits has locked. Who waited too would wait here for ever."""
    said, go_on = threading.Event(), threading.Event()

    async def in_the_middle(whole: bytes) -> AsyncIterator[bytes]:
        yield whole[:1]
        said.set()
        await asyncio.to_thread(go_on.wait)
        yield whole[1:]

    registry = LooseRegistry(clock=parts.clock)
    registry.add(*(issued(number, number) for number in range(300)))
    slow = Between(registry.app())
    slow.spoils[path] = lambda answer: replace(answer, body=in_the_middle(answer.body))
    with serving(slow) as url:
        feed = Feed(url, PUBLIC, patience_seconds=600)
        feed._client.timeout = 600  # else it gives up within seconds, and lets go of all
        followed = replace(parts, feed=feed)
        listening = threading.Thread(target=followed.sync_mirror, daemon=True)
        listening.start()
        assert said.wait(60)
        report = followed.verifier.verify(document)
        assert followed.service.exchanges.of_certificate(report.number) is None
        assert listening.is_alive(), "the registry has still not ended its answer"
        slow.spoils.clear()
        go_on.set()
        listening.join(60)
    assert code(report, Check.REGISTRY) == "NOT_EXCHANGED"
    assert followed.mirror_status().held.head.size == 300
