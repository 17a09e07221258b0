"""What the web answered: by route template, so that no address can add a time series."""

from dataclasses import dataclass
from functools import cache

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_REDEEM = ("POST", "/v1/redemptions")
_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Answered:
    """One request that was answered. `code` is the refusal's, if it was refused."""

    method: str
    route: str
    status: int
    seconds: float
    code: str = ""


class Requests:
    """The web's own numbers, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "treering_http_requests",
            "Requests answered",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "treering_http_request_seconds",
            "Time from a request's first byte to its answer's last",
            ["method", "route"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._redemptions = Counter(
            "treering_redemptions",
            "Single redemptions: granted, replayed, or refused with a code",
            ["outcome", "code"],
            registry=self.registry,
        )

    def note(self, answered: Answered) -> None:
        method = answered.method if answered.method in _METHODS else "OTHER"
        count, seconds = self._series(method, answered.route, answered.status)
        count.inc()
        seconds.observe(answered.seconds)
        if (method, answered.route) == _REDEEM:
            self._outcomes(_outcome(answered.status), answered.code).inc()

    @cache  # noqa: B019  one a process, and as few as there are routes
    def _series(self, method: str, route: str, status: int) -> tuple[Counter, Histogram]:
        """Looked up once: labels cost as much as all else that is counted."""
        return (
            self._requests.labels(method, route, str(status)),
            self._seconds.labels(method, route),
        )

    @cache  # noqa: B019  likewise: refusals have as many codes as there are
    def _outcomes(self, outcome: str, code: str) -> Counter:
        return self._redemptions.labels(outcome, code)


def _outcome(status: int) -> str:
    return {201: "granted", 200: "replayed"}.get(status, "refused")
