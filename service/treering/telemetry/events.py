"""Messages are constant, so each is a metric: `treering_events_total{event="block vanished"}`.

A structlog processor counts what passes; nothing else has to know that anybody counts.
"""

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter

Event = MutableMapping[str, Any]
# What alerts wait for begins at nought: Prometheus sees no increase in a series' first value.
_AWAITED = (
    ("block vanished", "warning"),
    ("fee ceiling", "error"),
    ("foreign transaction", "error"),
    ("insufficient funds", "error"),
    ("promise half spent", "warning"),
    ("block time odd", "warning"),
    ("the mirror is damaged", "error"),
)
_COSTS = {
    "treering_gas_used": "Gas for the minting",
    "treering_gas_paid_ether": "Ether paid for the minting",
}
_UNCOUNTED = {"request"}  # the web counts its requests by itself


@dataclass(frozen=True, slots=True)
class Events:
    """Counts into a registry."""

    seen: Counter
    moved: Counter
    sent: Counter
    gas: Counter
    ether: Counter

    @classmethod
    def into(cls, registry: CollectorRegistry) -> "Events":
        seen = Counter(
            "treering_events",
            "Messages logged, by their constant text",
            ["event", "level", "code"],
            registry=registry,
        )
        moved = Counter(
            "treering_batches_moved",
            "Changes of a batch's state, by the state that it came to",
            ["after"],
            registry=registry,
        )
        sent = Counter(
            "treering_transactions_sent",
            "Signed bytes handed to a node, for the first time or again",
            ["programme", "again"],
            registry=registry,
        )
        gas, ether = (_of_final(name, words, registry) for name, words in _COSTS.items())
        for message, level in _AWAITED:
            seen.labels(message, level, "")
        return cls(seen, moved, sent, gas, ether)

    def __call__(self, _logger: object, method: str, event: Event) -> Event:
        """As a processor of structlog; the event passes unchanged."""
        message = str(event.get("event"))
        if message not in _UNCOUNTED:
            self.seen.labels(message, method, str(event.get("code", ""))).inc()
        if message == "batch moved":
            self.moved.labels(str(event.get("after"))).inc()
        if message == "transaction sent":
            self.sent.labels(str(event.get("programme")), str(event.get("again")).lower()).inc()
        if message == "gas paid":
            self.gas.labels(str(event.get("programme"))).inc(event["gas"])
            self.ether.labels(str(event.get("programme"))).inc(event["wei"] / 1e18)
        return event


def _of_final(name: str, words: str, registry: CollectorRegistry) -> Counter:
    return Counter(
        name, f"{words} of the batches that became final", ["programme"], registry=registry
    )
