"""A service where nobody has exchanged anything yet, and no rule was loaded."""

from datetime import date
from uuid import UUID

from treering.domain.exchange import Asked
from treering.domain.number import parse
from treering.domain.reading import Act, Reading, read
from treering.domain.rules import Rule
from treering.domain.view import Programme
from treering.errors import CertificateNotFound, ExchangeNotFound, ThreeNeeded


class NoExchanges:
    def apply(self, programme: Programme, key: str, asked: Asked) -> None:
        if len({parse(number).tree for number in asked.numbers}) != 3:
            raise ThreeNeeded(str(len(asked.numbers)))
        raise CertificateNotFound(asked.numbers[0])

    def find(self, programme: Programme, exchange: UUID) -> None:
        raise ExchangeNotFound(str(exchange))

    withdraw = find

    def page(self, exchange: UUID) -> None:
        raise ExchangeNotFound(str(exchange))

    def of_certificate(self, text: str) -> None:
        parse(text)

    def rules(self, day: date | None) -> tuple[date, list[Rule]]:
        return day or date(2026, 11, 22), []

    def read(self, act: Act) -> Reading:
        return read([], act)
