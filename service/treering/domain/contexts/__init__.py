"""JSON-LD contexts, shipped and pinned: what the words of a credential mean never comes from
a network.

NOTICE.md beside this file says whose each is. The bytes are data of this package, read once
when it is loaded and held against their SHA-256 here; another byte, and nothing is loaded.
"""

import json
from base64 import b64encode
from hashlib import sha256, sha384
from importlib.resources import files
from typing import Any

CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OURS_PATH = "/ns/treering/v2"  # under the address of whichever service issued the credential

PINS = {
    "credentials-v2.json": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
    "open-badges-v3.0.3.json": "3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84",
    "treering-v2.json": "8bf081144902df505fe908f3c09012ca692cd4dc8ae5b5f0932816dc29d899dc",
}


def _read(name: str) -> bytes:
    content = files(__package__).joinpath(name).read_bytes()
    assert sha256(content).hexdigest() == PINS[name], f"{name} is not the file that was pinned"
    return content


OURS = _read("treering-v2.json")
OURS_SRI = "sha384-" + b64encode(sha384(OURS).digest()).decode()
_CREDENTIALS = json.loads(_read("credentials-v2.json"))
_OPEN_BADGES = json.loads(_read("open-badges-v3.0.3.json"))
_OURS = json.loads(OURS)


def of_service(base_url: str) -> list[str]:
    """The contexts of a credential that the service at this address issues, in their order."""
    return [CREDENTIALS, OPEN_BADGES, base_url + OURS_PATH]


def are_ours(urls: list[str]) -> bool:
    """Whether these are the contexts of a credential of ours, wherever it was issued."""
    *known, own = urls or [""]
    host = own.removesuffix(OURS_PATH)
    return known == [CREDENTIALS, OPEN_BADGES] and host != own and "://" in host


def shipped(url: str) -> Any:
    """The context at this address; KeyError for any that is not shipped."""
    if url.endswith(OURS_PATH):
        return _OURS
    return {CREDENTIALS: _CREDENTIALS, OPEN_BADGES: _OPEN_BADGES}[url]
