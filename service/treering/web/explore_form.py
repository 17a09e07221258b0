"""What a form's fields ask of the records: each a text, an empty one asks for any."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from treering.domain.instant import SHANGHAI
from treering.errors import RequestMalformed
from treering.web.models.search import SearchIn

PAGE = 50
PLAIN = tuple(
    "programme province site lot species unit year party state evidence transaction cursor".split()
)
SIDES = ("west", "south", "east", "north")
FIELDS = (*PLAIN, "exchanged", "from", "to", *SIDES, "block", "day", "all")
_TRUTHS = {"yes": True, "no": False}
# What a hint of the answer is called, where the form's field has another name.
_NAMES = {"redeemed_from": "from", "redeemed_until": "to", "at": "day"}
Fields = dict[str, str]


def fields_of(sent: Iterable[tuple[str, str]]) -> Fields:
    """Those that say something; what is no field of ours is left out."""
    return {name: value.strip() for name, value in sent if name in FIELDS and value.strip()}


def asked(fields: Fields) -> SearchIn:
    """RequestMalformed, with the field's name."""
    told: dict[str, Any] = {name: fields[name] for name in PLAIN if name in fields}
    told |= {name: value for name, value in _times(fields) if value}
    if any(side in fields for side in SIDES):
        told["box"] = [_degrees(fields, side) for side in SIDES]
    if "exchanged" in fields:
        told["exchanged"] = _TRUTHS.get(fields["exchanged"], fields["exchanged"])
    try:
        return SearchIn.model_validate({**told, "limit": PAGE})
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][-1 if first["loc"][0] == "as_of" else 0])
        raise RequestMalformed(str(first["msg"]), _NAMES.get(name, name)) from error


def _times(fields: Fields) -> list[tuple[str, Any]]:
    """Days are Beijing's, and each belongs to what it ends."""
    as_of: dict[str, Any] = {}
    if "block" in fields:
        as_of["block"] = fields["block"]
    if "day" in fields:
        as_of["at"] = _midnight(fields, "day", 1)
    return [
        ("redeemed_from", _midnight(fields, "from", 0)),
        ("redeemed_until", _midnight(fields, "to", 1)),
        ("as_of", as_of),
    ]


def _midnight(fields: Fields, name: str, later: int) -> datetime | None:
    """With which the day begins, or one so many days later."""
    if name not in fields:
        return None
    try:
        day = date.fromisoformat(fields[name]) + timedelta(days=later)
        return datetime.combine(day, datetime.min.time(), SHANGHAI)
    except (ValueError, OverflowError) as error:
        raise RequestMalformed("a day such as 2019-04-22", name) from error


def _degrees(fields: Fields, side: str) -> float:
    try:
        return float(fields[side])
    except KeyError as error:
        raise RequestMalformed("a box has four sides", side) from error
    except ValueError as error:
        raise RequestMalformed("degrees, such as 102.5", side) from error
