"""Dating: which moment a signature bears, so that its key was the programme's at that moment.

A certificate is dated by the block that holds its record. Where the programme's key was
replaced since, today's key signs it, and no earlier than the contract lists that key from: the
same date each time. Asked once, it is kept in the books, so that a silent node stops nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine

from treering.domain.issuer_key import IssuerKey, ListedKey
from treering.store import issuer_keys


@dataclass
class Dates:
    """`listed` asks the contract at the newest final block; ChainUnavailable, NodeRefused."""

    engine: Engine
    listed: Callable[[int, bytes], ListedKey | None]
    _known: dict[tuple[int, bytes], datetime] = field(default_factory=dict, init=False)

    def signed_at(self, programme: int, key: IssuerKey, minted_at: datetime) -> datetime:
        """Not before the key's own time; a key that is not listed has none. ChainUnavailable
        and NodeRefused while nobody knows."""
        since = self._known.get((programme, key.id)) or self._learnt(programme, key.id)
        return max(minted_at, since) if since else minted_at

    def _learnt(self, programme: int, key_id: bytes) -> datetime | None:
        with self.engine.connect() as connection:
            since = issuer_keys.valid_from(connection, programme, key_id)
        since = since or self._asked(programme, key_id)
        if since:
            self._known[programme, key_id] = since
        return since

    def _asked(self, programme: int, key_id: bytes) -> datetime | None:
        listed = self.listed(programme, key_id)
        if listed is None:
            return None
        with self.engine.begin() as connection:
            issuer_keys.keep(connection, programme, key_id, listed.valid_from)
        return listed.valid_from
