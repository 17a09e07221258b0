"""Where a lot comes from, in SQL: its project, its outline, its parties, its evidence."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from treering.domain.lot import Lot, Standing
from treering.domain.provenance.clues import Medium, Partner
from treering.store.tables.books import parties
from treering.store.tables.ground import evidence, inspection_sheets, lot_parties, projects, sites


@dataclass(frozen=True, slots=True)
class Origin:
    """`geometry` is GeoJSON, `sheets` what inspectors found, by the hash that they signed."""

    project: Partner | None
    geometry: dict[str, Any] | None
    partners: tuple[Partner, ...]
    media: tuple[Medium, ...]
    sheets: dict[bytes, dict[str, Any]]


class Origins:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, lot: Lot) -> Origin:
        site = self._connection.execute(
            select(sites.c.geometry, projects.c.code, projects.c.en, projects.c.zh)
            .add_columns(projects.c.standing)
            .outerjoin(projects, projects.c.code == sites.c.project)
            .where(sites.c.code == lot.site, sites.c.programme == lot.programme)
        ).one_or_none()
        project = None
        if site is not None and site.code is not None:
            standing = Standing(site.standing)
            project = Partner(
                code=site.code, role="project", en=site.en, zh=site.zh, standing=standing
            )
        return Origin(
            project=project,
            geometry=site.geometry if site else None,
            partners=self._partners(lot),
            media=self._media(lot),
            sheets=self._sheets(lot),
        )

    def _partners(self, lot: Lot) -> tuple[Partner, ...]:
        query = (
            select(lot_parties.c.role, lot_parties.c.standing, parties)
            .join(parties, parties.c.code == lot_parties.c.party)
            .where(lot_parties.c.lot == lot.id)
            .order_by(lot_parties.c.role, parties.c.code)
        )
        return tuple(
            Partner(
                code=row.code,
                role=row.role.lower(),
                en=row.en,
                zh=row.zh,
                standing=Standing(row.standing),
            )
            for row in self._connection.execute(query)
        )

    def _media(self, lot: Lot) -> tuple[Medium, ...]:
        query = select(evidence).where(evidence.c.lot == lot.id).order_by(evidence.c.added_at)
        return tuple(
            Medium(
                hash=row.hash,
                kind=row.kind.lower(),
                is_intact=row.lost_at is None,
                seen_at=row.checked_at,
            )
            for row in self._connection.execute(query)
        )

    def _sheets(self, lot: Lot) -> dict[bytes, dict[str, Any]]:
        query = select(inspection_sheets.c.hash, inspection_sheets.c.sheet)
        rows = self._connection.execute(query.where(inspection_sheets.c.lot == lot.id))
        return {row.hash: row.sheet for row in rows}
