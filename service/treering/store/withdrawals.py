"""A holder taken out of the books: his secret, his name and what could be guessed from them.

His redemptions and exchanges stay, under a row that nothing leads to: an empty box and a
lookup of random bytes. The counts do not change, and no serial is free again.
"""

import os

from sqlalchemy import Connection, bindparam, delete, func, select, text, update

from treering.domain.holder import HolderId
from treering.store.bell import ring
from treering.store.tables.books import holders, lots, redemptions
from treering.store.tables.exchanges import eligibilities, exchange_keys, exchanges

NOBODY = b""  # what stands in place of a sealed secret

# The fingerprints of wishes are hashes over the holder's reference and name, without a secret.
_FINGERPRINTS = text(
    "UPDATE redemption_keys AS k SET fingerprint = '' FROM redemptions AS r "
    "WHERE r.holder = :holder AND (k.lot, k.first_serial) = (r.lot, r.first_serial)"
)
# The programme may know a former id beside the person; the one that follows from the record stays.
_FORMER_IDS = text(
    "DELETE FROM former_ids AS f USING redemptions AS r "
    "WHERE r.holder = :holder AND (f.lot, f.first_serial) = (r.lot, r.first_serial)"
)
_CORRECTIONS = text(
    "DELETE FROM name_corrections AS c USING redemptions AS r "
    "WHERE r.holder = :holder AND (c.lot, c.first_serial) = (r.lot, r.first_serial)"
)
_SAME = redemptions.c.holder == bindparam("who")


class Withdrawals:
    """One scan of the redemptions for each step: they have no index by holder (0020)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def locked(self, holder: HolderId) -> bool:
        """Whether he is there; from now on nobody redeems for him, who has not committed it."""
        query = select(holders.c.id).where(holders.c.id == holder).with_for_update()
        return self._connection.execute(query).one_or_none() is not None

    def waiting(self, holder: HolderId) -> int:
        """How many of his records are in no batch yet: to seal them his secret is needed."""
        query = (
            select(func.coalesce(func.sum(redemptions.c.count), 0))
            .join(lots, lots.c.id == redemptions.c.lot)
            .where(_SAME, redemptions.c.first_serial + redemptions.c.count > lots.c.sealed)
        )
        return int(self._connection.execute(query, {"who": holder}).scalar_one())

    def exchanging(self, holder: HolderId) -> bool:
        """Whether an exchange of his is under way, which may need its salt."""
        query = select(exchanges.c.id).where(
            exchanges.c.holder == holder, exchanges.c.state.in_(("applied", "issued", "withdrawn"))
        )
        return self._connection.execute(query).first() is not None

    def erase(self, holder: HolderId) -> HolderId:
        """The row that his records are under now, which leads to nobody. What hung on his own
        goes with it: his guardian's word, that he was hidden, that he asked to leave."""
        new = holders.insert().values(lookup=os.urandom(16).hex(), sealed=NOBODY)
        nobody = self._connection.execute(new.returning(holders.c.id)).scalar_one()
        for statement in (_FINGERPRINTS, _FORMER_IDS, _CORRECTIONS):
            self._connection.execute(statement, {"holder": holder})
        mine = update(redemptions).where(_SAME).values(holder=nobody, masked_name="")
        self._connection.execute(mine, {"who": holder})
        his = select(exchanges.c.id).where(exchanges.c.holder == holder)
        self._connection.execute(
            update(exchange_keys).where(exchange_keys.c.exchange.in_(his)).values(fingerprint=b"")
        )
        self._connection.execute(
            update(exchanges)
            .where(exchanges.c.holder == holder)
            .values(holder=nobody, sealed_salt=NOBODY, number=None)
        )
        self._connection.execute(delete(eligibilities).where(eligibilities.c.holder == holder))
        self._connection.execute(delete(holders).where(holders.c.id == holder))
        ring(self._connection)  # certificates show his name
        return HolderId(nobody)
