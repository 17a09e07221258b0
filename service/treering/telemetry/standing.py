"""The state of the work as Prometheus reads it, from one snapshot of the overview.

Labels are units, batch states, programmes: as many series as there are of those. A number
that could not be asked is left out, never shown as nought.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from treering.domain.difference import Kind
from treering.domain.overview import Minter, Overview
from treering.domain.reconciliation import Reconciled
from treering.domain.view import Counts
from treering.telemetry.snapshot import Snapshot

_NUMBERS = ("asked", "sent", "mined", "final", "counted")


class Standing(Collector):
    """Asks its snapshot, which is bounded, at every scrape."""

    def __init__(self, snapshot: Snapshot[Overview]) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = self._snapshot.get()
        age = self._snapshot.age_seconds
        yield _one("snapshot_age_seconds", "Age of all numbers that follow", age)
        if found is None:
            return
        yield _units(found.counts)
        yield from _queue(found)
        yield from _nodes(found)
        yield from _minters(found.minters)
        if found.reconciled:
            yield from _reconciled(found.reconciled, found.as_of)
        if found.mirror:
            yield _one("mirror_age_seconds", "Since the registry signed", _s(found.mirror.age))
            yield _one("mirror_entries", "Entries of the registry's log", found.mirror.entries)


def _reconciled(reconciled: Reconciled, now: datetime) -> Iterator[GaugeMetricFamily]:
    """What is open by kind, nought included; left out where nothing was ever compared."""
    if reconciled.made is None:
        return
    found = _family("differences", "Open differences between the sides", "kind")
    for kind in Kind:
        found.add_metric([kind.value], reconciled.open.get(kind.value, 0))
    yield found
    age = (now - reconciled.made.ended_at).total_seconds()
    yield _one("reconciliation_age_seconds", "Since the last one that was made", age)


def tell_standing(registry: CollectorRegistry, overview: Callable[[], Overview]) -> None:
    """From now on the registry tells of the work as well."""
    registry.register(Standing(Snapshot(overview)))


def _units(counts: tuple[Counts, ...]) -> GaugeMetricFamily:
    family = _family("units", "The five numbers, each from its own source", "number", "unit")
    for row in counts:
        for number in _NUMBERS:
            if (value := getattr(row, number)) is not None:
                family.add_metric([number, row.unit], value)
    return family


def _queue(found: Overview) -> Iterator[GaugeMetricFamily]:
    batches = _family("batches", "Batches, by state", "state")
    records = _family("queue_records", "Records, by the state of their batch", "state")
    oldest = _family("queue_oldest_seconds", "Age of the oldest, by state", "state")
    for waiting in found.queue:
        records.add_metric([waiting.state], waiting.records)
        if waiting.state != "redeemed":
            batches.add_metric([waiting.state], waiting.batches)
        if (age := found.age_of(waiting)) is not None:
            oldest.add_metric([waiting.state], age.total_seconds())
    yield from (batches, records, oldest)


def _nodes(found: Overview) -> Iterator[GaugeMetricFamily]:
    """One series a node that is configured."""
    up = _family("node_up", "Whether the node answered", "node")
    head = _family("node_head_block", "The head's number", "node")
    age = _family("node_head_age_seconds", "Since the head was made", "node")
    final = _family("node_final_block", "The newest final block's number", "node")
    for node in found.nodes:
        up.add_metric([node.name], int(node.head is not None))
        if node.head is not None and node.head_at:
            head.add_metric([node.name], node.head)
            age.add_metric([node.name], (found.as_of - node.head_at).total_seconds())
        if node.final is not None:
            final.add_metric([node.name], node.final)
    yield from (up, head, age, final)


def _minters(minters: tuple[Minter, ...]) -> Iterator[GaugeMetricFamily]:
    balance = _family("minter_balance_ether", "What the minter can pay with", "programme")
    flying = _family("minter_in_flight", "Signed batches on their way", "programme")
    for minter in minters:
        flying.add_metric([minter.programme], minter.in_flight)
        if minter.balance is not None:
            balance.add_metric([minter.programme], minter.balance / 1e18)
    yield from (balance, flying)


def _family(name: str, words: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"treering_{name}", words, labels=labels)


def _one(name: str, words: str, value: float | None) -> GaugeMetricFamily:
    family = _family(name, words)
    if value is not None:
        family.add_metric([], value)
    return family


def _s(span: timedelta | None) -> float | None:
    return span.total_seconds() if span is not None else None
