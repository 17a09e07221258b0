"""The page of inspectors: what is due, a statement prepared and signed by their own wallet, and
signed ones brought by anybody, with or without a script."""

from typing import Any

from fastapi import Request, Response

from treering.errors import TreeringError
from treering.flow.inspecting.brought import signed_of
from treering.web import forms
from treering.web.access import Body, TheServices
from treering.web.audience import OpenRouter
from treering.web.templating import page

router = OpenRouter(include_in_schema=False)


@router.api_route("/inspect", methods=["GET", "HEAD"])
def show_inspect(request: Request, services: TheServices) -> Response:
    return page(request, "inspect.html", due=services.ground.due(), **_NOTHING)


@router.post("/inspect")
def bring_statement(request: Request, services: TheServices, body: Body) -> Response:
    """What `treering inspect sign` or the page's own script has written."""
    fields = forms.fields(request.headers.get("content-type", ""), body)
    told = fields.get("signed", b"")
    shown = told.decode("utf-8", "replace")
    try:
        id_ = services.ground.submit(signed_of(told))
    except TreeringError as error:
        context = _NOTHING | {"error": error, "signed": shown}
        due = services.ground.due()
        return page(request, "inspect.html", status_code=422, due=due, **context)
    state, why = services.ground.statement(id_)
    context = _NOTHING | {"brought": {"id": "0x" + id_.hex(), "state": state, "why": why}}
    return page(request, "inspect.html", status_code=202, due=services.ground.due(), **context)


_NOTHING: dict[str, Any] = {"error": None, "signed": "", "brought": None}
