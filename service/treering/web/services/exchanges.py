"""What the web asks about exchanges and rules. `main` puts the real thing behind it."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from treering.domain.exchange import Asked
from treering.domain.fulfilled import FulfilmentView
from treering.domain.reading import Act, Reading
from treering.domain.rules import Rule
from treering.domain.view import Programme


class ExchangeServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def apply(self, programme: Programme, key: str, asked: Asked) -> tuple[FulfilmentView, bool]:
        """Kept, and whether this key had brought it before; KeyReused, ChainUnavailable, or any
        refusal of `errors/exchange.py`."""

    def find(self, programme: Programme, exchange: UUID) -> FulfilmentView:
        """ExchangeNotFound, also for another programme's."""

    def withdraw(self, programme: Programme, exchange: UUID) -> FulfilmentView:
        """As `find`, and ExchangeUnderWay."""

    def page(self, exchange: UUID) -> FulfilmentView:
        """For whoever has its address; ExchangeNotFound."""

    def of_certificate(self, text: str) -> FulfilmentView | None:
        """The last exchange that a certificate was in, by its number."""

    def rules(self, day: date | None) -> tuple[date, Sequence[Rule]]:
        """Those in force on a day in Beijing, today for None; and that day."""

    def read(self, act: Act) -> Reading:
        """What an act counts as."""
