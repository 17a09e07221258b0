"""Holdings: what was redeemed in a province, for whoever oversees it; each look is in the log.

There are no more than masked names in it, and a page holds PAGE rows at most.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from treering.domain.role import Person
from treering.errors import ProvinceNotFound
from treering.flow.admitting.access import Gatehouse
from treering.store import programmes, tenancy
from treering.store.redemptions import listed

PAGE = 500


@dataclass(frozen=True, slots=True)
class Holdings:
    engine: Engine
    gatehouse: Gatehouse

    def of_province(
        self, by: Person, province: str, after: tuple[int, int], limit: int, request: str = ""
    ) -> list[dict[str, Any]]:
        """Redemptions behind (lot, first serial), at most `limit` or PAGE of them.

        ProvinceNotFound; OutsideProvinces, which is in the log as well.
        """
        self.gatehouse.look(by, f"province {province}", province, request=request)
        with self.engine.connect() as connection:
            if province not in programmes.provinces(connection):
                raise ProvinceNotFound(province)
            his = [province] if by.provinces is None else by.provinces
            tenancy.put_on_overseer(connection, his)  # behind the filter
            return listed(connection, province, after, min(limit, PAGE))
