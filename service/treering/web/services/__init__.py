"""What the web asks of the flow. `main` puts the real thing behind it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol
from uuid import UUID

from treering.domain.load import Entry, Granted, Outcome
from treering.domain.overview import Overview
from treering.domain.own import Asked
from treering.domain.redemption import Wish
from treering.domain.role import Person, Scope
from treering.domain.standpoint import Standpoint
from treering.domain.verification import Report
from treering.domain.view import CertificateView, Counts, LotView, Network, Programme, Redeemed
from treering.web.services.access import AccessServices
from treering.web.services.badges import Badges
from treering.web.services.bundles import Bundles
from treering.web.services.census import CensusServices
from treering.web.services.console import ConsoleServices
from treering.web.services.differences import DifferencesServices
from treering.web.services.exchanges import ExchangeServices
from treering.web.services.ground import GroundServices
from treering.web.services.holders import HolderServices, HoldingServices, TombstoneView
from treering.web.services.mirror import MirrorServices
from treering.web.services.provenance import ProvenanceServices


class Services(Protocol):
    """Every method raises the refusals of `errors`, which `problems.py` turns into HTTP."""

    @property
    def bundles(self) -> Bundles:
        """For whoever wants to check where there is no network."""

    @property
    def badges(self) -> Badges: ...
    @property
    def access(self) -> AccessServices: ...

    @property
    def holdings(self) -> HoldingServices: ...

    @property
    def holders(self) -> HolderServices: ...

    @property
    def exchanges(self) -> ExchangeServices: ...

    @property
    def census(self) -> CensusServices: ...
    @property
    def differences(self) -> DifferencesServices: ...
    @property
    def mirrors(self) -> MirrorServices: ...
    @property
    def provenance(self) -> ProvenanceServices: ...

    @property
    def console(self) -> ConsoleServices: ...

    def standpoint(self) -> Standpoint | None:
        """From where answers are given now; None while none may be given again. Asks nobody."""

    @property
    def ground(self) -> GroundServices: ...

    def authenticate(self, api_key: str | None, scope: Scope) -> Programme:
        """The programme whose key this is; NotAuthenticated, ScopeNeeded."""

    def remembered(self, api_key: str | None, scope: Scope) -> Programme | None:
        """Likewise, if the key was authenticated a moment ago; asks nobody."""

    async def redeem(self, programme: Programme, key: str, wish: Wish) -> Redeemed:
        """LotNotFound, LotFull, UnitMismatch, YearMismatch, NameRefused, KeyReused, …

        LaneFull and DatabaseUnavailable ask to send the same again.
        """

    def load(
        self, programme: Programme, key: str, entries: Iterable[Entry]
    ) -> Iterator[Sequence[tuple[int, Outcome]]]:
        """Each line answered for itself, by its number, in pieces that are committed."""

    def numbers(self, granted: Granted) -> Sequence[str]:
        """Of its certificates, in the order of serials."""

    def redemption(self, programme: Programme, redemption_id: UUID) -> Redeemed:
        """RedemptionNotFound, also for another programme's."""

    def issued(self, number: str) -> str:
        """The number as it was issued, unverified; NumberMistyped, CertificateNotFound."""

    def certificate(self, number: str) -> CertificateView:
        """NumberMistyped, CertificateNotFound."""

    def verification(self, number: str) -> Report:
        """The report alone, at a part of the price; as `certificate`."""

    def tombstone(self, number: str) -> TombstoneView:
        """NumberMistyped, CertificateNotFound; NotWithdrawn."""

    def credential(self, number: str) -> dict[str, Any]:
        """The signed credential; NumberMistyped, CertificateNotFound, or NotFinal and why."""

    def pdf(self, number: str) -> bytes:
        """The signed PDF; as `credential`, and CertificateFallen, FontsMissing."""

    def picture(self, number: str, shape: str) -> bytes:
        """A PNG to share, "wide" or "square"; as `pdf`."""

    def own_copy(self, by: Person, number: str, asked: Asked) -> dict[str, Any]:
        """The holder's own copy; as `credential`, and CertificateNotFound for another
        programme's, NotTheHolder, NameRefused."""

    def address(self, number: str) -> str:
        """What the certificate's QR code holds; NumberMistyped, CertificateNotFound."""

    def examine(self, brought: bytes) -> Report:
        """The report on what somebody brought: a number, the text of a QR code, a PDF, or a
        credential in JSON. NumberMistyped, CertificateNotFound, AddressRefused;
        CredentialMalformed for none of them."""

    def verify(self, document: Mapping[str, Any]) -> Report:
        """The report on a credential that somebody brought."""

    def scan(self, code: str, *, ask_chain: bool = True) -> Report:
        """The report on the compact certificate of a QR code; without the chain, on no more
        than form and signature."""

    def lot(self, slug: str) -> LotView:
        """LotNotFound."""

    def lots(self) -> Sequence[LotView]:
        """All lots, with what the chain says of them."""

    def counts(self) -> Sequence[Counts]:
        """The five numbers, one row a unit."""

    def overview(self) -> Overview:
        """What an operator sees; a silent node leaves gaps."""

    def did_document(self, programme: str) -> dict[str, Any]:
        """The programme's did:web document with its keys; ProgrammeNotFound."""

    def halted(self) -> str | None:
        """Since when and why nothing is redeemed or minted; None while work goes on."""

    def network(self) -> Network:
        """The chain and contract that hold the records; asks no node."""

    def readiness(self) -> Mapping[str, bool]:
        """Whether database and chain answer."""
