"""The replay of the registry's log: which entry may follow which.

A certificate is issued once, corrected while it is active, withdrawn once. A tree is used up
by at most one active certificate; withdrawal and correction give it back.
"""

from collections.abc import Iterable

from treering.domain import instant
from treering.domain.fulfilment import FIRST_YEAR, Entry, Event, Fulfilment
from treering.domain.record import TreeId
from treering.errors import EntryRefused, TreeUsedTwice


class Register:
    """The certificates of a log, or as many of them as the next entries touch."""

    def __init__(self, fulfilments: Iterable[Fulfilment] = ()) -> None:
        self.fulfilments: dict[bytes, Fulfilment] = {}
        self.users: dict[TreeId, bytes] = {}  # of the trees used up by active certificates
        for fulfilment in fulfilments:
            self.take(fulfilment)

    def judge(self, index: int, entry: Entry) -> Fulfilment:
        """What the certificate becomes by this entry; EntryRefused if that cannot be."""
        _check_form(index, entry)
        before = self.fulfilments.get(entry.certificate)
        if entry.event is Event.ISSUED:
            if before is not None:
                raise EntryRefused(f"entry {index} issues again what entry {before.index} did")
        elif before is None or not before.active:
            raise EntryRefused(f"entry {index}: {entry.event}, but no such certificate is active")
        elif entry.event is Event.WITHDRAWN and entry.stated != before.entry.stated:
            raise EntryRefused(f"entry {index} withdraws other values than {before.index} states")
        self._check_trees(index, entry)
        return Fulfilment(index, entry)

    def take(self, fulfilment: Fulfilment) -> None:
        """Take over what `judge` allowed."""
        certificate = fulfilment.entry.certificate
        before = self.fulfilments.get(certificate)
        if before is not None:
            for tree in before.entry.trees:
                self.users.pop(tree, None)
        self.fulfilments[certificate] = fulfilment
        if fulfilment.active:
            self.users.update(dict.fromkeys(fulfilment.entry.trees, certificate))

    def _check_trees(self, index: int, entry: Entry) -> None:
        for tree in entry.trees:
            user = self.users.get(tree, entry.certificate)
            if user != entry.certificate:
                raise TreeUsedTwice(f"entry {index}: tree {tree:024x} is used by {user.hex()}")


def replay(raws: Iterable[bytes]) -> Register:
    """The certificates of a whole log, from its entries as they are hashed."""
    register = Register()
    for index, raw in enumerate(raws):
        register.take(register.judge(index, Entry.read(index, raw)))
    return register


def _check_form(index: int, entry: Entry) -> None:
    if not FIRST_YEAR <= entry.year <= instant.national_year(entry.at):
        raise EntryRefused(f"entry {index}: year {entry.year} in {instant.to_text(entry.at)}")
    if any(left >= right for left, right in zip(entry.trees, entry.trees[1:], strict=False)):
        raise EntryRefused(f"entry {index}: its trees do not rise without a repeat")
