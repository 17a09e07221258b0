"""POST /v1/redemptions: a programme redeems units of a lot for a person.

A million people may come at once, so this route takes the bare request, answers bytes, and is
reached past the router (`express`). What FastAPI would else derive from its parameters for
OpenAPI is written here (docs/decisions/0024, 0147).
"""

import re
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool

from treering.domain import wishes
from treering.domain.role import Role, Scope
from treering.domain.view import Programme, Redeemed
from treering.errors import RequestMalformed
from treering.web import answers
from treering.web.access import SCHEMES, key_of
from treering.web.audience import opens_to
from treering.web.models import RedemptionOut
from treering.web.refusals import OF_A_BODY, OF_A_KEY, OF_A_WISH, refusals
from treering.web.services import Services

PATH = "/v1/redemptions"
AT_ONCE = 100  # certificates of one answer; longer ones are written aside, and hold up nobody
KEY = "Idempotency-Key"
KEY_PATTERN = r"^[\x20-\x7e]{1,200}$"
_KEY = re.compile(KEY_PATTERN)
_WISH = {"lot": "ANT_FOREST-277", "holder": "user-2088001", "name": "张三丰", "year": 2019}


def body_of(media_type: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    """A request's body in OpenAPI."""
    content = {media_type: {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def install(app: FastAPI) -> None:
    """The route as OpenAPI tells of it; `express` is how it is reached."""
    app.router.add_api_route(
        PATH,
        redeem,
        methods=["POST"],
        tags=["redemptions"],
        status_code=201,
        response_model=RedemptionOut,
        summary="Redeem units of a lot",
        responses={
            200: {
                "model": RedemptionOut,
                "description": "This key came before; nothing new is redeemed",
            },
            **refusals(*OF_A_KEY, *OF_A_BODY, *OF_A_WISH),
        },
        openapi_extra={
            "parameters": [
                {
                    "name": KEY,
                    "in": "header",
                    "required": True,
                    "schema": {"type": "string", "pattern": KEY_PATTERN},
                    "description": "Repeat it with the same body and the same answer comes again",
                }
            ],
            "security": SCHEMES,
            **body_of("application/json", wishes.schema(), _WISH),
        },
    )


@opens_to(Role.PROGRAMME, scope=Scope.REDEEM)
async def redeem(request: Request) -> Response:
    services: Services = request.app.state.services
    programme = await _programme(services, key_of(request))
    key = _idempotency_key(request)
    redeemed = await services.redeem(programme, key, wishes.read(await request.body()).wish())
    base_url: str = request.app.state.base_url
    if redeemed.redemption.count > AT_ONCE:
        return await run_in_threadpool(_granted, redeemed, base_url)
    return _granted(redeemed, base_url)


async def _programme(services: Services, key: str | None) -> Programme:
    """The programme, looked up once for all who come with its key in the same moment."""
    known = services.remembered(key, Scope.REDEEM)
    return known if known else await run_in_threadpool(services.authenticate, key, Scope.REDEEM)


def _idempotency_key(request: Request) -> str:
    given = request.headers.get(KEY)
    if given is None:
        raise RequestMalformed("Field required", f"header {KEY}")
    if not _KEY.fullmatch(given):
        raise RequestMalformed("1 to 200 characters that ASCII can show", f"header {KEY}")
    return given


def _granted(redeemed: Redeemed, base_url: str) -> Response:
    """As RedemptionOut, which FastAPI would read and check before it writes it."""
    return Response(
        answers.redemption_json(redeemed, base_url),
        status_code=200 if redeemed.replayed else 201,
        headers={"Location": f"{base_url}/v1/redemptions/{redeemed.redemption.id}"},
        media_type="application/json",
    )
