"""Applying at the registry for a fulfilment certificate, on behalf of a holder."""

from dataclasses import dataclass, field

import httpx
import msgspec

from treering.domain.record import TreeId
from treering.errors import ExchangeRefused, RegistryUnavailable


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
        """ExchangeRefused with the registry's words."""
        body = {
            "application": application.id,
            "year": application.year,
            "adcode": application.adcode,
            "form": application.form,
            "trees": [f"{tree:024x}" for tree in application.trees],
            "salt": application.salt.hex(),
        }
        try:
            answer = self._client.post("/applications", json=body)
            if 400 <= answer.status_code < 500:
                raise ExchangeRefused(f"the registry refused: {answer.text:.200}")
            answer.raise_for_status()
            return msgspec.json.decode(answer.content, type=Granted)
        except (httpx.HTTPError, msgspec.DecodeError) as error:
            raise RegistryUnavailable(f"{type(error).__name__}: {error}") from error
