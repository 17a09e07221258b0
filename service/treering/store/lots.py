"""Lots in SQL: what people see of them, and the counters that keep serials without gap."""

from collections.abc import Collection

from sqlalchemy import Connection, Row, Select, bindparam, select, update

from treering.domain.lot import Lot, Species, Standing, Unit
from treering.domain.record import LotId
from treering.errors import LotNotFound
from treering.store.tables.books import lots, parties, provinces, species

_implementer = parties.alias("implementer")
_inspector = parties.alias("inspector")


class Lots:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, lot: LotId) -> Lot:
        return self._one(_query().where(lots.c.id == lot), str(lot))

    def named(self, slug: str) -> Lot:
        return self._one(_query().where(lots.c.slug == slug), slug)

    def named_any(self, slugs: Collection[str]) -> dict[str, Lot]:
        """Those of these lots that there are."""
        rows = self._connection.execute(_query().where(lots.c.slug.in_(slugs)))
        return {row.slug: lot_of(row) for row in rows}

    def all(self) -> list[Lot]:
        return [lot_of(row) for row in self._connection.execute(_query().order_by(lots.c.id))]

    def waiting(self) -> list[tuple[LotId, int, int]]:
        """Lots with records that no batch holds: (lot, next serial to seal, how many wait)."""
        query = select(lots.c.id, lots.c.sealed, lots.c.asked - lots.c.sealed).where(
            lots.c.sealed < lots.c.asked
        )
        return [(LotId(lot), sealed, n) for lot, sealed, n in self._connection.execute(query)]

    def sealed(self) -> dict[LotId, int]:
        """How many serials of each lot are in batches."""
        query = select(lots.c.id, lots.c.sealed)
        return {LotId(lot): sealed for lot, sealed in self._connection.execute(query)}

    def seal(self, lot: LotId, first_serial: int, count: int) -> str | None:
        """Mark the next `count` serials as sealed; the lot's programme, None if somebody else
        was faster."""
        moved = self._connection.execute(
            update(lots)
            .where(lots.c.id == lot, lots.c.sealed == first_serial)
            .values(sealed=first_serial + count)
            .returning(lots.c.programme)
        )
        programme: str | None = moved.scalar_one_or_none()
        return programme

    def _one(self, query: Select[tuple[object, ...]], name: str) -> Lot:
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise LotNotFound(name)
        return lot_of(row)


def _query() -> Select[tuple[object, ...]]:
    return (
        select(
            *lots.c,
            species.c.en.label("species_en"),
            species.c.zh.label("species_zh"),
            species.c.latin,
            species.c.unit.label("species_unit"),
            species.c.energy_grams,
            species.c.standing.label("species_standing"),
            provinces.c.en.label("province_en"),
            provinces.c.zh.label("province_zh"),
            _implementer.c.en.label("implementer_en"),
            _implementer.c.zh.label("implementer_zh"),
            _inspector.c.en.label("inspector_en"),
            _inspector.c.zh.label("inspector_zh"),
        )
        .join(species, species.c.code == lots.c.species)
        .join(provinces, provinces.c.adcode == lots.c.province)
        .join(_implementer, _implementer.c.code == lots.c.implementer)
        .outerjoin(_inspector, _inspector.c.code == lots.c.inspector)
    )


def lot_of(row: Row[tuple[object, ...]]) -> Lot:
    """From a row of `_query`."""
    plain = (
        "slug programme site site_en site_zh province_en province_zh year area_m2 capacity "
        "asked implementer_en implementer_zh inspector inspector_en inspector_zh inspected_on note"
    ).split()
    return Lot(
        id=LotId(row.id),
        adcode=row.province,
        species=_species(row),
        unit=Unit(row.unit),
        standing=Standing(row.standing),
        **{name: getattr(row, name) for name in plain},
    )


def _species(row: Row[tuple[object, ...]]) -> Species:
    return Species(
        code=row.species,
        en=row.species_en,
        zh=row.species_zh,
        latin=row.latin,
        unit=Unit(row.species_unit),
        energy_grams=row.energy_grams,
        standing=Standing(row.species_standing),
    )


# The lot, which nobody else can change before the transaction ends.
LOCKED = _query().where(lots.c.slug == bindparam("slug")).with_for_update(key_share=True, of=lots)
# `first` of `count` new serials; no row if the lot holds fewer: never oversells.
TAKEN = (
    update(lots)
    .where(lots.c.id == bindparam("lot"), lots.c.asked + bindparam("count") <= lots.c.capacity)
    .values(asked=lots.c.asked + bindparam("count"))
    .returning((lots.c.asked - bindparam("count")).label("first"))
)
