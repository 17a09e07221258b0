"""Reading a credential that a stranger brings: what two readers could read differently is refused.

Duplicated keys, numbers that JSON does not have, nesting beyond reason and broken
characters are each refused with their own sentence.
"""

import json
import re
from typing import Any

from treering.errors import CredentialMalformed

MAX_DEPTH = 20  # ours nest four deep
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_BRACKET = re.compile(rb"[\[\]{}]")


def read(body: bytes) -> dict[str, Any]:
    """The document, a JSON object; CredentialMalformed says what it is instead."""
    # Before it is parsed: deep nesting can end the process, not only the parser.
    if _depth(body) > MAX_DEPTH:
        raise CredentialMalformed(f"it nests deeper than {MAX_DEPTH} levels")
    try:
        document = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant
        )
        json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
    except UnicodeError as error:
        raise CredentialMalformed("it holds characters that UTF-8 does not have") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CredentialMalformed(f"it is not JSON: {error.msg} at {where}") from error
    except ValueError as error:
        raise CredentialMalformed(f"it is not JSON: {error}"[:200]) from error
    if not isinstance(document, dict):
        raise CredentialMalformed("a credential is a JSON object")
    return document


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CredentialMalformed(f"the key {twice!r:.60} stands twice in one object")
    return document


def _no_constant(name: str) -> None:
    raise CredentialMalformed(f"{name} is not a JSON number")


def _depth(body: bytes) -> int:
    """How deep brackets nest outside of strings, at the deepest."""
    depth = deepest = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", body)):
        depth += 1 if bracket[0] in b"[{" else -1
        deepest = max(deepest, depth)
    return deepest
