"""A graph while it is drawn: its spine grows step by step, everything else hangs on it."""

from dataclasses import dataclass, field

from treering.domain.provenance import names
from treering.domain.provenance.clues import Partner
from treering.domain.provenance.graph import Gap, Kind, Link, Relation, Source, Thing


@dataclass(slots=True)
class Drawing:
    spine: list[str] = field(default_factory=list)
    things: dict[str, Thing] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    _from: str | None = None

    def add(self, thing: Thing) -> None:
        """The same thing may be met twice: it is drawn once."""
        self.things.setdefault(thing.id, thing)

    def link(self, relation: Relation, subject: str, object_: str, role: str = "") -> None:
        self.links.append(Link(relation, subject, object_, role))

    def step(self, thing: Thing, relation: Relation | None = None) -> None:
        """The next thing of the spine, tied to the one before it."""
        before = self._from or (self.spine[-1] if self.spine else None)
        self.add(thing)
        self.spine.append(thing.id)
        self._from = None
        if relation and before:
            self.link(relation, *self._ends(relation, before, thing))

    def branch_off(self, thing: str) -> None:
        """The next step leads from this thing, not from the last one."""
        self._from = thing

    def gap(self, name: str, after: str) -> None:
        self.gaps.append(Gap(name, after))

    def agent(
        self, name: str, type_: str, en: str, zh: str, source: Source = Source.PUBLISHED
    ) -> None:
        self.add(Thing(id=name, kind=Kind.AGENT, type=type_, en=en, zh=zh, source=source))

    def partner(self, party: Partner, of: str, *, is_step: bool) -> None:
        """A party in its role: an activity's or, of what nobody named a project for, a site's."""
        done = self.things[of].kind is Kind.ACTIVITY
        relation = Relation.ASSOCIATED if done else Relation.ATTRIBUTED
        self.agent(names.partner(party), "Party", party.en, party.zh)
        self.link(relation, of, names.partner(party), party.role)
        if is_step:
            self.spine.append(names.partner(party))

    def _ends(self, relation: Relation, before: str, after: Thing) -> tuple[str, str]:
        """PROV's direction: what was made leads to what it was made from, or by."""
        first = self.things[before]
        turned = {
            Relation.USED: first.kind is Kind.ENTITY,
            Relation.GENERATED: first.kind is Kind.ACTIVITY,
            Relation.MEMBER: True,
        }
        return (after.id, before) if turned.get(relation, False) else (before, after.id)
