"""GET /metrics, for Prometheus. What it tells is public anyway; a proxy may keep it inside."""

from fastapi import Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from treering.telemetry.requests import Requests
from treering.web.audience import OpenRouter

router = OpenRouter(include_in_schema=False)


@router.get("/metrics")
def read_metrics(request: Request) -> Response:
    requests: Requests = request.app.state.requests
    headers = {"Cache-Control": "no-store"}
    text = generate_latest(requests.registry)
    return Response(text, media_type=CONTENT_TYPE_LATEST, headers=headers)
