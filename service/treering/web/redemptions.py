"""Many redemptions at once, and each looked up again; a single one is redeemed in `redeem`."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool

from treering import errors
from treering.intake.formats import Format, check_start
from treering.web import answers, bulk
from treering.web.access import BaseUrl, TheRedeemer, TheServices
from treering.web.models import RedemptionOut
from treering.web.redeem import KEY, KEY_PATTERN, body_of
from treering.web.refusals import OF_A_BODY, OF_A_KEY, refusals
from treering.web.uploads import Uploads

router = APIRouter(prefix="/v1", tags=["redemptions"])
IdempotencyKey = Annotated[
    str,
    Header(
        alias=KEY,
        pattern=KEY_PATTERN,
        description="Repeat it with the same body and the same answer comes again",
    ),
]


_LINES = '{"lot":"ANT_FOREST-277","holder":"a","name":"王伟"}\n'
_FILE = body_of("application/x-ndjson", {"type": "string"}, _LINES)
_FILE["requestBody"]["content"] |= {
    "text/csv": {
        "schema": {"type": "string"},
        "example": "lot,holder,name,count\nANT_FOREST-277,a,王伟,2\n",
    },
    "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
}


@router.post(
    "/redemptions:bulk",
    summary="Redeem many: JSON lines, CSV or Parquet of any length",
    status_code=200,  # FastAPI would look for it in the response class's constructor
    response_class=bulk.NDJSONResponse,
    responses={
        200: {"description": bulk.ANSWER, "content": {"application/x-ndjson": bulk.EXAMPLE}},
        **refusals(*OF_A_KEY, *OF_A_BODY, errors.LoadUnreadable, errors.LaneFull, errors.Diverged),
    },
    openapi_extra=_FILE,
)
async def redeem_bulk(
    request: Request,
    programme: TheRedeemer,
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
    uploads: Uploads = request.app.state.uploads
    uploads.begin(programme.code)
    return bulk.NDJSONResponse(upload, bulk.chained(first, body), uploads)


@router.get(
    "/redemptions/{redemption_id}",
    summary="Look a redemption up",
    responses=refusals(*OF_A_KEY, errors.RedemptionNotFound, errors.RequestMalformed),
)
def read_redemption(
    redemption_id: UUID, programme: TheRedeemer, services: TheServices, base_url: BaseUrl
) -> RedemptionOut:
    return answers.redemption(services.redemption(programme, redemption_id), base_url)
