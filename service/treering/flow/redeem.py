"""Redeem: take the next serials of a lot for a holder, once for each Idempotency-Key.

All of it is one transaction. The lot's row is updated last, so it is locked for no longer
than the commit takes; the constraint behind it refuses what this code might let through.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from treering.domain import name, redemption
from treering.domain.record import tree_id
from treering.domain.redemption import Redemption, Wish
from treering.errors import KeyReused, LotFull, NotAllowed, RedemptionNotFound
from treering.failpoint import reached
from treering.store.holders import Holders
from treering.store.lots import Lots
from treering.store.redemptions import Redemptions
from treering.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Desk:
    """Where redemptions are taken in."""

    engine: Engine
    vault: Vault
    clock: Callable[[], datetime]

    def redeem(self, programme: str, key: str, wish: Wish) -> tuple[Redemption, bool]:
        """The redemption, and whether this key had brought it before."""
        try:
            with self.engine.begin() as connection:
                earlier = _earlier(connection, programme, key, wish)
                if earlier is not None:
                    return earlier, True
                made = self._new(connection, programme, key, wish)
                reached("redeem.before_commit")
            reached("redeem.after_commit_before_reply")
            return made, False
        except IntegrityError:
            # The same key came at the same time; the other one won.
            with self.engine.begin() as connection:
                won = _earlier(connection, programme, key, wish)
            if won is None:
                raise
            return won, True

    def find(self, programme: str, redemption_id: UUID) -> Redemption:
        with self.engine.connect() as connection:
            found = Redemptions(connection).get(programme, redemption_id)
        if found is None:
            raise RedemptionNotFound(str(redemption_id))
        return found

    def _new(self, connection: Connection, programme: str, key: str, wish: Wish) -> Redemption:
        now = self.clock()
        masked_name = name.masked(wish.name)
        lots = Lots(connection)
        lot = lots.named(wish.lot)
        if lot.programme != programme:
            raise NotAllowed(f"{lot.slug} is not a lot of {programme}")
        redemption.check(wish, lot, now)
        holder = Holders(connection, self.vault).known(programme, wish.holder)
        first_serial = lots.take(lot.id, wish.count)
        if first_serial is None:
            raise LotFull(lot.slug, left=lots.get(lot.id).left, asked=wish.count)
        made = Redemption(
            id=redemption.redemption_id(tree_id(lot.id, first_serial)),
            programme=programme,
            lot=lot.id,
            first_serial=first_serial,
            count=wish.count,
            masked_name=masked_name,
            price_grams=lot.species.energy_grams,
            campaign=wish.campaign,
            redeemed_at=(wish.redeemed_at or now).astimezone(UTC),  # as it will be read again
            recorded_at=now,
        )
        Redemptions(connection).add(made, key=key, fingerprint=wish.fingerprint(), holder=holder)
        return made


def _earlier(connection: Connection, programme: str, key: str, wish: Wish) -> Redemption | None:
    found = Redemptions(connection).of_key(programme, key)
    if found is None:
        return None
    earlier, fingerprint = found
    if fingerprint != wish.fingerprint():
        raise KeyReused(key)
    return earlier
