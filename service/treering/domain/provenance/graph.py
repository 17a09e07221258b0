"""Things, what led from one to the other, and what is missing between them (W3C PROV-DM)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from treering.domain.verification import Verdict

Fact = str | int | tuple[str, ...]


class Kind(StrEnum):
    ENTITY = "entity"
    ACTIVITY = "activity"
    AGENT = "agent"


class Source(StrEnum):
    """Who tells it."""

    CHAIN = "chain"  # the contract, at the trace's block
    BOOKS = "books"  # the operator's database
    MIRROR = "mirror"  # the registry's signed log
    PUBLISHED = "published"  # what was published of a lot, with its standing


class Relation(StrEnum):
    """PROV's names; each leads from the later thing to the earlier one, or to who did it."""

    GENERATED = "wasGeneratedBy"  # entity, activity
    USED = "used"  # activity, entity
    DERIVED = "wasDerivedFrom"  # entity, entity
    REVISED = "wasRevisionOf"  # entity, entity: a derivation of a kind of its own
    ASSOCIATED = "wasAssociatedWith"  # activity, agent
    ATTRIBUTED = "wasAttributedTo"  # entity, agent
    INVALIDATED = "wasInvalidatedBy"  # entity, activity
    MEMBER = "hadMember"  # entity, entity


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """`id` is unique in its graph, `type` one of ours such as Record; hashes are hex with 0x.

    `at` is when an activity was done, or an entity came to be, where that is known.
    """

    id: str
    kind: Kind
    type: str
    en: str
    zh: str
    source: Source
    at: datetime | None = None
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """`role` says as what, such as funder."""

    relation: Relation
    subject: str
    object: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class HashCheck:
    """Whether `value`, a hash that thing `of` bears, is what its content hashes to."""

    name: str
    of: str
    value: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Gap:
    """A missing piece: `name` is stable and public, `after` the thing that it should follow."""

    name: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The graph of one certificate. `spine` are the ids from holder to funder, in that order.

    `block` and `block_hash` are None while the chain could not be asked.
    """

    number: str
    spine: tuple[str, ...]
    things: Mapping[str, Thing]
    links: tuple[Link, ...]
    checks: tuple[HashCheck, ...]
    gaps: tuple[Gap, ...]
    as_of: datetime
    block: int | None = None
    block_hash: bytes | None = None

    @property
    def is_whole(self) -> bool:
        return not self.gaps

    @property
    def verdict(self) -> Verdict:
        """INVALID if any hash is wrong, VALID only if all are right and nothing is missing."""
        verdicts = {check.verdict for check in self.checks}
        if Verdict.INVALID in verdicts:
            return Verdict.INVALID
        return Verdict.VALID if verdicts == {Verdict.VALID} and self.is_whole else Verdict.UNKNOWN

    def branches(self, thing: str) -> list[tuple[Link, Thing]]:
        """What hangs on a thing of the spine and is not itself on it, each once."""
        return [pair for pair in self._neighbours(thing) if pair[1].id not in self.spine]

    def beyond(self, thing: str, before: str) -> list[tuple[Link, Thing]]:
        """What hangs on a branch, away from the spine that it hangs on; agents lead no further."""
        if self.things[thing].kind is Kind.AGENT:
            return []
        return [pair for pair in self.branches(thing) if pair[1].id != before]

    def _neighbours(self, thing: str) -> list[tuple[Link, Thing]]:
        ends = {
            (link.object if link.subject == thing else link.subject): link
            for link in self.links
            if thing in (link.subject, link.object)
        }
        return [(link, self.things[end]) for end, link in ends.items()]
