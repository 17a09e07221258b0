"""The files of evidence: in a folder, or in any store that speaks S3, each under its SHA-256."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from treering.errors import EvidenceLost, EvidenceNotFound, StoreUnavailable

_PATIENCE = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder, or s3://bucket/prefix with what its provider asks for."""

    url: str
    endpoint: str | None = None
    key_id: str | None = None
    secret: str | None = None
    region: str = "us-east-1"


@dataclass(frozen=True, slots=True)
class Shelf:
    _store: Any

    @classmethod
    def at(cls, place: Place) -> Self:
        if not place.url.startswith("s3://"):
            return cls(LocalStore(Path(place.url), mkdir=True))
        bucket, _, prefix = place.url.removeprefix("s3://").partition("/")
        given = {
            "endpoint": place.endpoint,
            "access_key_id": place.key_id,
            "secret_access_key": place.secret,
            "region": place.region,
        }
        plain = (place.endpoint or "").startswith("http://")
        return cls(
            S3Store(
                bucket,
                prefix=prefix or None,
                config={name: value for name, value in given.items() if value},  # type: ignore[arg-type]
                client_options={"allow_http": plain, "timeout": "30s"},
                retry_config={"max_retries": 2, "retry_timeout": _PATIENCE},
            )
        )

    def put(self, content: bytes) -> bytes:
        """Its hash. The same bytes again are one file; StoreUnavailable."""
        digest = sha256(content).digest()
        with _answers():
            obstore.put(self._store, _path(digest), content)
        return digest

    def get(self, digest: bytes) -> bytes:
        """EvidenceNotFound if there is none; EvidenceLost if it is not what was put there."""
        with _answers():
            content = bytes(obstore.get(self._store, _path(digest)).bytes())
        if sha256(content).digest() != digest:
            raise EvidenceLost(f"{digest.hex()} is altered")
        return content

    def check(self, digest: bytes) -> None:
        """The same without holding it: read through, a piece at a time."""
        found = sha256()
        with _answers():
            for piece in obstore.get(self._store, _path(digest)).stream(min_chunk_size=1 << 20):
                found.update(bytes(piece))
        if found.digest() != digest:
            raise EvidenceLost(f"{digest.hex()} is altered")


def _path(digest: bytes) -> str:
    name = digest.hex()
    return f"{name[:2]}/{name}"


@contextmanager
def _answers() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if "NoSuchBucket" in str(error):  # nothing is said of any file by that
            raise StoreUnavailable("there is no such bucket") from error
        raise EvidenceNotFound("there is no such file") from error
    except (BaseError, OSError) as error:
        raise StoreUnavailable(str(error).partition("\n")[0]) from error
