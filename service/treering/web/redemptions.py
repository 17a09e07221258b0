"""POST /v1/redemptions: a programme redeems units of a lot for a person."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from treering import errors
from treering.domain import wishes
from treering.domain.view import Redeemed
from treering.intake.formats import Format, check_start
from treering.web import answers, bulk
from treering.web.access import BaseUrl, Body, TheCrowdsProgramme, TheProgramme, TheServices
from treering.web.models import RedemptionOut
from treering.web.refusals import OF_A_BODY, OF_A_KEY, OF_A_WISH, refusals

router = APIRouter(prefix="/v1", tags=["redemptions"])
AT_ONCE = 100  # certificates of one answer; longer ones are written aside, and hold up nobody
IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x20-\x7e]+$",
        description="Repeat it with the same body and the same answer comes again",
    ),
]


def _body(media_type: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    content = {media_type: {"schema": schema, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


_WISH = {"lot": "ANT_FOREST-277", "holder": "user-2088001", "name": "张三丰", "year": 2019}
_LINES = '{"lot":"ANT_FOREST-277","holder":"a","name":"王伟"}\n'
_FILE = _body("application/x-ndjson", {"type": "string"}, _LINES)
_FILE["requestBody"]["content"] |= {
    "text/csv": {
        "schema": {"type": "string"},
        "example": "lot,holder,name,count\nANT_FOREST-277,a,王伟,2\n",
    },
    "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
}


@router.post(
    "/redemptions",
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
    openapi_extra=_body("application/json", wishes.schema(), _WISH),
)
async def redeem(
    programme: TheCrowdsProgramme,
    services: TheServices,
    base_url: BaseUrl,
    idempotency_key: IdempotencyKey,
    body: Body,
) -> Response:
    redeemed = await services.redeem(programme, idempotency_key, wishes.read(body).wish())
    if redeemed.redemption.count > AT_ONCE:
        return await run_in_threadpool(_granted, redeemed, base_url)
    return _granted(redeemed, base_url)


def _granted(redeemed: Redeemed, base_url: str) -> Response:
    """As RedemptionOut, which FastAPI would read and check before it writes it."""
    return Response(
        answers.redemption(redeemed, base_url).model_dump_json(),
        status_code=200 if redeemed.replayed else 201,
        headers={"Location": f"{base_url}/v1/redemptions/{redeemed.redemption.id}"},
        media_type="application/json",
    )


@router.post(
    "/redemptions:bulk",
    summary="Redeem many: JSON lines, CSV or Parquet of any length",
    status_code=200,  # FastAPI would look for it in the response class's constructor
    response_class=bulk.NDJSONResponse,
    responses={
        200: {"description": bulk.ANSWER, "content": {"application/x-ndjson": bulk.EXAMPLE}},
        **refusals(*OF_A_KEY, *OF_A_BODY, errors.LoadUnreadable, errors.Diverged),
    },
    openapi_extra=_FILE,
)
async def redeem_bulk(
    request: Request,
    programme: TheProgramme,
    services: TheServices,
    idempotency_key: IdempotencyKey,
    answers: Annotated[bulk.Detail, Query(description="Which lines are answered")] = "lines",
) -> bulk.NDJSONResponse:
    if why := await run_in_threadpool(services.halted):
        raise errors.Diverged(why)
    kind = Format.of_media_type(request.headers.get("content-type", ""))
    upload = bulk.Upload(services, programme, idempotency_key, kind, answers)
    body = request.stream()
    first = await anext(body, b"")  # what is too large is refused before any answer
    check_start(kind, first)
    return bulk.NDJSONResponse(upload, bulk.chained(first, body))


@router.get(
    "/redemptions/{redemption_id}",
    summary="Look a redemption up",
    responses=refusals(*OF_A_KEY, errors.RedemptionNotFound, errors.RequestMalformed),
)
def read_redemption(
    redemption_id: UUID, programme: TheProgramme, services: TheServices, base_url: BaseUrl
) -> RedemptionOut:
    return answers.redemption(services.redemption(programme, redemption_id), base_url)
