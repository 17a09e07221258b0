"""What the synthetic twin's office decides: grant an application, withdraw a certificate.

Numbers look like SYN-2019-150000-000001, so that nobody takes one for a real certificate's.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Annotated

import msgspec

from treering.domain.fulfilment import (
    Adcode,
    Commitment,
    Entry,
    Event,
    Form,
    Fulfilment,
    Trees,
    Year,
    commitment,
)
from treering.domain.record import TreeId
from treering.errors import ApplicationRefused, FulfilmentUnknown
from treering.registry.journal import Issued, Journal


class Application(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`application` is the applicant's own id for it: sent again, it gets the same answer.
    `salt` is 32 bytes in hex, kept by the applicant; `trees` are tree ids in hex."""

    application: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z_-]{1,64}\Z")]
    year: Year
    adcode: Adcode
    form: Form
    trees: Trees
    salt: Commitment

    @property
    def fingerprint(self) -> str:
        return sha256(msgspec.json.encode(self)).hexdigest()


class Grant(msgspec.Struct, frozen=True):
    """The answer; `certificate` is the commitment that stands in entry `index` of the log."""

    number: str
    certificate: str
    index: int


class Office:
    """Not for several threads at once: the twin calls it from its one event loop."""

    def __init__(self, journal: Journal, clock: Callable[[], datetime]) -> None:
        self._journal = journal
        self._clock = clock

    def grant(self, application: Application) -> tuple[Grant, bool]:
        """The grant and whether it is new. ApplicationRefused if the id was used for another
        application, TreeUsedTwice or another EntryRefused if the log's rules forbid it."""
        if application.application in self._journal.granted:
            return self._earlier(application), False
        place = application.year, application.adcode
        serial = self._journal.issued[place] + 1
        number = f"SYN-{application.year}-{application.adcode}-{serial:06}"
        entry = self._entry(application, number)
        issued = Issued(application.application, application.fingerprint, number)
        fulfilment = self._journal.append(entry, issued)
        return Grant(number, entry.certificate.hex(), fulfilment.index), True

    def withdraw(self, certificate: bytes) -> Fulfilment:
        """Withdrawn now or before; FulfilmentUnknown if it was never issued."""
        found = self._journal.register.fulfilments.get(certificate)
        if found is None:
            raise FulfilmentUnknown(certificate.hex())
        if not found.active:
            return found
        return self._journal.append(replace(found.entry, event=Event.WITHDRAWN, at=self._now()))

    def _earlier(self, application: Application) -> Grant:
        index, issued = self._journal.granted[application.application]
        if issued.fingerprint != application.fingerprint:
            raise ApplicationRefused(f"{application.application} was another application before")
        entry = Entry.read(index, self._journal.raws[index])
        return Grant(issued.number, entry.certificate.hex(), index)

    def _entry(self, application: Application, number: str) -> Entry:
        return Entry(
            event=Event.ISSUED,
            certificate=commitment(bytes.fromhex(application.salt), number),
            year=application.year,
            adcode=application.adcode,
            form=application.form,
            trees=tuple(sorted(TreeId(int(tree, 16)) for tree in application.trees)),
            at=self._now(),
            synthetic=True,
        )

    def _now(self) -> datetime:
        return self._clock().replace(microsecond=0)
