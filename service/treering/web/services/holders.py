"""What the web asks on behalf of holders. `main` puts the real thing behind it."""

from datetime import datetime
from typing import Any, Protocol

from treering.domain.plea import Plea
from treering.domain.role import Person


class TombstoneView(Protocol):
    """Entry `entry` of the log, with its hash; `digest` is of the records that remain."""

    @property
    def entry(self) -> int: ...
    @property
    def hash(self) -> bytes: ...
    @property
    def digest(self) -> bytes: ...
    @property
    def at(self) -> datetime: ...


class HolderServices(Protocol):
    """Every method raises HolderNotFound for one whom the programme does not have."""

    def held(self, plea: Plea, after: tuple[int, int] = ...) -> dict[str, Any]:
        """All that is held of him, a page of his redemptions behind (lot, first serial)."""

    def correct(self, plea: Plea, name: str) -> int:
        """How many records bear the new name; NameRefused."""

    def show(self, plea: Plea, *, shown: bool) -> None:
        """GuardianRefuses."""

    def hear_guardian(self, plea: Plea, by: bytes, *, consents: bool) -> None:
        """Keeps a guardian's yes or no."""

    def ask_to_leave(self, plea: Plea) -> datetime:
        """From when on he may leave."""

    def stay(self, plea: Plea) -> bool:
        """Whether he had asked to leave."""

    def leave(self, plea: Plea) -> int:
        """How many records are nobody's now; ErasureTooSoon, HolderWaits."""


class HoldingServices(Protocol):
    def of_province(
        self, by: Person, province: str, after: tuple[int, int], limit: int, request: str = ...
    ) -> list[dict[str, Any]]:
        """Redemptions behind (lot, first serial); ProvinceNotFound, OutsideProvinces."""
