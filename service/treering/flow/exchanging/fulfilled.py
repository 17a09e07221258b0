"""Exchanges as the web asks for them: applied for, looked up, taken back, and shown both ways."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from treering.domain import number
from treering.domain.exchange import Asked, Exchange, ExchangeState
from treering.domain.fulfilled import Caution, FulfilmentView, Used
from treering.domain.fulfilment import Fulfilment, Interconnection
from treering.domain.reading import Act, Reading
from treering.domain.record import TreeId, lot_of
from treering.domain.rules import Rule
from treering.domain.view import Programme
from treering.errors import ExchangeNotFound
from treering.flow.certifying.certify import Office
from treering.flow.exchanging.apply import Applications
from treering.flow.exchanging.rulebook import Rulebook
from treering.flow.exchanging.undo import Undoing
from treering.flow.mirroring.state import MAX_AGE
from treering.flow.redeeming.halt import Halt
from treering.store.exchange_papers import Papers
from treering.store.exchanges import Exchanges
from treering.store.lots import Lots
from treering.store.mirror import Mirror


@dataclass(frozen=True, slots=True, kw_only=True)
class Fulfilled:
    """`log` is the name of the registry's log, None where none is followed; `asked` is then what
    the mirror says of a tree."""

    halt: Halt
    office: Office
    applications: Applications
    undoing: Undoing
    rulebook: Rulebook
    log: str | None
    asked: Callable[[TreeId], Interconnection | None]

    def apply(self, programme: Programme, key: str, asked: Asked) -> tuple[FulfilmentView, bool]:
        """The exchange, applied for and kept, and whether this key had brought it before."""
        self.halt.insist()
        exchange, replayed = self.applications.apply_once(programme.code, key, asked)
        return self._shown(exchange), replayed

    def find(self, programme: Programme, exchange: UUID) -> FulfilmentView:
        return self._shown(self.applications.find_of(programme.code, exchange))

    def withdraw(self, programme: Programme, exchange: UUID) -> FulfilmentView:
        self.halt.insist()
        found = self.applications.find_of(programme.code, exchange)
        return self._shown(self.undoing.withdraw(found))

    def page(self, exchange: UUID) -> FulfilmentView:
        """For whoever has its address, which nobody can guess; ExchangeNotFound."""
        with self.office.engine.connect() as connection:
            held = Exchanges(connection, self.office.vault).get(exchange)
        if held is None:
            raise ExchangeNotFound(str(exchange))
        return self._shown(held)

    def of_certificate(self, text: str) -> FulfilmentView | None:
        """The last exchange that a certificate of ours was in, by its number."""
        tree = number.parse(text).tree
        with self.office.engine.connect() as connection:
            held = Exchanges(connection, self.office.vault).of_tree(tree)
        return self._shown(held) if held else None

    def rules(self, day: date | None) -> tuple[date, list[Rule]]:
        """Those in force on a day in Beijing, today for None."""
        asked = day or self.rulebook.today()
        return asked, self.rulebook.standing(asked)

    def read(self, act: Act) -> Reading:
        return self.rulebook.read(act)

    def _shown(self, exchange: Exchange) -> FulfilmentView:
        with self.office.engine.connect() as connection:
            mirror = Mirror(connection, self.log) if self.log else None
            wanted = exchange.commitment if mirror else None
            said = mirror.fulfilment(wanted) if mirror and wanted else None
            return FulfilmentView(
                id=exchange.id,
                programme=Papers(connection).programme_of(exchange.trees[0]),
                state=exchange.state,
                year=exchange.year,
                adcode=exchange.adcode,
                applied_at=exchange.applied_at,
                used=self._used(exchange, Lots(connection)),
                number=exchange.number,
                commitment=exchange.commitment,
                settled=exchange.settled,
                ended_by=exchange.ended_by,
                ended_at=exchange.ended_at,
                reason=exchange.reason,
                said=said,
                held=mirror.held() if mirror else None,
                caution=self._caution(exchange, said) if said else None,
            )

    def _caution(self, exchange: Exchange, said: Fulfilment) -> Caution | None:
        if exchange.state not in (ExchangeState.ISSUED, ExchangeState.CLAIMED):
            return None  # nobody leans on what has ended
        now = self.applications.clock()
        known = [found for tree in exchange.trees if (found := self.asked(tree))]
        if any(found.age(now) > MAX_AGE for found in known):
            return Caution.STALE
        if any(found.doubt for found in known):
            return Caution.DISPUTED
        if any(found.unheard for found in known):
            return Caution.UNHEARD
        if any(found.behind for found in known):
            return Caution.BEHIND
        same = (said.entry.year, said.entry.trees) == (exchange.year, exchange.trees)
        return None if same else Caution.DIFFERS

    def _used(self, exchange: Exchange, lots: Lots) -> tuple[Used, ...]:
        found = []
        for tree in exchange.trees:
            lot = lots.get(lot_of(tree))
            name = self.office.numbered(tree)
            found.append(Used(number=name, lot=lot.slug, site_en=lot.site_en, site_zh=lot.site_zh))
        return tuple(found)
