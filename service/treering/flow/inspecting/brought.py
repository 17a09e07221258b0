"""A signed statement as it is brought: JSON of its message, inspector, signature and sheet."""

from typing import Any

import msgspec

from treering.errors import RequestMalformed
from treering.flow.inspecting.inspect import Signed


class _SignedIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    message: dict[str, Any]
    inspector: str
    signature: str
    sheet: dict[str, Any] | None = None


def signed_of(content: bytes) -> Signed:
    """RequestMalformed for what is no signed statement in JSON."""
    try:
        told = msgspec.json.decode(content, type=_SignedIn)
        signature = bytes.fromhex(told.signature.removeprefix("0x"))
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise RequestMalformed(str(error), "body") from error
    return Signed(
        message=told.message, inspector=told.inspector, signature=signature, sheet=told.sheet
    )
