"""One answer of a registry, bounded in bytes, in time and, where it is compressed, in ratio."""

import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import httpx

from treering.errors import RegistryForbids, RegistryRefused, RegistryUnavailable, TileUnknown

MOST_RATIO = 100  # entries shrink to a sixth; a bomb to a thousandth
_TRY_AGAIN = {408, 425, 429}
_FORBIDDEN = {401, 403}
_PIECE = 64 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """`kind` is the content type; `most` bytes, unpacked; `deadline` by time.monotonic."""

    path: str
    kind: str
    most: int
    patience: float
    deadline: float


def read(answer: httpx.Response, bounds: Bounds) -> bytes:
    """The whole body; RegistryRefused with what came of it, or RegistryUnavailable."""
    try:
        packed = _check(answer, bounds)
    except RegistryRefused as error:
        raise error.because_of(bounds.path, _some(answer, bounds)) from None
    body = bytearray()
    try:
        pieces = _timely(answer, bounds)
        for piece in _unpacked(pieces, bounds) if packed else pieces:
            body += piece
            if len(body) > bounds.most:
                raise RegistryRefused(f"{bounds.path} is longer than {bounds.most} bytes")
    except RegistryRefused as error:
        raise error.because_of(bounds.path, bytes(body[: bounds.most])) from None
    return bytes(body)


def _check(answer: httpx.Response, bounds: Bounds) -> bool:
    """Whether it is packed; what the protocol does not promise is refused."""
    status = answer.status_code
    if status >= 500 or status in _TRY_AGAIN:
        raise RegistryUnavailable(f"{bounds.path} answered {status}")
    if status == 404:
        raise TileUnknown(f"{bounds.path} answered 404")
    if status in _FORBIDDEN:
        raise RegistryForbids(f"{bounds.path} answered {status}")
    if status != 200:
        where = " and points elsewhere, which is not followed" if answer.is_redirect else ""
        raise RegistryRefused(f"{bounds.path} answered {status}{where}")
    sent = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent != bounds.kind:
        raise RegistryRefused(f"{bounds.path} is {sent or 'of no type'}, not {bounds.kind}")
    encoding: str = answer.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip"}:
        raise RegistryRefused(f"{bounds.path} came as {encoding:.20}, which was not asked for")
    return encoding == "gzip"


def _timely(answer: httpx.Response, bounds: Bounds) -> Iterator[bytes]:
    for piece in answer.iter_raw():  # as it comes: a full piece may never come
        if time.monotonic() > bounds.deadline:
            raise RegistryUnavailable(f"{bounds.path} took longer than {bounds.patience} s")
        yield piece


def _unpacked(pieces: Iterator[bytes], bounds: Bounds) -> Iterator[bytes]:
    """What gzip holds, a piece at a time: a bomb is stopped by its ratio, not by its size."""
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    came = made = 0
    for piece in pieces:
        came += len(piece)
        rest = piece
        while rest:
            made += len(part := _inflated(unpack.decompress, rest, bounds))
            if made > MOST_RATIO * came + _PIECE:
                raise RegistryRefused(f"{bounds.path} unpacks to {MOST_RATIO} times its size")
            yield part
            rest = unpack.unconsumed_tail
    if not unpack.eof or unpack.unused_data:
        raise RegistryRefused(f"{bounds.path} ends in the middle of its gzip, or after it")


def _inflated(inflate: Callable[[bytes, int], bytes], packed: bytes, bounds: Bounds) -> bytes:
    try:
        return inflate(packed, _PIECE)
    except zlib.error as error:
        raise RegistryRefused(f"{bounds.path}: {error}") from error


def _some(answer: httpx.Response, bounds: Bounds) -> bytes | None:
    """The beginning of a body that is refused for its head, where it comes at once."""
    try:
        return next(_timely(answer, bounds), b"")
    except (httpx.HTTPError, RegistryUnavailable):
        return None
