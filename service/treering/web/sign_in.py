"""Signing in and out: the browser goes to the provider and comes back with a session.

The session is a cookie that no script reads, that goes to no other site's frames or forms, and
only where there is HTTPS over HTTPS. A request that changes something counts as signed in only
if it came from a page of ours (`access.py`).
"""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from treering.domain.role import Role
from treering.web.access import AWAY_COOKIE, SESSION_COOKIE, BaseUrl, MaybePerson, TheServices
from treering.web.access import cookie_name as named
from treering.web.audience import OpenRouter
from treering.web.templating import page

router = OpenRouter(include_in_schema=False)
_WATCH = ("explore", "differences", "mirror", "statistics", "audit")
# Pages that a role comes for, in the order in which it would look.
_DOORS = {
    Role.OPERATOR: ("operator", *_WATCH),
    Role.REGULATOR: _WATCH,
    Role.AUDITOR: ("audit", "differences", "mirror", "explore", "statistics"),
    Role.INSPECTOR: ("inspect", "lots"),
}
_SESSION_SECONDS, _AWAY_SECONDS = 3600, 600


@router.get("/sign-in")
def begin(services: TheServices, base_url: BaseUrl) -> Response:
    where, kept = services.access.away()
    answer = RedirectResponse(where, 303, headers={"Cache-Control": "no-store"})
    _set(answer, named(base_url, AWAY_COOKIE), kept, _AWAY_SECONDS, base_url)
    return answer


@router.get("/sign-in/back")
def come_back(
    request: Request, services: TheServices, base_url: BaseUrl, state: str = "", code: str = ""
) -> Response:
    kept = request.cookies.get(named(base_url, AWAY_COOKIE), "")
    former = request.cookies.get(named(base_url, SESSION_COOKIE))
    session = services.access.returned(kept, state, code, former)
    answer = RedirectResponse(f"{base_url}/me", 303, headers={"Cache-Control": "no-store"})
    _set(answer, named(base_url, SESSION_COOKIE), session, _SESSION_SECONDS, base_url)
    answer.delete_cookie(named(base_url, AWAY_COOKIE), secure=_is_https(base_url), httponly=True)
    return answer


@router.api_route("/me", methods=["GET", "HEAD"])
def show_me(request: Request, person: MaybePerson) -> Response:
    doors = _DOORS.get(person.role, ()) if person else ()
    return page(request, "me.html", person=person, doors=doors)


@router.post("/sign-out")
def leave(
    request: Request, services: TheServices, person: MaybePerson, base_url: BaseUrl
) -> Response:
    """Only of one whose request came from a page of ours."""
    name = named(base_url, SESSION_COOKIE)
    answer = RedirectResponse(f"{base_url}/me", 303, headers={"Cache-Control": "no-store"})
    if person is not None:
        services.access.leave(request.cookies.get(name, ""))
        answer.delete_cookie(name, secure=_is_https(base_url), httponly=True)
    return answer


def _is_https(base_url: str) -> bool:
    return base_url.startswith("https://")


def _set(answer: Response, name: str, value: str, seconds: int, base_url: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        secure=_is_https(base_url),
        samesite="lax",  # strict would lose it on the way back from the provider
    )
