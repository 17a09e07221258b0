"""Who is known to a load: holders as its sheets found them, and those that it added since.

A sheet is made while the cells before it are still being written, so it may take a holder for
new whom they add. Nothing rests on it: a holder who was added twice or is gone is refused by the
database's own rules, and the cell begins again and asks for all of them.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from treering.domain.holder import HolderId
from treering.flow.redeeming.sheet import Sheet
from treering.store import known
from treering.store.holders import Lookup

_CELLS = 4  # sheets are made two cells ahead of what is committed


@dataclass(frozen=True, slots=True)
class Roll:
    _added: deque[Mapping[Lookup, HolderId]] = field(
        default_factory=lambda: deque(maxlen=_CELLS), init=False
    )

    def add(self, holders: Mapping[Lookup, HolderId]) -> None:
        """Those of one cell, once it is committed."""
        self._added.append(holders)

    def of(self, sheet: Sheet) -> dict[Lookup, HolderId]:
        """Whoever is known of those that a sheet asks for."""
        holders = known.ids(sheet.found)
        for added in self._added:
            holders.update((each, added[each]) for each in added.keys() & sheet.boxes.keys())
        return holders
