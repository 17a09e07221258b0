"""Who somebody is by what an OpenID provider says of him: roles and provinces are claims.

The claims are believed here: that the provider signed them, for us and of late, is checked where
they come in. Of him nothing is kept but a hash: no name, no address, no subject.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from treering.domain.role import Person, Role
from treering.errors import TokenRefused

ALGORITHMS = ("ES256", "EdDSA", "RS256")  # asymmetric ones: no key of ours can make a token
LEEWAY_SECONDS = 30  # clocks of two machines
BEARER_SECONDS = 15 * 60  # a token for the API lives no longer
_SIGNED_IN = frozenset(Role) - {Role.PROGRAMME}  # programmes have keys


@dataclass(frozen=True, slots=True)
class ClaimNames:
    """What the provider calls the role and the provinces."""

    role: str = "treering_role"
    provinces: str = "treering_provinces"


def check_times(claims: Mapping[str, Any], now: datetime, *, most: int | None = None) -> None:
    """TokenRefused outside of its time; `most` seconds is how long it may live at all."""
    issued, expires = _moment(claims, "iat"), _moment(claims, "exp")
    begins = _moment(claims, "nbf") if "nbf" in claims else issued
    at = now.timestamp()
    if at >= expires + LEEWAY_SECONDS:
        raise TokenRefused("it has expired")
    if at < max(begins, issued) - LEEWAY_SECONDS:
        raise TokenRefused("it is of the future")
    if most is not None and expires - issued > most:
        raise TokenRefused(f"it lives for longer than {most} seconds")


def check_parties(claims: Mapping[str, Any], issuer: str, audience: str) -> None:
    """TokenRefused for what another issued, or issued for another."""
    if claims.get("iss") != issuer:
        raise TokenRefused("another issuer made it")
    said = claims.get("aud")
    if audience not in (said if isinstance(said, list) else [said]):
        raise TokenRefused("it was made for somebody else")


def person_of(claims: Mapping[str, Any], names: ClaimNames) -> Person:
    """TokenRefused, unless exactly one role is ours. Without provinces a regulator sees none."""
    said = claims.get(names.role)
    given = {each for each in (said if isinstance(said, list) else [said]) if each in _SIGNED_IN}
    if len(given) != 1:
        raise TokenRefused(f"{names.role} must be one of {', '.join(sorted(_SIGNED_IN))}")
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject:
        raise TokenRefused("it is of nobody")
    label = sha256(f"{claims.get('iss')}\0{subject}".encode()).hexdigest()[:12]
    role = Role(given.pop())
    return Person(role, f"person {label}", _provinces(claims, names, role))


def _provinces(claims: Mapping[str, Any], names: ClaimNames, role: Role) -> frozenset[str] | None:
    said = claims.get(names.provinces)
    if said == "all" or (said is None and role is not Role.REGULATOR):
        return None
    return frozenset(str(each) for each in said) if isinstance(said, list) else frozenset()


def _moment(claims: Mapping[str, Any], name: str) -> float:
    said = claims.get(name)
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise TokenRefused(f"{name} is missing")
    return said
