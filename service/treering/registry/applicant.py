"""Applying at the registry for a fulfilment certificate, on behalf of a holder."""

from dataclasses import dataclass, field

import httpx
import msgspec

from treering.domain.record import TreeId
from treering.errors import (
    RegistryDeclined,
    RegistryUnavailable,
    TreeUsedTwice,
    UsedAtRegistry,
)


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

    number: str
    certificate: str


class Applicant:
    """Raises RegistryUnavailable when it is unknown what the registry did: apply again."""

    def __init__(self, url: str, submit_key: str) -> None:
        self._client = httpx.Client(
            base_url=url,
            headers={"authorization": f"Bearer {submit_key}"},
            timeout=10.0,
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
        answer = self._asked("/applications", body, (200, 201, 409, 422))
        if answer.status_code >= 400:
            raise _declined(answer)
        try:
            return msgspec.json.decode(answer.content, type=Granted)
        except msgspec.DecodeError as error:
            raise RegistryUnavailable(f"its answer is no grant: {error}") from error

    def withdraw(self, commitment: bytes) -> None:
        """Withdrawn now or before; RegistryDeclined if it does not know the certificate."""
        answer = self._asked(f"/certificates/{commitment.hex()}/withdrawal", {}, (200, 404))
        if answer.status_code != 200:
            raise _declined(answer)

    def _asked(
        self, path: str, body: dict[str, object], expected: tuple[int, ...]
    ) -> httpx.Response:
        """RegistryUnavailable for all that may pass by itself, and for a key of ours that it
        does not take: an operator mends it, and the application goes on."""
        try:
            answer = self._client.post(path, json=body)
        except httpx.HTTPError as error:
            raise RegistryUnavailable(f"{type(error).__name__}: {error}") from error
        if answer.status_code not in expected:
            raise RegistryUnavailable(f"{path} answered {answer.status_code}")
        return answer


def _declined(answer: httpx.Response) -> RegistryDeclined:
    words = f"{answer.text:.200}"
    used = f'"{TreeUsedTwice.code}"' in answer.text
    return UsedAtRegistry(words) if used else RegistryDeclined(words)
