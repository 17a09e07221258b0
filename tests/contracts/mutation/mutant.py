"""A mutant: the contract with one of its rules broken, as an exact change of its source."""

from dataclasses import dataclass


class MutantLost(Exception):
    """The source no longer holds the text that a mutant changes, or holds it more than once."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """`rule` is what it breaks, said as what the broken contract does."""

    rule: str
    file: str  # below contracts/src
    old: str
    new: str
    same: str = ""  # why no test can tell it from the contract; "" if one must

    def applied(self, source: str) -> str:
        found = source.count(self.old)
        if found != 1:
            raise MutantLost(f"{self.file}: {self.rule}: its text is there {found} times")
        return source.replace(self.old, self.new)


def breaking(file: str, *changes: tuple[str, str, str]) -> list[Mutant]:
    """Mutants of one file, each a rule, the text that keeps it, and what stands there instead."""
    return [Mutant(rule, file, old, new) for rule, old, new in changes]
