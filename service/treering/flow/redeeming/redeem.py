"""Redeem: take the next serials of a lot for a holder, once for each Idempotency-Key.

Asks for one lot are admitted together, in one short transaction and in order of arrival:

(1) lock the lot's row, so that every process takes its turn;
(2) look up which keys came before;
(3) answer each ask for itself: granted the next serials, replayed, or refused;
(4) write holders, redemptions and keys;
(5) move the lot's counter once, by a conditional UPDATE with a constraint behind it.

(1) and (2) are one trip to PostgreSQL, (4) and (5) another.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from treering.domain import name, redemption
from treering.domain.lot import Lot
from treering.domain.record import tree_id
from treering.domain.redemption import Ask, Redemption, Wish
from treering.errors import KeyReused, NotAllowed, RedemptionNotFound, TreeringError
from treering.failpoint import reached
from treering.store import programmes, tenancy
from treering.store.engine import UNAVAILABLE, may_be_one_rows
from treering.store.folio import Entry, Folio
from treering.store.redemptions import Brought, Place, Redemptions
from treering.store.vault import Vault

Answer = tuple[Redemption, bool]  # whether this key had brought it before


@dataclass(frozen=True, slots=True)
class Desk:
    """Where redemptions are taken in."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    def redeem(self, programme: str, key: str, wish: Wish) -> Answer:
        """The redemption, and whether this key had brought it before."""
        (answer,) = self.redeem_all([Ask(programme, key, wish)])
        if isinstance(answer, Exception):
            raise answer
        return answer

    def redeem_all(self, asks: Sequence[Ask]) -> list[Answer | Exception]:
        """Asks for one lot, in order of arrival, each answered for itself.

        UNAVAILABLE, and nobody's answer, when the database is away: all may ask again.
        Whatever else goes wrong harms only the one that it comes from.
        """
        try:
            return self._together(asks)
        except UNAVAILABLE as fault:
            if not may_be_one_rows(fault):
                raise
        except Exception as fault:
            # A key that came for another lot at the same time stands by now: ask once more.
            if len(asks) == 1 and not isinstance(fault, IntegrityError):
                return [fault]
        return self._apart(asks)

    def find(self, programme: str, redemption_id: UUID) -> Redemption:
        with self.engine.connect() as connection:
            tenancy.put_on(connection, programme, programmes.numbers(connection)[programme])
            found = Redemptions(connection).get(programme, redemption_id)
        if found is None:
            raise RedemptionNotFound(str(redemption_id))
        return found

    def _together(self, asks: Sequence[Ask]) -> list[Answer | Exception]:
        with self.engine.begin() as connection:
            folio = Folio(connection, self.vault)
            lot, earlier = folio.look(asks)  # (1), (2)
            group = _Group(lot, self.clock(), earlier)
            answers = [group.answer(ask) for ask in asks]  # (3)
            if group.granted:
                folio.write(group.granted)  # (4), (5)
            reached("redeem.before_commit")
        reached("redeem.after_commit_before_reply")
        return answers

    def _apart(self, asks: Sequence[Ask]) -> list[Answer | Exception]:
        """The same in halves, until whoever breaks it stands alone."""
        if len(asks) == 1:
            try:
                return self._together(asks)
            except Exception as fault:
                return [fault]
        half = len(asks) // 2
        return self.redeem_all(asks[:half]) + self.redeem_all(asks[half:])


@dataclass
class _Group:
    """Answers one ask after the other; `taken` are the units of those granted so far."""

    lot: Lot | None
    now: datetime
    earlier: dict[Place, Brought]
    granted: list[Entry] = field(default_factory=list)
    taken: int = 0

    def answer(self, ask: Ask) -> Answer | Exception:
        fingerprint = ask.wish.fingerprint()
        place = ask.programme, ask.key
        try:
            if place in self.earlier:
                return _replayed(ask, fingerprint, *self.earlier[place]), True
            made = self._grant(ask)
        except TreeringError as refusal:
            return refusal
        self.earlier[place] = made, fingerprint
        self.granted.append(Entry(made, ask, fingerprint))
        return made, False

    def _grant(self, ask: Ask) -> Redemption:
        wish = ask.wish
        masked_name = name.masked(wish.name)
        lot = redemption.found(self.lot, wish)
        if lot.programme != ask.programme:
            raise NotAllowed(f"{lot.slug} is not a lot of {ask.programme}")
        redemption.check(wish, lot, self.now, taken=self.taken)
        first_serial = lot.asked + self.taken
        self.taken += wish.count
        return Redemption(
            id=redemption.redemption_id(tree_id(lot.id, first_serial)),
            programme=ask.programme,
            lot=lot.id,
            first_serial=first_serial,
            count=wish.count,
            masked_name=masked_name,
            price_grams=lot.species.energy_grams,
            campaign=wish.campaign,
            # as it will be read again
            redeemed_at=(wish.redeemed_at or self.now).astimezone(UTC),
            recorded_at=self.now,
        )


def _replayed(ask: Ask, fingerprint: bytes, earlier: Redemption, held: bytes) -> Redemption:
    if held != fingerprint:
        raise KeyReused(ask.key)
    return earlier
