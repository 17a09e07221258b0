"""Who asks: in what role, for which programme, and of which provinces he may see more.

A person here is a key or a session, never a name: `label` is what the log calls him.
"""

from dataclasses import dataclass
from enum import StrEnum

from treering.errors import OutsideProvinces, RoleNeeded, ScopeNeeded


class Role(StrEnum):
    """What opens which door stands in docs/access.md, which is made from the routes."""

    PROGRAMME = "programme"
    OPERATOR = "operator"
    REGULATOR = "regulator"
    AUDITOR = "auditor"
    INSPECTOR = "inspector"


class Scope(StrEnum):
    """What a programme's key was made for: a shop that redeems needs none of the rest."""

    REDEEM = "redeem"
    HOLDERS = "holders"
    EXCHANGE = "exchange"
    GROUND = "ground"


Scopes = frozenset[Scope] | None  # None for all


def insist_on_scope(scopes: Scopes, scope: Scope) -> None:
    """ScopeNeeded, unless it is among these."""
    if scopes is not None and scope not in scopes:
        yours = ", ".join(sorted(scopes))
        raise ScopeNeeded(f"it opens to a key for: {scope}; yours is for: {yours}")


# Whoever watches over the whole: what he may see, a programme or an inspector may not.
OVERSEERS = (Role.OPERATOR, Role.REGULATOR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Person:
    """`provinces` are adcodes such as "150000", None for all; `programme` and `scopes` are of a
    PROGRAMME."""

    role: Role
    label: str
    provinces: frozenset[str] | None = None
    programme: str | None = None
    scopes: Scopes = None

    def may_see(self, province: str) -> bool:
        return self.provinces is None or province in self.provinces

    def insist_on(self, province: str) -> None:
        """OutsideProvinces, unless he may see it."""
        if not self.may_see(province):
            raise OutsideProvinces(province)

    def insist_to_be(self, *roles: Role) -> None:
        """RoleNeeded, unless his role is among these."""
        if self.role not in roles:
            raise RoleNeeded(f"it opens to: {', '.join(roles)}; you are: {self.role}")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with a request: an API key or token, and a browser's session."""

    key: str | None = None
    session: str | None = None
