"""Rules: loaded from a file, read for an act, and replayed over every decision made by them.

A file is taken whole or not at all, and never if it would change what held on a day that has
begun. The first file founds the book: nothing was decided before it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine

from treering.domain.instant import SHANGHAI
from treering.domain.reading import Act, Reading, read
from treering.domain.rule_rows import rules_of
from treering.domain.rules import Rule, first_change, in_force
from treering.errors import RulesAlterPast
from treering.flow.admitting.changes import tell_change
from treering.store.exchange_papers import Decision, Papers
from treering.store.rules import LoadedRule, Rules


@dataclass(frozen=True, slots=True)
class Differs:
    """A decision that does not come out again as it was made, and why."""

    exchange: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    engine: Engine
    clock: Callable[[], datetime]

    def load(self, text: str, *, is_told: bool = True) -> int:
        """How many rules are new; what changes something is told, but of an example's.
        RulesUnreadable, or RulesAlterPast and from which day."""
        stated = rules_of(text)
        with self.engine.begin() as connection:
            rules = Rules(connection)
            rules.lock()
            held = [one.rule for one in rules.all()]
            newest = {(rule.id, rule.from_day): rule.hash for rule in held}
            new = [one for one in stated if newest.get((one.id, one.from_day)) != one.hash]
            if held and (day := first_change(held, [*held, *new], self.today())):
                raise RulesAlterPast(f"another rule would hold on {day}")
            if new:
                rules.add(new, self.clock())
            if new and is_told:
                tell_change(connection, self.clock(), "rules", text.encode())
        return len(new)

    def found(self, text: str) -> None:
        """The first rules, where there are none yet."""
        if not self.loaded():
            self.load(text, is_told=False)

    def today(self) -> date:
        return self.clock().astimezone(SHANGHAI).date()

    def loaded(self) -> list[LoadedRule]:
        """All of them, in the order of loading."""
        with self.engine.connect() as connection:
            return Rules(connection).all()

    def standing(self, day: date) -> list[Rule]:
        """Those in force on a day in Beijing."""
        return in_force((one.rule for one in self.loaded()), day)

    def read(self, act: Act) -> Reading:
        with self.engine.connect() as connection:
            return reading(connection, act)

    def replay(self) -> tuple[int, list[Differs]]:
        """How many decisions there are, and which of them would not be made again."""
        with self.engine.connect() as connection:
            loaded = Rules(connection).all()
            decisions = Papers(connection).decisions()
        rules = [one.rule for one in loaded]
        sound = {one.hash for one in loaded if one.hash == one.rule.hash}
        faults = [(decision, _fault(decision, rules, sound)) for decision in decisions]
        return len(decisions), [Differs(one.exchange, why) for one, why in faults if why]


def reading(connection: Connection, act: Act) -> Reading:
    """What the act counts as, by the rules of this transaction."""
    return read([one.rule for one in Rules(connection).all()], act)


def _fault(decision: Decision, rules: Sequence[Rule], sound: set[bytes]) -> str:
    if decision.rule_hash not in sound:
        return f"its rule {decision.rule} is not in the book as it was"
    now = read(rules, decision.act)
    by = next(rule for rule in rules if rule.hash == decision.rule_hash)
    if now.rule is None or now.rule.terms != by.terms:
        return f"by another rule than {decision.rule}"
    if (now.trees, now.award) != (decision.trees, decision.award):
        return f"{now.trees} trees and {now.award}, not {decision.trees} and {decision.award}"
    return ""
