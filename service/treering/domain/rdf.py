"""The canonical form of a JSON-LD document: its statements as sorted N-Quads (RDFC-1.0).

Nothing is ever fetched, and only shipped contexts are known. Only documents of our own shape may
come here: strangers can write graphs whose canonical form takes years.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from treering.domain import contexts
from treering.errors import CredentialMalformed


@contextmanager
def _hidden(*modules: str) -> Iterator[None]:
    """As if these were not installed, to whoever imports them first meanwhile."""
    absent = [name for name in modules if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None: cannot be imported
    yield
    for name in absent:
        del sys.modules[name]


# pyld makes itself a loader that fetches, which we never call: one of requests binds a socket on
# its import, to see whether the machine has IPv6. Without either library pyld makes none.
with _hidden("requests", "aiohttp"):
    from pyld import jsonld
    from pyld.context_resolver import ContextResolver

_resolved: dict[str, Any] = {}  # what each context came to mean: as many as there are hosts
_MOST_RESOLVED = 100


def canonical(document: dict[str, Any]) -> bytes:
    """UTF-8 N-Quads; CredentialMalformed for a document whose words cannot be read."""
    if len(_resolved) > _MOST_RESOLVED:
        _resolved.clear()
    options = {
        "algorithm": "URDNA2015",  # the name under which pyld has RDFC-1.0
        "format": "application/n-quads",
        "documentLoader": _load,
        "contextResolver": ContextResolver(_resolved, _load),
    }
    try:
        return str(jsonld.normalize(document, options)).encode()
    except jsonld.JsonLdError as error:
        raise CredentialMalformed(f"the document has no canonical form: {error!s:.80}") from error


def _load(url: str, _: object = None) -> dict[str, Any]:
    try:
        document = contexts.shipped(url)
    except KeyError as error:
        raise CredentialMalformed(f"no context is shipped for {url!r:.60}") from error
    return {"contextUrl": None, "documentUrl": url, "document": document, "tag": "static"}
