"""What anybody may read of the twin's log: its signed head, and its tiles (domain/tiles.py)."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from treering.domain import tiles
from treering.domain.fulfilment import Entry
from treering.domain.registry_head import sign
from treering.domain.registry_log import LogTree
from treering.errors import TileUnknown

_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


class Books(Protocol):
    """A log's entries, and the tree over them."""

    @property
    def raws(self) -> list[bytes]: ...
    @property
    def tree(self) -> LogTree: ...


class Published:
    """The log of `books`, signed with `key` under the name `origin`."""

    def __init__(
        self,
        books: Books,
        key: Ed25519PrivateKey,
        clock: Callable[[], datetime],
        origin: str,
    ) -> None:
        self._books = books
        self._key = key
        self._clock = clock
        self._origin = origin

    @property
    def routes(self) -> list[Route]:
        return [
            Route("/checkpoint", self.checkpoint),
            Route("/tile/{address:path}", self.tile),
        ]

    async def checkpoint(self, _: Request) -> Response:
        """Signed anew each time, so that a frozen copy grows old."""
        size, now = len(self._books.raws), self._clock()
        if size:  # no head is older than its entries, whatever our clock does
            now = max(now, Entry.read(size - 1, self._books.raws[-1]).at)
        head = sign(self._origin, size, self._books.tree.root(size), now, self._key)
        return PlainTextResponse(head.note, headers={"cache-control": "no-store"})

    async def tile(self, request: Request) -> Response:
        """A tile of hashes, or a bundle of entries; TileUnknown beyond the log."""
        address = request.path_params["address"]
        try:
            level, index, width = tiles.parsed(address)
        except ValueError as error:
            raise TileUnknown(str(error)) from error
        size = len(self._books.raws)
        if width > tiles.width(level or 0, index, size):
            raise TileUnknown(f"the log of {size} entries has no tile {address}")
        first = index * tiles.WIDTH
        if level is None:
            body = tiles.packed(self._books.raws[first : first + width])
        else:
            body = b"".join(self._books.tree.levels[tiles.BITS * level][first : first + width])
        return Response(body, media_type="application/octet-stream", headers=_FOR_EVER)
