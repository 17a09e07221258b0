"""Presence: a process that is there for visitors follows the chain and heeds the books.

While it does, an answer may be given again from the same standpoint.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, Thread

import structlog

from treering.domain.standpoint import Standpoint
from treering.flow.certifying.certify import Found
from treering.flow.remembering.heed import Heed
from treering.flow.remembering.pursue import POLL, Follower
from treering.flow.remembering.shelf import Shelf
from treering.flow.verifying.findings import NO_ANSWER

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Presence:
    follower: Follower
    heed: Heed
    shelf: Shelf

    def find(self, number: str) -> Found:
        """As `Office.find`; what our books call final is looked for on the chain at once."""
        found = self.shelf.find(number)
        if found.batch and found.batch.inclusion:
            self.follower.reach(found.batch.inclusion.block_number)
        return found

    def standpoint(self) -> Standpoint | None:
        """Asks nobody; None while no answer may be given again."""
        chain, books = self.follower.mark(), self.heed.mark()
        return None if chain is None or books is None else Standpoint(chain, books)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """From here to the end; the first look is over when it begins."""
        stop = Event()
        self._look()
        threads = [
            Thread(target=self._follow, args=(stop,), daemon=True),
            Thread(target=self.heed.listen, args=(stop,), daemon=True),
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()

    def _follow(self, stop: Event) -> None:
        while not stop.wait(POLL):
            self._look()

    def _look(self) -> None:
        try:
            self.follower.step()
        except NO_ANSWER as error:
            _log.warning("not reached", code=error.code, why=str(error))
        except Exception as fault:  # whoever follows goes on: until it is mended, all is UNKNOWN
            _log.error("a look at the chain failed", exc_info=fault)
