"""Ground under a lot, as rows: a project, a site, parties in their roles, evidence, a sheet."""

import rfc8785
from sqlalchemy import Connection

from tests.flow.conftest import NOW
from treering.domain.keccak import keccak
from treering.domain.lot import Lot
from treering.store.tables.ground import evidence, inspection_sheets, lot_parties, projects, sites

KNOWN = {"standing": "reported", "source": "a test"}
OUTLINE = {"type": "Polygon", "coordinates": [[[105, 38], [105.2, 38], [105.2, 38.2], [105, 38]]]}
SHEET = {"lot": "ANT_FOREST-277", "alive": 120}
SHEET_HASH = keccak(rfc8785.dumps(SHEET))
PHOTO = b"\1" * 32
PARTY = "CGF"


def lay(connection: Connection, lot: Lot) -> None:
    """Lies between 105 and 105.2 degrees east, 38 and 38.2 north; a foundation pays and plants.

    In the place of what the example programme has there."""
    for table, column in ((evidence, "lot"), (lot_parties, "lot"), (sites, "code")):
        key = lot.id if column == "lot" else lot.site
        connection.execute(table.delete().where(table.c[column] == key))
    around = {"west": 105.0, "east": 105.2, "south": 38.0, "north": 38.2}
    connection.execute(
        projects.insert(),
        {"code": "ALXA", "programme": lot.programme, "en": "Alxa", "zh": "阿拉善", **KNOWN},
    )
    site = {"code": lot.site, "programme": lot.programme, "province": lot.adcode, "zone": "ARID"}
    connection.execute(
        sites.insert(),
        {**site, "project": "ALXA", "geometry": OUTLINE, "area_m2": 1.0, "loaded_at": NOW}
        | around
        | KNOWN,
    )
    for role in ("FUNDER", "IMPLEMENTER"):
        connection.execute(
            lot_parties.insert(), {"lot": lot.id, "role": role, "party": PARTY, **KNOWN}
        )
    photo = {"hash": PHOTO, "received": b"\2" * 32, "lot": lot.id, "kind": "PHOTO", "size": 1}
    said = {"media_type": "image/jpeg", "caption_en": "", "caption_zh": ""}
    times = {"added_at": NOW, "checked_at": NOW}
    connection.execute(evidence.insert(), photo | said | times | KNOWN)
    sheet = {"hash": SHEET_HASH, "lot": lot.id, "stage": 2, "sheet": SHEET, "received_at": NOW}
    connection.execute(inspection_sheets.insert(), sheet)
