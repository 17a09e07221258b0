"""Who comes, in memory: one key a role, and a regulator of Inner Mongolia alone."""

from dataclasses import dataclass

from treering.domain.role import Credentials, Person, Role
from treering.errors import NotAuthenticated

INNER_MONGOLIA, GANSU = "150000", "620000"
KEYS = {
    "op_test": Person(Role.OPERATOR, "key operator"),
    "re_test": Person(Role.REGULATOR, "key regulator"),
    "re_test_150000": Person(Role.REGULATOR, "key province", frozenset({INNER_MONGOLIA})),
    "au_test": Person(Role.AUDITOR, "key auditor"),
    "in_test": Person(Role.INSPECTOR, "key inspector"),
}


@dataclass(frozen=True)
class FakeAccess:
    """`programmes` are the programmes' codes by their keys."""

    programmes: dict[str, str]

    def person(self, given: Credentials) -> Person | None:
        if not given.key:
            return None
        if code := self.programmes.get(given.key):
            return Person(Role.PROGRAMME, f"key {code}", programme=code)
        if given.key not in KEYS:
            raise NotAuthenticated("unknown key")
        return KEYS[given.key]
