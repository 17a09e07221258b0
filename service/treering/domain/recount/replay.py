"""The recount: TreeLedger's events, in order, written into books that know the rules.

Nothing stops the count. What breaks a rule becomes a difference and is booked as it was
told, so that one fault is found once and does not cast doubt on everything after it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from treering.domain.recount import anchors, batches, lots, records, statements
from treering.domain.recount import events as told
from treering.domain.recount.acting import lacking
from treering.domain.recount.books import Books
from treering.domain.recount.chronicle import Chronicle
from treering.domain.recount.difference import Code, Difference, of

KEPT = 1000  # differences kept in full; beyond them they are only counted

Rule = Callable[[Books, Any], Iterator[Difference]]

_RULES: dict[type[told.Event], Rule] = {
    told.ProgrammeOpened: lots.open_programme,
    told.LotOpened: lots.open_lot,
    told.LotClosed: lots.close_lot,
    told.Stated: statements.state,
    told.BatchMinted: batches.mint,
    told.BatchRebuilt: batches.mint,
    told.Paused: batches.switch,
    told.Unpaused: batches.switch,
    told.RecordRevoked: records.revoke,
    told.RecordReplaced: records.replace,
    told.RecordClaimed: records.claim,
    told.ClaimReleased: records.release,
    told.FeedAnchored: anchors.anchor,
    told.IssuerKeySet: anchors.set_key,
    told.IssuerKeyRetired: anchors.retire_key,
    told.SuccessorNamed: anchors.name_successor,
    told.RoleGranted: anchors.grant,
    told.RoleRevoked: anchors.revoke_role,
    told.HandoverPlanned: anchors.plan,
}


@dataclass(slots=True)
class Recount:
    """`books` hold what was told, `differences` the first KEPT faults, `found` counts all."""

    books: Books = field(default_factory=Books)
    chronicle: Chronicle = field(default_factory=Chronicle)
    differences: list[Difference] = field(default_factory=list)
    found: int = 0
    events: int = 0
    last: told.Place | None = None

    def take(self, entry: told.Entry) -> None:
        self.events += 1
        for difference in self._differences(entry):
            self.note(replace(difference, place=entry.place))
        self.chronicle.take(entry)

    def note(self, difference: Difference) -> None:
        self.found += 1
        if len(self.differences) < KEPT:
            self.differences.append(difference)

    def _differences(self, entry: told.Entry) -> Iterator[Difference]:
        if self.last is not None and not entry.place.follows(self.last):
            yield of(Code.EVENT_ORDER, "log", f"after {self.last}", f"{entry.place}")
        self.last = entry.place
        yield from lacking(self.books, entry.event, entry.sender)
        if rule := _RULES.get(type(entry.event)):
            yield from rule(self.books, entry.event)
        elif isinstance(entry.event, told.Stranger):
            yield of(Code.EVENT_STRANGE, "log", None, entry.event.name)
