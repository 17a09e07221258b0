"""The five numbers: asked, sent, mined, final, counted; one row a unit."""

from treering.web import answers
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.models import AllCountsOut

router = OpenRouter(prefix="/v1/counts", tags=["counts"])


@router.get("", summary="Asked, sent, mined, final, counted")
def read_counts(services: TheServices) -> AllCountsOut:
    return AllCountsOut(counts=[answers.counts(row) for row in services.counts()])
