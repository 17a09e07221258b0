"""Tokens of an OpenID provider: believed if it signed them, for us, of late; and never else."""

import base64
import hmac
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from tests.provider_kit import provider, token_for
from treering.domain.role import Credentials, Role
from treering.errors import NotAuthenticated, ProviderUnavailable, SignInOff, TokenRefused
from treering.flow.admitting.access import Gatehouse
from treering.flow.admitting.sign_in import AWAY, SESSION, Reception
from treering.intake.provider import Provider

HERE = "https://trees.example"


@pytest.fixture(scope="module")
def real() -> Iterator[Provider]:
    with provider(HERE) as found:
        yield found


class Clock:
    """The provider's clock is this machine's; `gone` has passed on ours beside it."""

    gone = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.gone


@pytest.fixture
def now() -> Clock:
    return Clock()


@pytest.fixture
def reception(engine, vault, now, real) -> Reception:
    return Reception(engine, vault, now, HERE, real)


def refused(reception: Reception, token: str) -> str:
    with pytest.raises(TokenRefused) as why:
        reception.bearer(token)
    return str(why.value)


def forged(claims: dict, key, algorithm: str = "ES256", kid: str = "first") -> str:
    return jwt.encode({"alg": algorithm, "kid": kid}, claims, key, algorithms=[algorithm])


@pytest.fixture
def claims(real, now) -> dict:
    """As good as they can be."""
    at = int(now().timestamp())
    return {
        "iss": real.issuer,
        "aud": HERE,
        "sub": "somebody",
        "iat": at,
        "exp": at + 600,
        "treering_role": "auditor",
    }


class Own(Provider):
    """A provider whose key the test holds."""

    def claims(self, token: str) -> dict:
        return dict(jwt.decode(token, KEY, algorithms=["ES256"]).claims)


KEY = ECKey.generate_key("P-256")


@pytest.fixture
def own(reception, real) -> Reception:
    return replace(reception, provider=Own(real.issuer, "treering", None))


def test_a_token_that_the_provider_made_for_us_opens_its_role(reception, real):
    person = reception.bearer(token_for(real, HERE))
    assert (person.role, person.provinces) == (Role.AUDITOR, None)
    assert "auditor" not in person.label


def test_a_token_for_another_address_is_refused(reception, real):
    assert "somebody else" in refused(reception, token_for(real, "https://other.example"))


def test_a_token_whose_time_is_over_or_has_not_come_is_refused(reception, real, now):
    token = token_for(real, HERE)
    now.gone = timedelta(minutes=11)
    assert "expired" in refused(reception, token)
    now.gone = timedelta(minutes=-2)
    assert "future" in refused(reception, token)


def test_a_token_without_a_signature_or_with_a_secret_for_a_key_is_refused(
    reception, real, claims
):
    refused(reception, by_hand({"alg": "none"}, claims, lambda _: b""))
    (public,) = httpx.get(f"{real.issuer}/jwks").json()["keys"]
    pem = ECKey.import_key(public).as_pem(private=False)
    for secret in (json.dumps(public).encode(), pem, b""):
        for head in ({"alg": "HS256", "kid": "first"}, {"alg": "HS256"}):
            refused(reception, by_hand(head, claims, partial(hs256, secret)))


def by_hand(head: dict, claims: dict, sign) -> str:
    """A token that no library of today would make."""
    said = b".".join(
        base64.urlsafe_b64encode(json.dumps(each).encode()).rstrip(b"=") for each in (head, claims)
    )
    return (said + b"." + base64.urlsafe_b64encode(sign(said)).rstrip(b"=")).decode()


def hs256(secret: bytes, said: bytes) -> bytes:
    return hmac.digest(secret, said, "sha256")


def test_a_token_of_another_key_or_of_a_changed_body_is_refused(reception, real, claims):
    refused(reception, forged(claims, ECKey.generate_key("P-256")))
    refused(reception, forged(claims, ECKey.generate_key("P-256"), kid="unheard of"))
    head, _, signature = token_for(real, HERE).split(".")
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    refused(reception, f"{head}.{other}.{signature}")
    refused(reception, "a.b.c")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"iss": "https://other.example"}, "issuer"),
        ({"aud": ["https://other.example"]}, "somebody else"),
        ({"exp": None}, "exp is missing"),
        ({"exp": True}, "exp is missing"),
        ({"iat": "now"}, "iat is missing"),
        ({"exp": 9_999_999_999}, "lives for longer"),
        ({"nbf": 9_999_999_999}, "future"),
        ({"treering_role": "programme"}, "treering_role"),
        ({"treering_role": ["auditor", "operator"]}, "treering_role"),
        ({"treering_role": None}, "treering_role"),
        ({"sub": ""}, "nobody"),
        ({"sub": 7}, "nobody"),
    ],
)
def test_each_claim_is_looked_at(own, claims, change, why):
    assert own.bearer(forged(claims, KEY)).role is Role.AUDITOR
    assert why in refused(own, forged({**claims, **change}, KEY))


@pytest.mark.parametrize(
    ("provinces", "seen"),
    [
        (["150000"], frozenset({"150000"})),
        ([], frozenset()),
        ("150000", frozenset()),
        ("all", None),
        (None, frozenset()),
    ],
)
def test_a_regulator_sees_the_provinces_that_are_named_and_none_without(
    own, claims, provinces, seen
):
    regulator = {**claims, "treering_role": ["regulator", "else"], "treering_provinces": provinces}
    assert own.bearer(forged(regulator, KEY)).provinces == seen


def test_a_gatehouse_tells_tokens_from_keys(reception, real, engine, now):
    gatehouse = Gatehouse(engine, now, reception)
    token = token_for(real, HERE)
    assert gatehouse.person(Credentials(token)).role is Role.AUDITOR
    with pytest.raises(NotAuthenticated):
        gatehouse.person(Credentials(token.replace(".", "_")))
    assert gatehouse.person(Credentials(session="of nobody")) is None
    assert gatehouse.away()[0].startswith(real.issuer)
    with pytest.raises(TokenRefused):
        gatehouse.returned("", "", "", None)
    gatehouse.leave("of nobody")


def test_a_sign_in_that_did_not_begin_here_took_too_long_or_is_another_is_refused(
    reception, vault, now
):
    _, kept = reception.away()
    for box in ("", "not hexadecimal", vault.seal(b"{}", "holder").hex()):
        with pytest.raises(TokenRefused, match="no sign-in began"):
            reception.returned(box, "state", "code", None)
    with pytest.raises(TokenRefused, match="another sign-in"):
        reception.returned(kept, "guessed", "code", None)
    state = json.loads(vault.open(bytes.fromhex(kept), "sign-in"))["state"]
    with pytest.raises(TokenRefused, match="nothing for this code"):
        reception.returned(kept, state, "guessed", None)
    now.gone = AWAY + timedelta(seconds=1)
    with pytest.raises(TokenRefused, match="too long"):
        reception.returned(kept, state, "code", None)


def test_a_token_of_another_sign_in_opens_no_session(own, vault, claims, monkeypatch):
    _, kept = own.away()
    sent = json.loads(vault.open(bytes.fromhex(kept), "sign-in"))
    ours = {**claims, "aud": "treering"}
    given = iter([forged({**ours, "nonce": "stolen"}, KEY), forged(ours, KEY)])
    monkeypatch.setattr(Own, "id_token", lambda *_: next(given))
    for _ in range(2):
        with pytest.raises(TokenRefused, match="another sign-in"):
            own.returned(kept, sent["state"], "code", None)


def test_a_session_ends_by_itself_by_leaving_and_by_signing_in_again(
    own, vault, claims, now, monkeypatch
):
    def signed_in(former: str | None) -> str:
        _, kept = own.away()
        sent = json.loads(vault.open(bytes.fromhex(kept), "sign-in"))
        token = forged({**claims, "aud": "treering", "nonce": sent["nonce"]}, KEY)
        monkeypatch.setattr(Own, "id_token", lambda *_: token)
        return own.returned(kept, sent["state"], "code", former)

    first = signed_in(None)
    assert own.person(first).role is Role.AUDITOR
    second = signed_in(first)
    assert (own.person(first), own.person(second).role) == (None, Role.AUDITOR)
    own.leave(second)
    assert own.person(second) is None
    third = signed_in(None)
    now.gone = SESSION + timedelta(seconds=1)
    assert own.person(third) is None


def test_without_a_provider_nobody_signs_in(engine, vault, now):
    off = Reception(engine, vault, now, HERE)
    for ask in (off.away, lambda: off.bearer("a.b.c")):
        with pytest.raises(SignInOff):
            ask()


def test_a_provider_that_is_silent_lies_or_speaks_nonsense_is_no_provider(reception, real):
    nobody = Provider("http://127.0.0.1:9", "treering", None)
    elsewhere = Provider(f"{real.issuer}/", "treering", None)
    nonsense = Provider(f"{real.issuer}/jwks", "treering", None)
    for bad in (nobody, elsewhere, nonsense):
        with pytest.raises(ProviderUnavailable):
            replace(reception, provider=bad).bearer("a.b.c")


def test_keys_that_changed_are_asked_for_again_but_not_for_each_wrong_token(real, claims):
    passed = [0.0]
    careful = Provider(real.issuer, "treering", None, lambda: passed[0])
    asked = []
    get = careful._get
    careful._get = lambda address: asked.append(address) or get(address)
    wrong = forged(claims, ECKey.generate_key("P-256"))
    for seconds in (0.0, 1.0, 2.0):
        passed[0] = seconds
        with pytest.raises(TokenRefused):
            careful.claims(wrong)
    assert len(asked) == 2
    passed[0] = 40.0
    with pytest.raises(TokenRefused):
        careful.claims(wrong)
    assert len(asked) == 4
