"""Exchanges over HTTP: a programme applies for a holder, follows it, takes it back.

An application is kept and answered at once; a worker carries it to the registry and the chain.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from treering import errors
from treering.domain.exchange import Asked, Eligibility, EndedBy, ExchangeState, Source
from treering.domain.fulfilled import Caution, FulfilmentView
from treering.web.access import BaseUrl, TheExchanger, TheServices
from treering.web.redemptions import IdempotencyKey
from treering.web.refusals import OF_A_BODY, OF_A_KEY, OF_A_NUMBER, refusals

router = APIRouter(prefix="/v1/exchanges", tags=["exchanges"])
_REFUSALS = tuple(errors.ExchangeRefused.__subclasses__())


class ExchangeIn(BaseModel):
    """Nothing else is taken: of a person's age we hear a yes or no, and keep no more."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "example": {
                "certificates": ["TR-0000-0080-000H-A000-0008-DXCB-QC7F"] * 3,
                "adcode": "150000",
                "eligible": True,
                "consented": True,
            }
        },
    )
    certificates: Annotated[
        list[Annotated[str, Field(max_length=100)]], Field(min_length=1, max_length=10)
    ] = Field(description="Three numbers, of one holder and calendar year in Beijing")
    adcode: str = Field(max_length=20, description="Six digits of where the holder lives")
    eligible: bool | None = Field(
        None, description="Whether he is, in that year; left out if it was said before"
    )
    consented: bool = Field(
        False,
        description="Whether the consent that his age asks for is there: his own or a guardian's",
    )
    source: Source = Field(Source.PROGRAMME, description="Who says so")

    def asked(self) -> Asked:
        said = None
        if self.eligible is not None:
            said = Eligibility(
                eligible=self.eligible, consented=self.consented, source=self.source
            )
        return Asked(numbers=self.certificates, adcode=self.adcode, eligibility=said)


class RegistrySaysOut(BaseModel):
    """What the registry's log says, as of the newest head that our mirror holds."""

    event: Literal["issued", "corrected", "withdrawn"] | None
    index: int | None = Field(description="The log's entry that says so")
    head_size: int
    head_root: str
    head_time: datetime
    caution: Caution | None = Field(description="Why not to lean on it now; null: one may")


class ExchangeOut(BaseModel):
    """An exchange as it stands; `page` is its address for people."""

    id: UUID
    state: ExchangeState
    year: int
    adcode: str
    certificates: list[str]
    number: str | None = Field(description="Of the fulfilment certificate")
    commitment: str | None = Field(description="What log and chain say instead of the number")
    settled: bool = Field(description="Whether the claim on the chain is final")
    page: str
    applied_at: datetime
    ended_by: EndedBy | None
    ended_at: datetime | None
    reason: str | None = Field(description="The code of the refusal that ended it")
    registry: RegistrySaysOut | None


@router.post(
    "",
    summary="Exchange three tree certificates for a fulfilment certificate",
    status_code=202,
    responses={
        200: {"model": ExchangeOut, "description": "This key came before; as it stands now"},
        **refusals(
            *OF_A_KEY,
            *OF_A_BODY,
            *OF_A_NUMBER,
            *_REFUSALS,
            errors.KeyReused,
            errors.ChainUnavailable,
            errors.Diverged,
        ),
    },
)
def apply(
    asked: ExchangeIn,
    programme: TheExchanger,
    services: TheServices,
    base_url: BaseUrl,
    idempotency_key: IdempotencyKey,
    response: Response,
) -> ExchangeOut:
    view, replayed = services.exchanges.apply(programme, idempotency_key, asked.asked())
    response.status_code = 200 if replayed else 202
    response.headers["Location"] = f"{base_url}/v1/exchanges/{view.id}"
    return _out(view, base_url)


@router.get(
    "/{exchange}",
    summary="Look an exchange up",
    responses=refusals(*OF_A_KEY, errors.ExchangeNotFound, errors.RequestMalformed),
)
def read_exchange(
    exchange: UUID, programme: TheExchanger, services: TheServices, base_url: BaseUrl
) -> ExchangeOut:
    return _out(services.exchanges.find(programme, exchange), base_url)


@router.post(
    "/{exchange}/withdrawal",
    summary="Take an exchange back: the registry withdraws, the chain releases the records",
    status_code=202,
    responses=refusals(
        *OF_A_KEY,
        errors.ExchangeNotFound,
        errors.ExchangeUnderWay,
        errors.RequestMalformed,
        errors.Diverged,
    ),
)
def withdraw(
    exchange: UUID, programme: TheExchanger, services: TheServices, base_url: BaseUrl
) -> ExchangeOut:
    return _out(services.exchanges.withdraw(programme, exchange), base_url)


def _out(view: FulfilmentView, base_url: str) -> ExchangeOut:
    return ExchangeOut(
        id=view.id,
        state=view.state,
        year=view.year,
        adcode=view.adcode,
        certificates=[one.number for one in view.used],
        number=view.number,
        commitment=f"0x{view.commitment.hex()}" if view.commitment else None,
        settled=view.settled,
        page=f"{base_url}/f/{view.id}",
        applied_at=view.applied_at,
        ended_by=view.ended_by,
        ended_at=view.ended_at,
        reason=view.reason,
        registry=_said(view),
    )


def _said(view: FulfilmentView) -> RegistrySaysOut | None:
    if view.held is None:
        return None
    head = view.held.head
    return RegistrySaysOut(
        event=view.said.entry.event.value if view.said else None,
        index=view.said.index if view.said else None,
        head_size=head.size,
        head_root=head.root.hex(),
        head_time=head.time,
        caution=view.caution,
    )
