"""The registry's log over HTTP: one bounded request each, nothing repeated, nothing followed.

What comes back is checked for its form here; whether it is true is decided by hashes in
`domain/tiles.py`. Signed heads are opened here, for nothing may be read of an unsigned one.
"""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from treering.domain import tiles
from treering.domain.registry_head import TreeHead, VerifierKey, opened
from treering.errors import (
    RegistryNotProven,
    RegistryRefused,
    RegistryUnavailable,
    TileUnknown,
)
from treering.registry import answer
from treering.registry.address import Place, Resolve, place, resolved

_HEAD_BYTES = 64 * 1024  # a checkpoint has 300; the rest is room for witnesses' signatures
_TILE_BYTES = tiles.WIDTH * tiles.HASH
_BUNDLE_BYTES = 1024 * 1024  # 256 entries of 300 bytes; of 3,000 with as many trees as they may
_OCTETS = "application/octet-stream"


class Feed:
    """The log at `url` that signs with `key`.

    Raises RegistryUnavailable when nothing useful came, RegistryRefused when what came is not
    what the protocol promises. `patience_seconds` bounds a request as a whole; `trust` are the
    authorities of its TLS certificate, where they are not the world's.
    """

    def __init__(
        self,
        url: str,
        key: VerifierKey,
        *,
        patience_seconds: float = 20.0,
        resolve: Resolve = resolved,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self.name = key.name
        self.url = url.rstrip("/")
        self.key = key
        self._patience = patience_seconds
        self._resolve = resolve
        self._place: Place | None = None
        self._size = 0  # by the newest head
        limits = httpx.Timeout(min(5.0, patience_seconds), connect=min(2.0, patience_seconds))
        self._client = httpx.Client(
            timeout=limits, follow_redirects=False, trust_env=False, verify=trust or True
        )

    def head(self) -> TreeHead:
        """The log's newest head; its signature is verified. Its name is resolved anew."""
        self._place = None
        note = self._get("checkpoint", "text/plain", _HEAD_BYTES)
        try:
            head = opened(note.decode(), self.key)
        except UnicodeDecodeError as error:
            refusal = RegistryRefused("the head is not UTF-8")
            raise refusal.because_of("checkpoint", note) from error
        except RegistryRefused as error:
            raise error.because_of("checkpoint", note) from None
        self._size = head.size
        return head

    def tile(self, level: int, index: int, width: int) -> bytes:
        """A tile's hashes, one after the other; not yet verified."""
        path, served, body = self._whole(level, index, width, _TILE_BYTES)
        if len(body) != served * tiles.HASH:
            refusal = RegistryRefused(f"{path} has {len(body)} bytes")
            raise refusal.because_of(path, body)
        return body[: width * tiles.HASH]

    def bundle(self, index: int, width: int) -> bytes:
        """A bundle of exactly so many entries, as it came; not yet verified."""
        path, served, body = self._whole(None, index, width, _BUNDLE_BYTES)
        try:
            entries = tiles.unpacked(body)
        except ValueError as error:
            raise RegistryRefused(f"{path}: {error}").because_of(path, body) from error
        if len(entries) != served:
            refusal = RegistryRefused(f"{path} has {len(entries)} entries, not {served}")
            raise refusal.because_of(path, body)
        return body if served == width else tiles.packed(entries[:width])

    def entries(self, start: int, end: int) -> list[bytes]:
        """Entries under the newest head that was asked for; not yet verified."""
        found: list[bytes] = []
        first = start // tiles.WIDTH
        for index in range(first, -(-end // tiles.WIDTH)):
            width = tiles.width(0, index, self._size)
            found += tiles.unpacked(self.bundle(index, width))
        skipped = start - first * tiles.WIDTH
        return found[skipped : skipped + end - start]

    def close(self) -> None:
        self._client.close()

    def _whole(
        self, level: int | None, index: int, width: int, most: int
    ) -> tuple[str, int, bytes]:
        """Path, width and bytes of the tile that was served: a partial one may be gone once the
        full one stands, which begins with it."""
        path = tiles.path(level, index, width)
        try:
            return path, width, self._get(path, _OCTETS, most)
        except TileUnknown as error:
            if width == tiles.WIDTH:
                raise RegistryRefused(str(error)) from error
        whole = tiles.path(level, index)
        try:
            return whole, tiles.WIDTH, self._get(whole, _OCTETS, most)
        except TileUnknown as error:
            raise RegistryRefused(str(error)) from error

    def _get(self, path: str, kind: str, most: int) -> bytes:
        deadline = time.monotonic() + self._patience
        bounds = answer.Bounds(path, kind, most, self._patience, deadline)
        with _outside(path):
            self._place = self._place or place(self.url, self._resolve)
            headers = {
                "accept": kind,
                "accept-encoding": "gzip, identity",
                "host": self._place.host,
            }
            with self._client.stream(
                "GET",
                f"{self._place.url}/{path}",
                headers=headers,
                extensions={"sni_hostname": self._place.name},
            ) as response:
                return answer.read(response, bounds)


@contextmanager
def _outside(path: str) -> Iterator[None]:
    try:
        yield
    except httpx.ConnectError as error:
        kind = RegistryNotProven if _is_tls(error) else RegistryUnavailable
        raise kind(f"{path}: {type(error).__name__}: {error}") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise RegistryUnavailable(f"{path}: {type(error).__name__}: {error}") from error


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
