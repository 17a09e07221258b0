"""What the web asks about the ground. `main` puts the real thing behind it."""

from collections.abc import Sequence
from typing import Any, Protocol

from treering.domain.due import Due
from treering.domain.exhibit import Told
from treering.domain.ground import Exhibit, LotBook, Site
from treering.domain.lot import Lot
from treering.domain.role import Person
from treering.domain.survival import Survival
from treering.domain.view import LotView
from treering.flow.inspecting.inspect import Finding, Signed
from treering.flow.inspecting.land import Loaded


class GroundServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def book(self, view: LotView) -> LotBook:
        """What is known of the lot beside what the chain says."""

    def survival(self, view: LotView) -> Survival | None:
        """By the newest statement after planting, where there is one."""

    def due(self) -> Sequence[Due]:
        """Inspections that are due this season."""

    def site(self, slug: str) -> tuple[Lot, Site]:
        """The exact polygon, not for everybody; LotNotFound, SiteNotFound."""

    def load_land(self, by: Person, content: bytes) -> Loaded:
        """GeoJSON of the programme's own lots; GroundUnreadable, PolygonRefused, …"""

    def add_evidence(self, by: Person, slug: str, content: bytes, told: Told) -> Exhibit:
        """EvidenceRefused, EvidenceUsed, LotNotFound, NotAllowed."""

    def evidence(self, hash_: bytes) -> Exhibit:
        """EvidenceNotFound."""

    def file(self, hash_: bytes) -> tuple[Exhibit, bytes]:
        """With its bytes; EvidenceLost."""

    def prepare(self, found: Finding, inspector: str) -> dict[str, Any]:
        """Typed data for an inspector's wallet; StatementRefused."""

    def submit(self, signed: Signed) -> bytes:
        """The statement's id; StatementRefused, SheetRefused."""

    def statement(self, id_: bytes) -> tuple[str, str | None]:
        """received, stated or refused, and why; StatementNotFound."""
