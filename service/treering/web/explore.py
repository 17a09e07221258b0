"""The regulator's view: lots on a map, and the search over records as a form, a page at a time.

Every result leads on: to its provenance, its lot, its record's proof. All of it is an address,
so that a page can be kept, sent to a colleague who may see the same, and works without a script.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from treering.domain.lot import Unit
from treering.domain.number import parse
from treering.domain.provenance.search import Page, Question, RecordState
from treering.domain.provenance.spot import Spot
from treering.domain.role import Person
from treering.errors import NumberMistyped, RequestMalformed
from treering.export.written import Form
from treering.render.atlas import Frame, frame
from treering.render.atlas.marks import Mark, around_all, marks
from treering.web.access import TheOverseer, TheServices
from treering.web.explore_form import SIDES, Fields, asked, fields_of
from treering.web.language import chosen
from treering.web.models.search import SearchIn
from treering.web.search import as_file, look
from treering.web.services import Services
from treering.web.templating import page

router = APIRouter(include_in_schema=False)
_BESIDE = 5.0  # degrees around what was found, so that a coast says where it is
_ROWS = 50  # of lots in the table beside the map; the map itself shows all
_SPOKEN = ("en", "zh")
_CHOICES = tuple("programme province species unit year".split())


@router.api_route("/explore", methods=["GET", "HEAD"])
def show_explore(request: Request, person: TheOverseer, services: TheServices) -> Response:
    """Nothing is searched before something is asked; `all` asks for everything."""
    fields = fields_of(request.query_params.multi_items())
    number = request.query_params.get("number", "").strip()
    wrong: RequestMalformed | NumberMistyped | None = None
    found: Page | None = None
    question = Question(provinces=person.provinces)
    try:
        if number:
            return _trace_of(request, number)
        if fields:
            look(wanted := asked(fields), person, services, request)
            question, found = _found(wanted, person, services)
    except (RequestMalformed, NumberMistyped) as error:
        wrong = error
    return page(
        request,
        "explore.html",
        status_code=422 if wrong else 200,
        fields=fields,
        number=number,
        wrong=wrong,
        found=found,
        person=person,
        forms=list(Form),
        states=list(RecordState),
        units=[unit.name for unit in Unit],
        **_shown(request, fields, question, person, services),
    )


@router.get("/explore.{form}")
def export_explored(
    request: Request, form: Form, person: TheOverseer, services: TheServices
) -> Response:
    """All that is found, as a file: what the form's address asks for, without its cursor."""
    wanted = asked(fields_of(request.query_params.multi_items()))
    look(wanted, person, services, request)
    hits = services.provenance.every(wanted.question(person), wanted.moment())
    return as_file(form, hits, person)


def _trace_of(request: Request, number: str) -> Response:
    language = chosen(request)
    path = f"/c/{parse(number)}/provenance"
    return RedirectResponse(f"{path}?lang={language}" if language else path, 303)


def _found(wanted: SearchIn, person: Person, services: Services) -> tuple[Question, Page]:
    question = wanted.question(person)
    return question, services.provenance.page(
        question, wanted.moment(), wanted.after(), wanted.limit
    )


def _shown(
    request: Request, fields: Fields, question: Question, person: Person, services: Services
) -> dict[str, Any]:
    """The map, its lots, and what the form offers to choose from."""
    every = services.provenance.spots(Question(provinces=person.provinces))
    spots = services.provenance.spots(question)
    narrowed = set(fields) - {"all", "cursor"}
    drawn = frame(question.box or (around_all(spots, _BESIDE) if narrowed else None))
    shown = marks(drawn.window, spots)
    kept = [(name, value) for name, value in fields.items() if name != "cursor"]
    spoken = [("lang", str(language))] if (language := chosen(request)) else []
    return {
        "frame": drawn,
        "marks": [(mark, _leads_to(mark, kept + spoken)) for mark in shown],
        "here": _query(kept + spoken, **_sides(drawn)),
        "outside": len(spots) - sum(len(mark.spots) for mark in shown),
        "spots": spots[:_ROWS],
        "count": len(spots),
        "choices": {name: _choices(every, name) for name in _CHOICES},
        "query": urlencode(kept),
        "kept": kept + spoken,
    }


def _leads_to(mark: Mark, kept: list[tuple[str, str]]) -> str:
    """One lot, else its province, else the part of the map around them; lots without polygons are
    in no such part, and are told apart in the list alone."""
    provinces = {spot.province for spot in mark.spots}
    if len(mark.spots) == 1:
        return _query(kept, lot=mark.spots[0].slug)
    if len(provinces) == 1 and ("province", min(provinces)) not in kept:
        return _query(kept, province=min(provinces))
    if all(spot.box for spot in mark.spots):
        return _query(kept, **_sides(frame(around_all(mark.spots))))
    return f"{_query(kept)}#lots"


def _sides(drawn: Frame) -> dict[str, str]:
    box = drawn.window.box
    return {side: f"{getattr(box, side):.2f}" for side in SIDES}


def _query(kept: list[tuple[str, str]], **more: str) -> str:
    return urlencode({**dict(kept), **more})


def _choices(spots: Sequence[Spot], name: str) -> list[tuple[str, str, str]]:
    """Values with their names in English and Chinese, in order."""
    spoken = [f"{name}_{each}" if name in ("province", "species") else name for each in _SPOKEN]
    en, zh = spoken
    return sorted(
        {(str(getattr(s, name)), str(getattr(s, en)), str(getattr(s, zh))) for s in spots}
    )
