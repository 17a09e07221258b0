"""How OpenAPI documents the problems that a route may answer with."""

from typing import Any

from treering import errors
from treering.errors import TreeringError
from treering.web.models import Problem
from treering.web.problems import status_of, title_of

Responses = dict[int | str, dict[str, Any]]


def refusals(*kinds: type[TreeringError]) -> Responses:
    """One entry a status; refusals that share one are listed together."""
    responses: Responses = {}
    every: tuple[type[TreeringError], ...] = (*kinds, TreeringError)
    for kind in every:
        status = status_of(kind)
        line = f"{kind.code}: {title_of(kind)}"
        if status in responses:
            responses[status]["description"] += f"\n\n{line}"
        else:
            responses[status] = _problem(line)
    return responses


def _problem(description: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{Problem.__name__}"}
    content = {"application/problem+json": {"schema": schema}}
    return {"description": description, "content": content}


ANY: Responses = {"default": {**_problem("Any other problem"), "model": Problem}}


OF_A_KEY = (errors.NotAuthenticated, errors.NotAllowed, errors.ScopeNeeded)
OF_A_DOOR = (*OF_A_KEY, errors.RoleNeeded, errors.SignInNeeded)
OF_A_NUMBER = (errors.NumberMistyped, errors.CertificateNotFound)
OF_A_BODY = (errors.RequestMalformed, errors.BodyTooLarge, errors.BodyTooSlow)
OF_A_WISH = (
    errors.LotNotFound,
    errors.LotFull,
    errors.UnitMismatch,
    errors.YearMismatch,
    errors.RedemptionInFuture,
    errors.NameRefused,
    errors.KeyReused,
    errors.LaneFull,
    errors.DatabaseUnavailable,
)
