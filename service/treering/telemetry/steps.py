"""The worker's steps, counted by what came of them."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter

Step = Callable[[], bool]


class Steps:
    """`treering_worker_steps_total{came_of="work|nothing|failure"}`."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._taken = Counter(
            "treering_worker_steps", "Steps taken", ["came_of"], registry=registry
        )

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
