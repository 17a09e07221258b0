"""The registry's log over HTTP: one bounded request each, nothing repeated, nothing followed.

What comes back is checked for its form here; whether it is true is decided by hashes in
`flow/mirror.py`. Signed heads are opened here, for nothing may be read of an unsigned one.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import msgspec

from treering.domain.registry_head import TreeHead, VerifierKey, opened
from treering.errors import RegistryRefused, RegistryUnavailable

PAGE = 1000  # entries, the most that the protocol lets a page hold

_HEAD_BYTES = 64 * 1024  # a checkpoint has 300; the rest is room for witnesses' signatures
_PROOF_BYTES = 16 * 1024  # 64 hashes at most
_PAGE_BYTES = 4 * 1024 * 1024  # an entry has 300 bytes, and 3,000 with as many trees as it may
_TRY_AGAIN = {408, 425, 429}


class _Growth(msgspec.Struct, frozen=True):
    proof: list[str]


class Feed:
    """The log at `url` that signs with `key`.

    Raises RegistryUnavailable when nothing useful came, RegistryRefused when what came is not
    what the protocol promises. `patience_seconds` bounds a request as a whole.
    """

    def __init__(self, url: str, key: VerifierKey, *, patience_seconds: float = 20.0) -> None:
        self.name = key.name
        self._url = url.rstrip("/")
        self._key = key
        self._patience = patience_seconds
        limits = httpx.Timeout(min(5.0, patience_seconds), connect=min(2.0, patience_seconds))
        self._client = httpx.Client(timeout=limits, follow_redirects=False, trust_env=False)

    def head(self) -> TreeHead:
        """The log's newest head; its signature is verified."""
        note = self._get("/checkpoint", {}, "text/plain", _HEAD_BYTES)
        try:
            return opened(note.decode(), self._key)
        except UnicodeDecodeError as error:
            raise RegistryRefused("the head is not UTF-8") from error

    def growth(self, old: int, new: int) -> list[bytes]:
        """The consistency proof from one size to another, not yet verified."""
        question = {"from": old, "to": new}
        body = self._get("/consistency", question, "application/json", _PROOF_BYTES)
        try:
            return [bytes.fromhex(step) for step in msgspec.json.decode(body, type=_Growth).proof]
        except ValueError as error:
            raise RegistryRefused(f"the consistency proof: {error}") from error

    def entries(self, start: int, end: int) -> list[bytes]:
        """The bytes of exactly the entries from `start` to before `end`, at most PAGE."""
        question = {"start": start, "end": end}
        body = self._get("/entries", question, "application/x-ndjson", _PAGE_BYTES)
        if not body.endswith(b"\n"):
            raise RegistryRefused(f"the page from {start} ends in the middle of a line")
        entries = body[:-1].split(b"\n")
        if len(entries) != end - start:
            raise RegistryRefused(
                f"the page from {start} has {len(entries)} entries, not {end - start}"
            )
        return entries

    def close(self) -> None:
        self._client.close()

    def _get(self, path: str, question: dict[str, int], kind: str, most: int) -> bytes:
        deadline = time.monotonic() + self._patience
        headers = {"accept": kind, "accept-encoding": "identity"}
        body = bytearray()
        with (
            _outside(path),
            self._client.stream(
                "GET", self._url + path, params=question, headers=headers
            ) as answer,
        ):
            _check_answer(answer, path, kind)
            for piece in answer.iter_raw():
                body += piece
                if len(body) > most:
                    raise RegistryRefused(f"{path} is longer than {most} bytes")
                if time.monotonic() > deadline:
                    raise RegistryUnavailable(f"{path} took longer than {self._patience} s")
        return bytes(body)


@contextmanager
def _outside(path: str) -> Iterator[None]:
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise RegistryUnavailable(f"{path}: {type(error).__name__}: {error}") from error


def _check_answer(answer: httpx.Response, path: str, kind: str) -> None:
    status = answer.status_code
    if status >= 500 or status in _TRY_AGAIN:
        raise RegistryUnavailable(f"{path} answered {status}")
    if status != 200:
        where = " and points elsewhere, which is not followed" if answer.is_redirect else ""
        raise RegistryRefused(f"{path} answered {status}{where}")
    sent = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != kind:
        raise RegistryRefused(f"{path} is {sent or 'of no type'}, not {kind}")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise RegistryRefused(f"{path} came compressed, though plain text was asked for")
