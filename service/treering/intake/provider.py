"""An OpenID provider over HTTP: where it is, its keys, and what it gives for a code.

Tokens are opened with the provider's own public keys and with asymmetric algorithms alone: a
token that names none, or one whose key would be a secret, is refused before any key is tried.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from treering.domain.sign_in import ALGORITHMS
from treering.errors import ProviderUnavailable, TokenRefused

_KEPT_SECONDS = 600.0  # the provider's keys and addresses
_AGAIN_SECONDS = 30.0  # before keys are asked for once more, because of one that is unknown
_MOST_BYTES = 256 * 1024


@dataclass
class Provider:
    """`issuer` is an address without a slash at its end, as the provider itself writes it."""

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    now: Callable[[], float] = time.monotonic
    _kept: tuple[float, dict[str, Any], KeySet] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._client = httpx.Client(timeout=5.0, follow_redirects=False, trust_env=False)

    def address(self, back: str, state: str, nonce: str, verifier: str) -> str:
        """Where somebody signs in, who comes back to `back` with a code. ProviderUnavailable."""
        where: str = add_params_to_uri(
            self._about()["authorization_endpoint"],
            [
                ("response_type", "code"),
                ("client_id", self.client_id),
                ("redirect_uri", back),
                ("scope", "openid"),
                ("state", state),
                ("nonce", nonce),
                ("code_challenge", create_s256_code_challenge(verifier)),
                ("code_challenge_method", "S256"),
            ],
        )
        return where

    def id_token(self, code: str, back: str, verifier: str) -> str:
        """What a code is good for, once; TokenRefused, ProviderUnavailable."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": verifier,
            "client_id": self.client_id,
        }
        secret = self.client_secret
        auth = httpx.BasicAuth(self.client_id, secret) if secret else None
        with _reaching():
            address = self._about()["token_endpoint"]
            answer = self._client.post(address, data=form, auth=auth or httpx.USE_CLIENT_DEFAULT)
            given = answer.json()
        if answer.status_code != 200 or not isinstance(given.get("id_token"), str):
            raise TokenRefused("the provider gave nothing for this code")
        token: str = given["id_token"]
        return token

    def claims(self, token: str) -> dict[str, Any]:
        """What the provider signed; TokenRefused, ProviderUnavailable."""
        try:
            return self._opened(token)
        except (JoseError, ValueError) as error:
            if not self._may_ask_again():
                raise TokenRefused("it is not signed by the provider") from error
        self._kept = None  # it may have changed its keys
        try:
            return self._opened(token)
        except (JoseError, ValueError) as error:
            raise TokenRefused("it is not signed by the provider") from error

    def _opened(self, token: str) -> dict[str, Any]:
        return dict(jwt.decode(token, self._known()[1], algorithms=list(ALGORITHMS)).claims)

    def _may_ask_again(self) -> bool:
        return self._kept is None or self.now() - self._kept[0] > _AGAIN_SECONDS

    def _about(self) -> dict[str, Any]:
        return self._known()[0]

    def _known(self) -> tuple[dict[str, Any], KeySet]:
        """Its addresses and public keys, asked for now and then."""
        if self._kept is None or self.now() - self._kept[0] > _KEPT_SECONDS:
            with _reaching():
                about = self._get(f"{self.issuer}/.well-known/openid-configuration")
                if about["issuer"] != self.issuer:
                    raise ProviderUnavailable("it calls itself by another name")
                given = self._get(about["jwks_uri"])["keys"]
                public = [key for key in given if key.get("kty") in ("EC", "OKP", "RSA")]
                self._kept = self.now(), about, KeySet.import_key_set({"keys": public})
        return self._kept[1:]

    def _get(self, address: str) -> dict[str, Any]:
        answer = self._client.get(address)
        if answer.status_code != 200 or len(answer.content) > _MOST_BYTES:
            raise ProviderUnavailable(f"it answered with status {answer.status_code}")
        found: dict[str, Any] = answer.json()
        return found


@contextmanager
def _reaching() -> Iterator[None]:
    """Whatever goes wrong with what comes from there is ProviderUnavailable."""
    try:
        yield
    except (httpx.HTTPError, JoseError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ProviderUnavailable(type(error).__name__) from error
