"""The one place that knows HTTP of refusals: RFC 9457 problems, or a page for a browser."""

from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from treering import errors
from treering.domain.verification import State
from treering.errors import TreeringError
from treering.store.engine import UNAVAILABLE
from treering.web.headers import SECURITY
from treering.web.templating import page

STATUS: dict[type[TreeringError], int] = {
    errors.ChainUnavailable: 503,
    errors.ChainNotFollowed: 503,
    errors.WrongChain: 503,
    errors.LogsIncomplete: 503,
    errors.NodeRefused: 503,
    errors.RegistryUnavailable: 503,
    errors.RegistryRefused: 503,
    errors.MirrorStale: 503,
    errors.MirrorContradicted: 409,
    errors.NumberMistyped: 404,  # no certificate can have it; the code says why
    errors.CertificateNotFound: 404,
    errors.NameRefused: 422,
    errors.LotNotFound: 404,
    errors.LotFull: 409,
    errors.UnitMismatch: 422,
    errors.YearMismatch: 422,
    errors.RedemptionInFuture: 422,
    errors.KeyReused: 422,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.SignInNeeded: 401,
    errors.TokenRefused: 401,
    errors.ProviderUnavailable: 503,
    errors.SignInOff: 404,
    errors.HolderNotFound: 404,
    errors.HolderWaits: 409,
    errors.ErasureTooSoon: 409,
    errors.NotWithdrawn: 404,
    errors.GuardianRefuses: 409,
    errors.ProvinceNotFound: 404,
    errors.RoleNeeded: 403,
    errors.ScopeNeeded: 403,
    errors.OutsideProvinces: 403,
    errors.RequestMalformed: 422,
    errors.RedemptionNotFound: 404,
    errors.CredentialMalformed: 422,
    errors.AddressRefused: 422,
    errors.NotTheHolder: 403,
    errors.NotFinal: 409,
    errors.BodyTooLarge: 413,
    errors.BodyTooSlow: 408,
    errors.ProgrammeNotFound: 404,
    errors.DatabaseUnavailable: 503,
    errors.LaneFull: 429,
    errors.ExportsBusy: 429,
    errors.TooManyConnections: 503,
    errors.AnswerNotMade: 503,
    errors.TooManyGuesses: 429,
    errors.FontsMissing: 503,
    errors.CertificateFallen: 409,
    errors.BatchMoved: 409,
    errors.Diverged: 503,
    errors.LoadUnreadable: 422,
    errors.DifferenceNotFound: 404,
    errors.CensusUnknown: 404,
    errors.GroundUnreadable: 422,
    errors.PolygonRefused: 422,
    errors.RolesConflict: 409,
    errors.PartyNotFound: 404,
    errors.SiteStands: 409,
    errors.GroundRefused: 422,
    errors.SiteNotFound: 404,
    errors.EvidenceRefused: 422,
    errors.EvidenceUsed: 409,
    errors.EvidenceNotFound: 404,
    errors.EvidenceLost: 410,
    errors.StoreUnavailable: 503,
    errors.SheetRefused: 422,
    errors.StatementRefused: 422,
    errors.StatementNotFound: 404,
    errors.BundleNotReady: 503,
    errors.BundleNotMade: 503,
    errors.BundleNotHeld: 404,
    errors.PinMoved: 503,
    errors.IssuerKeyUnlisted: 503,
    errors.ExchangeRefused: 409,
    errors.ExchangeNotFound: 404,
    errors.ThreeNeeded: 422,
    errors.PlaceUnknown: 422,
    errors.EligibilityUnknown: 422,
}
DATABASE_FAULTS = UNAVAILABLE
_STATES = {404: State.NOT_FOUND, 503: State.CANNOT_CHECK_NOW}
_log = structlog.get_logger()


def status_of(kind: type[TreeringError]) -> int:
    """By the nearest class in the table; what is not in it is a fault of ours."""
    return next((STATUS[above] for above in kind.__mro__ if above in STATUS), 500)


def title_of(kind: type[TreeringError]) -> str:
    return (kind.__doc__ or "").strip()


def members(error: TreeringError) -> dict[str, Any]:
    """What a refusal says of itself: code, title, detail, and what its kind adds."""
    said: dict[str, Any] = {
        "code": error.code,
        "title": title_of(type(error)),
        "detail": str(error),
    }
    match error:
        case errors.LotFull():
            said["left"] = error.left
        case errors.NotFinal(waits_for=waits_for) if waits_for:
            said["waits_for"] = waits_for
        case errors.RequestMalformed():
            said["errors"] = [{"field": error.field, "why": error.why}]
    return said


def without_database(error: Exception) -> errors.DatabaseUnavailable:
    """What is told of one of DATABASE_FAULTS; what it says itself is for the log, without SQL."""
    _log.error("the database does not answer", why=str(getattr(error, "orig", error)))
    return errors.DatabaseUnavailable(
        "send the same again in a moment: nothing is lost or doubled"
    )


def problem(request: Request, status: int, said: dict[str, Any]) -> Response:
    """The answer to a request that failed, in the form that its sender reads."""
    is_page = "text/html" in request.headers.get("accept", "")
    headers = _headers(status, said.get("code"), is_page=is_page)
    request.state.refusal = said["code"]  # for the log and the count
    if is_page:
        context = {"problem": said, "status": status, "state": _STATES.get(status)}
        return page(request, "problem.html", status_code=status, headers=headers, **context)
    base_url: str = request.app.state.base_url
    body = {"type": f"{base_url}/errors#{said['code']}", "status": status, **said}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every refusal, every malformed request and every fault as a problem."""
    app.add_exception_handler(TreeringError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    for fault in DATABASE_FAULTS:
        app.add_exception_handler(fault, _database)
    app.add_exception_handler(Exception, _fault)


def refusal_of(request: Request, error: Exception) -> Response:
    """The answer to a TreeringError, or to one of DATABASE_FAULTS."""
    return (_refused if isinstance(error, TreeringError) else _database)(request, error)


def _headers(status: int, code: str | None, *, is_page: bool) -> dict[str, str]:
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        # Browsers ask for a key without a script; whoever failed to sign in is not asked for one.
        kind = "Basic" if is_page and code != errors.TokenRefused.code else "Bearer"
        headers["WWW-Authenticate"] = f'{kind} realm="Treering"'
    if status == 408:
        headers["Connection"] = "close"  # the rest of the body is not waited for
    if status == 503:
        headers["Retry-After"] = "30"
    if status == 429:
        headers["Retry-After"] = "1"
    if code == errors.NotFinal.code:
        headers["Retry-After"] = "5"
    return headers


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, TreeringError)
    status = status_of(type(error))
    if status == 500:
        _log.error("a refusal that no table foresees", code=error.code, why=str(error))
        return problem(request, status, _FAULT)
    return problem(request, status, members(error))


def _database(request: Request, error: Exception) -> Response:
    return _refused(request, without_database(error))


def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [
        {"field": _place(item["loc"]), "why": str(item["msg"])} for item in error.errors()[:20]
    ]
    said = members(errors.RequestMalformed(found[0]["why"], found[0]["field"]))
    return problem(request, 422, {**said, "errors": found})


def _http(request: Request, error: Exception) -> Response:
    """What the router itself refuses: no such address, no such method."""
    assert isinstance(error, HTTPException)
    title = HTTPStatus(error.status_code).phrase
    said = {"code": f"HTTP{error.status_code}", "title": title, "detail": str(error.detail)}
    answer = problem(request, error.status_code, said)
    answer.headers.update(error.headers or {})
    return answer


_FAULT = {
    "code": "TR000",
    "title": title_of(TreeringError),
    "detail": "The fault is ours, and it is logged.",
}


def _fault(request: Request, _: Exception) -> Response:
    """Of an unknown exception nothing is told; Starlette raises it again, for the log."""
    answer = problem(request, 500, _FAULT)
    answer.headers.update(SECURITY)  # this answer passes by the middleware
    return answer


def _place(location: tuple[int | str, ...]) -> str:
    """("header", "Idempotency-Key") → "header Idempotency-Key"."""
    return " ".join(str(part) for part in location)
