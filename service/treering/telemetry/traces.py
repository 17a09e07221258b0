"""Traces by OpenTelemetry, where a collector is named and the extra `otel` is installed.

One span a request, under whoever called us (W3C `traceparent`), with the route and never the
address. They are sent from a thread of their own; a collector that is away delays nobody.
"""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog

from treering.telemetry.requests import Answered

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

_log = structlog.get_logger(__name__)


class Traces:
    def __init__(self, provider: "TracerProvider") -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("treering")

    def note(self, answered: Answered, headers: Mapping[str, str], request_id: str) -> None:
        """A span that ends now."""
        from opentelemetry.propagate import extract  # noqa: PLC0415 - an extra
        from opentelemetry.trace import SpanKind  # noqa: PLC0415

        now = time.time_ns()
        span = self._tracer.start_span(
            f"{answered.method} {answered.route}",
            context=extract(headers),
            kind=SpanKind.SERVER,
            start_time=now - int(answered.seconds * 1e9),
            attributes={
                "http.request.method": answered.method,
                "http.route": answered.route,
                "http.response.status_code": answered.status,
                "treering.request_id": request_id,
                "treering.code": answered.code,
            },
        )
        span.end(now)

    def close(self) -> None:
        """Send what is still here, for as long as the exporter's own patience."""
        self._provider.shutdown()


def traces_to(endpoint: str | None, service: str) -> Traces | None:
    """Traces to a collector such as http://host:4318; None without it, or without the extra."""
    if endpoint is None:
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
            OTLPSpanExporter,
        )
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError:
        _log.warning("no traces", why="the packages are missing: install treering[otel]")
        return None
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=3)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Traces(provider)
