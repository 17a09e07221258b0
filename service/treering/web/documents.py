"""Reading a credential that a stranger brings: what two readers could read differently is refused.

Duplicated keys, numbers that JSON does not have, nesting beyond reason and broken
characters are each refused with their own sentence.
"""

import json
from typing import Any

from treering.errors import CredentialMalformed

MAX_DEPTH = 20  # ours nest four deep


def read(body: bytes) -> dict[str, Any]:
    """The document, a JSON object; CredentialMalformed says what it is instead."""
    try:
        document = json.loads(
            body.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_constant
        )
        json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate has no UTF-8
    except RecursionError as error:
        raise CredentialMalformed(f"it nests deeper than {MAX_DEPTH} levels") from error
    except UnicodeError as error:
        raise CredentialMalformed("it holds characters that UTF-8 does not have") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise CredentialMalformed(f"it is not JSON: {error.msg} at {where}") from error
    except ValueError as error:
        raise CredentialMalformed(f"it is not JSON: {error}"[:200]) from error
    if not isinstance(document, dict):
        raise CredentialMalformed("a credential is a JSON object")
    if _depth(document) > MAX_DEPTH:
        raise CredentialMalformed(f"it nests deeper than {MAX_DEPTH} levels")
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


def _depth(document: Any) -> int:
    """Level by level, so that no nesting exhausts the stack."""
    depth, level = 0, [document]
    while level:
        depth += 1
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
    return depth
