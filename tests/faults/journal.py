"""What a client was told, kept on the client's side: the list that the oracle compares with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

import httpx

LOT = "ANT_FOREST-277"
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 where the connection broke: then nobody knows whether it was done."""

    status: int
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def granted(self) -> bool:
        return self.status in (200, 201)

    @property
    def numbers(self) -> list[str]:
        return list(self.body["numbers"])


@dataclass
class Journal:
    """Asks for redemptions in the programme's name, from any number of threads.

    `granted` holds, by key, the certificate numbers that were acknowledged; `broken` the keys
    that were answered otherwise than ever before, which must stay empty.
    """

    api_key: str
    granted: dict[str, list[str]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def redeem(self, base_url: str, key: str, **wish: Any) -> Answer:
        """One redemption under this key; the same key may be asked for again, and again."""
        body = {"lot": LOT, "holder": f"holder of {key}", "name": "王伟", **wish}
        answer = self.post(base_url, key, body)
        with self._lock:
            if answer.granted:
                held = self.granted.setdefault(key, answer.numbers)
                self.unknown.discard(key)
                if held != answer.numbers:
                    self.broken.append(f"{key}: {held}, then {answer.numbers}")
            elif (answer.status == 0 or answer.status >= 500) and key not in self.granted:
                self.unknown.add(key)
        return answer

    def post(self, base_url: str, key: str, body: Mapping[str, Any]) -> Answer:
        headers = {"authorization": f"Bearer {self.api_key}", "idempotency-key": key}
        try:
            answer = _client().post(f"{base_url}/v1/redemptions", json=body, headers=headers)
        except httpx.TransportError:
            return Answer(0)
        return Answer(answer.status_code, _json(answer), answer.headers)

    @property
    def numbers(self) -> list[str]:
        return [number for numbers in self.granted.values() for number in numbers]


@cache
def _client() -> httpx.Client:
    """One for all: making one takes longer than what it asks for."""
    return httpx.Client(timeout=PATIENCE, limits=httpx.Limits(max_connections=None))


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        body: dict[str, Any] = answer.json()
    except ValueError:
        return {}
    return body
