"""Many redemptions in one upload: each line answered for itself, none lost, none doubled.

Line n is redeemed under the key "<Idempotency-Key>:<n>", so that an upload sent again after
a lost connection gives the same answers.
"""

import traceback
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec
import structlog
from starlette.responses import StreamingResponse

from treering.domain import wishes
from treering.domain.redemption import Wish
from treering.domain.view import Programme, Redeemed
from treering.errors import TreeringError
from treering.web.problems import DATABASE_FAULTS, members, without_database
from treering.web.services import Services

CHUNK = 500  # lines a piece: the first answers leave after that many
ANSWER = "One JSON object a line that is not blank, in the order of the lines, streamed"
EXAMPLE = {
    "schema": {"type": "string"},
    "example": '{"line":1,"status":"granted","id":"…","numbers":["TR-…"],"replayed":false}\n'
    '{"line":2,"status":"refused","code":"TR304","title":"There is no such lot."}\n',
}
_Line = tuple[int, Wish | TreeringError]
_log = structlog.get_logger()


class NDJSONResponse(StreamingResponse):
    media_type = "application/x-ndjson"


def answers(services: Services, programme: Programme, key: str, body: bytes) -> Iterator[bytes]:
    """The answer's lines, in pieces of up to CHUNK."""
    lines = _read(body)
    while chunk := list(islice(lines, CHUNK)):
        outcomes = _redeemed(services, programme, key, chunk)
        yield b"".join(
            msgspec.json.encode({"line": number, **outcome}) + b"\n"
            for (number, _), outcome in zip(chunk, outcomes, strict=True)
        )


def _read(body: bytes) -> Iterator[_Line]:
    """Each line that is not blank, by its number from 1 on."""
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.isspace() and line:
            try:
                yield number, wishes.read(line)
            except TreeringError as refusal:
                yield number, refusal


def _redeemed(
    services: Services, programme: Programme, key: str, chunk: Sequence[_Line]
) -> list[dict[str, Any]]:
    asked = [(f"{key}:{number}", wish) for number, wish in chunk if isinstance(wish, Wish)]
    results = iter(_attempt(services, programme, asked))
    return [_outcome(next(results) if isinstance(wish, Wish) else wish) for _, wish in chunk]


def _attempt(
    services: Services, programme: Programme, asked: Sequence[tuple[str, Wish]]
) -> Sequence[Redeemed | TreeringError]:
    """The answer has begun, so that a fault, too, is told line by line."""
    try:
        return services.redeem_many(programme, asked) if asked else []
    except TreeringError as refusal:
        return [refusal] * len(asked)
    except DATABASE_FAULTS as error:
        return [without_database(error)] * len(asked)
    except Exception as error:
        # In plain text: a traceback that shows variables would show holders' names.
        trace = "".join(traceback.format_exception(error))
        _log.error("bulk redemption failed", lines=len(asked), trace=trace)
        fault = TreeringError("the fault is ours; send these lines again under the same key")
        return [fault] * len(asked)


def _outcome(result: Redeemed | TreeringError) -> dict[str, Any]:
    if isinstance(result, TreeringError):
        return {"status": "refused", **members(result)}
    return {
        "status": "granted",
        "id": str(result.redemption.id),
        "numbers": result.numbers,
        "replayed": result.replayed,
    }
