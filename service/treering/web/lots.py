"""Lots: what was endorsed, accepted, surveyed and minted together."""

import re

from treering import errors
from treering.errors import LotNotFound
from treering.web import answers, ground_answers
from treering.web.access import BaseUrl, TheServices
from treering.web.audience import OpenRouter
from treering.web.models import LotOut, LotsOut
from treering.web.refusals import refusals

router = OpenRouter(prefix="/v1/lots", tags=["lots"])
_SLUG = re.compile(r"[\x21-\x7e]{1,64}")


def slug_of(text: str) -> str:
    """The text, if any lot could be called so; LotNotFound."""
    if not _SLUG.fullmatch(text):
        raise LotNotFound("no lot is called so")
    return text


@router.get("", summary="All lots")
def read_lots(services: TheServices, base_url: BaseUrl) -> LotsOut:
    return LotsOut(lots=[answers.lot(view, base_url) for view in services.lots()])


@router.get("/{slug}", summary="One lot", responses=refusals(errors.LotNotFound))
def read_lot(slug: str, services: TheServices, base_url: BaseUrl) -> LotOut:
    view = services.lot(slug_of(slug))
    told = ground_answers.ground(view, services.ground.book(view), base_url)
    return answers.lot(view, base_url).model_copy(update={"ground": told})
