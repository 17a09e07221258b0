"""The worker's own numbers: its steps, by what came of them, and all that it logs."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

from treering.domain.overview import Overview
from treering.telemetry.events import Events
from treering.telemetry.standing import tell_standing

Step = Callable[[], bool]


class Steps:
    """`treering_worker_steps_total{came_of="work|nothing|failure"}`."""

    def __init__(self, overview: Callable[[], Overview]) -> None:
        self.registry = CollectorRegistry()
        self.events = Events.into(self.registry)
        self._taken = Counter(
            "treering_worker_steps", "Steps taken", ["came_of"], registry=self.registry
        )
        for came_of in ("work", "nothing", "failure"):
            self._taken.labels(came_of)
        self._held = Gauge(
            "treering_minting_held", "1 while it waits", ["programme"], registry=self.registry
        )
        tell_standing(self.registry, overview)

    def tell(self, host: str, port: int) -> None:
        """Answer scrapes on this port, in a thread that ends with the process; 0 for none."""
        if port:
            start_http_server(port, host, self.registry)

    def watch(self, programme: str, is_held: Callable[[], bool]) -> None:
        """`treering_minting_held{programme="…"}`: asked at every scrape."""
        self._held.labels(programme).set_function(is_held)

    def counted(self, step: Step) -> Step:
        """The same step; what it raises is counted and raised on."""

        def take() -> bool:
            try:
                worked = step()
            except Exception:
                self._taken.labels("failure").inc()
                raise
            self._taken.labels("work" if worked else "nothing").inc()
            return worked

        return take
