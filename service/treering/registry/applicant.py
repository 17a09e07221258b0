"""Applying at the registry for a fulfilment certificate, on behalf of a holder.

Its answers are bounded like its log's: in bytes, and in time as a whole.
"""

import time
from dataclasses import dataclass, field

import httpx
import msgspec

from treering.domain.fulfilment import Commitment, Number
from treering.domain.record import TreeId
from treering.errors import (
    RegistryDeclined,
    RegistryElsewhere,
    RegistryUnavailable,
    TreeUsedTwice,
    UsedAtRegistry,
)
from treering.registry.address import Resolve, place, resolved

_MOST_BYTES = 64 * 1024  # a grant has 200; a refusal says why in a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """`id` is ours: the same application sent again gets the same answer. `salt` has 32 bytes."""

    id: str
    year: int
    adcode: str
    form: str
    trees: tuple[TreeId, ...]
    salt: bytes = field(repr=False)


class Granted(msgspec.Struct, frozen=True):
    """The registry's answer; `certificate` is the salted commitment to `number`, in hex."""

    number: Number
    certificate: Commitment


class Applicant:
    """Raises RegistryUnavailable when it is unknown what the registry did: apply again."""

    def __init__(
        self,
        url: str,
        submit_key: str,
        *,
        patience_seconds: float = 10.0,
        resolve: Resolve = resolved,
    ) -> None:
        self._url = url
        self._patience = patience_seconds
        self._resolve = resolve
        self._client = httpx.Client(
            headers={"authorization": f"Bearer {submit_key}", "accept-encoding": "identity"},
            timeout=patience_seconds,
            follow_redirects=False,
            trust_env=False,
        )

    def apply(self, application: Application) -> Granted:
        """RegistryDeclined, or UsedAtRegistry, with the registry's words."""
        body = {
            "application": application.id,
            "year": application.year,
            "adcode": application.adcode,
            "form": application.form,
            "trees": [f"{tree:024x}" for tree in application.trees],
            "salt": application.salt.hex(),
        }
        status, said = self._asked("/applications", body, (200, 201, 409, 422))
        if status >= 400:
            raise _declined(said)
        try:
            return msgspec.json.decode(said, type=Granted)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise RegistryUnavailable(f"its answer is no grant: {error}") from error

    def withdraw(self, commitment: bytes) -> None:
        """Withdrawn now or before; RegistryDeclined if it does not know the certificate."""
        path = f"/certificates/{commitment.hex()}/withdrawal"
        status, said = self._asked(path, {}, (200, 404))
        if status != 200:
            raise _declined(said)

    def _asked(
        self, path: str, body: dict[str, object], expected: tuple[int, ...]
    ) -> tuple[int, bytes]:
        """Status and body. RegistryUnavailable for all that may pass by itself, and for a key of
        ours that it does not take: an operator mends it, and the application goes on."""
        until = time.monotonic() + self._patience
        try:
            where = place(self._url, self._resolve)
            with self._client.stream(
                "POST",
                where.url + path,
                json=body,
                headers={"host": where.host},
                extensions={"sni_hostname": where.name},
            ) as answer:
                if answer.status_code not in expected:
                    raise RegistryUnavailable(f"{path} answered {answer.status_code}")
                return answer.status_code, _read(answer, path, until)
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, RegistryElsewhere) as error:
            raise RegistryUnavailable(f"{type(error).__name__}: {error}") from error


def _read(answer: httpx.Response, path: str, until: float) -> bytes:
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > _MOST_BYTES:
            raise RegistryUnavailable(f"{path} answered more than {_MOST_BYTES} bytes")
        if time.monotonic() > until:
            raise RegistryUnavailable(f"{path} was not answered to its end in time")
    return bytes(body)


def _declined(said: bytes) -> RegistryDeclined:
    text = said.decode("utf-8", "replace").replace("\0", "")
    used = f'"{TreeUsedTwice.code}"' in text
    return UsedAtRegistry(text[:200]) if used else RegistryDeclined(text[:200])
