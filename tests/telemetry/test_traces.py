"""Traces reach a collector, under whoever called, and tell routes and no addresses."""

import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from tests.fakes.services import FakeServices
from tests.ports import free_port
from treering.telemetry.traces import traces_to
from treering.web.app import create_app

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def collector() -> Iterator[tuple[str, list]]:
    """Its address, and the spans that it was sent."""
    spans: list = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") is None and self.path == "/v1/traces":
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    spans.extend(span for scope in resource.scope_spans for span in scope.spans)
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", spans
    server.shutdown()
    server.server_close()


def test_a_request_is_a_span_under_its_caller_by_route(collector):
    endpoint, spans = collector
    traces = traces_to(endpoint, "treering-web")
    services = FakeServices("http://127.0.0.1")
    app = create_app(services, base_url="http://127.0.0.1", traces=traces)
    with TestClient(app) as client:
        client.get("/c/张三丰", headers={"traceparent": PARENT})
    traces.close()
    (span,) = spans
    assert span.name == "GET /c/{number}"
    assert span.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert span.parent_span_id.hex() == "b7ad6b7169203331"
    said = {attribute.key: attribute.value for attribute in span.attributes}
    assert said["http.response.status_code"].int_value == 404
    assert "张三丰" not in str(span)


def test_a_collector_that_is_away_hinders_nobody():
    traces = traces_to(f"http://127.0.0.1:{free_port()}", "treering-web")
    services = FakeServices("http://127.0.0.1")
    app = create_app(services, base_url="http://127.0.0.1", traces=traces)
    with TestClient(app) as client:
        assert client.get("/").status_code == 200


def test_without_a_collector_there_are_none():
    assert traces_to(None, "treering-web") is None


def test_missing_packages_are_told_in_one_line(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with capture_logs() as said:
        assert traces_to("http://127.0.0.1:4318", "treering-web") is None
    assert [line["event"] for line in said] == ["no traces"]
    assert "treering[otel]" in said[0]["why"]
