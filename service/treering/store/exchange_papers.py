"""What lies beside an exchange: its Idempotency-Key, who is eligible, what it was decided by."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, exists, select
from sqlalchemy.dialects.postgresql import insert

from treering.domain.exchange import Eligibility, Source
from treering.domain.holder import HolderId
from treering.domain.reading import Act, Reading
from treering.domain.record import TreeId, lot_of
from treering.domain.rules import Award
from treering.store.tables.books import lots, provinces
from treering.store.tables.exchanges import eligibilities, exchange_decisions, exchange_keys

_ADCODE = re.compile(r"[1-9][0-9]{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was read, by the rule of this id and hash, and what came of it."""

    exchange: UUID
    act: Act
    rule: str
    rule_hash: bytes
    trees: int
    award: Award


class Papers:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def brought(self, programme: str, key: str) -> tuple[UUID, bytes] | None:
        """The exchange that this key has brought, and the application's fingerprint."""
        query = select(exchange_keys.c.exchange, exchange_keys.c.fingerprint)
        row = self._connection.execute(
            query.where(exchange_keys.c.hash == _hash(programme, key))
        ).one_or_none()
        return (row.exchange, row.fingerprint) if row else None

    def bring(self, programme: str, key: str, exchange: UUID, fingerprint: bytes) -> None:
        """IntegrityError if the key came at the same moment."""
        values = {"hash": _hash(programme, key), "exchange": exchange, "fingerprint": fingerprint}
        self._connection.execute(insert(exchange_keys).values(values))

    def eligibility(self, holder: HolderId, year: int) -> Eligibility | None:
        query = select(eligibilities).where(
            eligibilities.c.holder == holder, eligibilities.c.year == year
        )
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return Eligibility(
            eligible=row.eligible, consented=row.consented, source=Source(row.source)
        )

    def state(self, holder: HolderId, year: int, said: Eligibility, now: datetime) -> None:
        """In the place of what was said before; IntegrityError if the holder has gone."""
        answer = {
            "eligible": said.eligible,
            "consented": said.consented,
            "source": said.source,
            "stated_at": now,
        }
        fresh = insert(eligibilities).values(holder=holder, year=year, **answer)
        self._connection.execute(
            fresh.on_conflict_do_update(index_elements=["holder", "year"], set_=answer)
        )

    def is_place(self, adcode: str) -> bool:
        """Whether it is six digits, in a province that we know."""
        if not _ADCODE.fullmatch(adcode):
            return False
        province = exists().where(provinces.c.adcode == f"{adcode[:2]}0000")
        return bool(self._connection.execute(select(province)).scalar_one())

    def programme_of(self, tree: TreeId) -> str:
        """The code of the programme that a record of ours is of."""
        lot = select(lots.c.programme).where(lots.c.id == lot_of(tree))
        return str(self._connection.execute(lot).scalar_one())

    def decide(self, exchange: UUID, act: Act, reading: Reading) -> None:
        assert reading.rule, "decided by a rule"
        self._connection.execute(
            insert(exchange_decisions).values(
                exchange=exchange,
                rule=reading.rule.id,
                rule_hash=reading.rule.hash,
                form=act.form,
                unit=act.unit,
                quantity=act.quantity,
                adcode=act.adcode,
                day=act.day,
                eligible=act.eligible,
                trees=reading.trees,
                award=reading.award,
            )
        )

    def decisions(self) -> list[Decision]:
        """All of them, in the order of exchanges."""
        query = select(exchange_decisions).order_by(exchange_decisions.c.exchange)
        return [
            Decision(
                exchange=row.exchange,
                act=Act(
                    form=row.form,
                    unit=row.unit,
                    quantity=row.quantity,
                    adcode=row.adcode,
                    day=row.day,
                    eligible=row.eligible,
                ),
                rule=row.rule,
                rule_hash=row.rule_hash,
                trees=row.trees,
                award=Award(row.award),
            )
            for row in self._connection.execute(query)
        ]


def _hash(programme: str, key: str) -> UUID:
    return UUID(bytes=sha256(f"{programme}\0{key}".encode()).digest()[:16])
