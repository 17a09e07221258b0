"""Who comes, in memory: one key a role, and a regulator of Inner Mongolia alone."""

from dataclasses import dataclass

from treering.domain.role import Credentials, Person, Role, Scope, Scopes
from treering.errors import HolderNotFound, NotAuthenticated, ProvinceNotFound, SignInOff

INNER_MONGOLIA, GANSU = "150000", "620000"
KEYS = {
    "op_test": Person(Role.OPERATOR, "key operator"),
    "re_test": Person(Role.REGULATOR, "key regulator"),
    "re_test_150000": Person(Role.REGULATOR, "key province", frozenset({INNER_MONGOLIA})),
    "au_test": Person(Role.AUDITOR, "key auditor"),
    "in_test": Person(Role.INSPECTOR, "key inspector"),
}


SCOPED = {f"tr_test_{scope}": frozenset({scope}) for scope in Scope}


def scopes_of(key: str) -> Scopes:
    """A key that is named after a scope was made for it alone."""
    return SCOPED.get(key)


@dataclass(frozen=True)
class FakeAccess:
    """`programmes` are the programmes' codes by their keys."""

    programmes: dict[str, str]

    def away(self) -> tuple[str, str]:
        raise SignInOff

    def returned(self, kept, state, code, former) -> str:
        raise SignInOff

    def leave(self, session: str) -> None:
        """Nobody is signed in."""

    def look(self, by, subject, province=None, why="", request="") -> None:
        if province is not None:
            by.insist_on(province)

    def person(self, given: Credentials) -> Person | None:
        if not given.key:
            return None
        if code := self.programmes.get(given.key):
            return Person(
                Role.PROGRAMME, f"key {code}", programme=code, scopes=scopes_of(given.key)
            )
        if given.key not in KEYS:
            raise NotAuthenticated("unknown key")
        return KEYS[given.key]


class FakeHolders:
    """Nobody is known here."""

    def __getattr__(self, name: str):
        def refuse(plea, *_args, **_named):
            raise HolderNotFound(plea.programme)

        return refuse


@dataclass(frozen=True)
class FakeHoldings:
    access: FakeAccess

    def of_province(self, by, province, after, limit, request=""):
        self.access.look(by, f"province {province}", province)
        if province not in (INNER_MONGOLIA, GANSU):
            raise ProvinceNotFound(province)
        return []
