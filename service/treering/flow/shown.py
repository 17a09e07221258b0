"""What shows: pages, certificates, counts, the mirror; and the desks where people ask."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO

from treering.chain.admin import Admin
from treering.chain.claims import Claims
from treering.domain.compact import network_mark
from treering.domain.issuer_key import IssuerKey, ListedKey
from treering.domain.load import Outcome
from treering.domain.redemption import Wish
from treering.domain.view import Redeemed
from treering.flow.admitting.access import Gatehouse
from treering.flow.admitting.admit import Porter
from treering.flow.caring.holdings import Holdings
from treering.flow.caring.ombudsman import Ombudsman
from treering.flow.certifying.certify import Office
from treering.flow.certifying.dating import Dates
from treering.flow.certifying.printing import printer
from treering.flow.exchanging.apply import Applications
from treering.flow.exchanging.exchange import Counter
from treering.flow.exchanging.fulfilled import Fulfilled
from treering.flow.exchanging.rulebook import Rulebook
from treering.flow.exchanging.undo import Undoing
from treering.flow.inspecting.forester import Forester
from treering.flow.mirroring.following import Following
from treering.flow.mirroring.warden import Warden
from treering.flow.overseeing.oversee import Overseer
from treering.flow.publish import Example
from treering.flow.reconciling.census import Statistician
from treering.flow.reconciling.differences import Registrar
from treering.flow.redeeming.admission import Admission
from treering.flow.redeeming.ahead import Hand
from treering.flow.redeeming.halt import Barrier, Halt
from treering.flow.redeeming.load import Loader
from treering.flow.redeeming.redeem import Desk
from treering.flow.remembering.forgetting import Forgetting
from treering.flow.remembering.heed import Heed
from treering.flow.remembering.presence import Presence
from treering.flow.remembering.pursue import Follower
from treering.flow.remembering.shelf import Shelf
from treering.flow.service import Service
from treering.flow.showing.console import Console
from treering.flow.showing.counts import Tally
from treering.flow.showing.lots import Gazetteer
from treering.flow.tracing.provenance import Provenance
from treering.flow.tracing.search import Searcher
from treering.flow.tracing.trace import Tracer
from treering.flow.verifying.bundle import bundled
from treering.flow.verifying.corrections import Corrections
from treering.flow.verifying.keyring import KeyRing
from treering.flow.verifying.larder import Larder
from treering.flow.verifying.scan import Scanner
from treering.flow.verifying.verify import Verifier
from treering.intake.formats import Format
from treering.registry.applicant import Applicant


@dataclass(frozen=True)
class Shown(Following):
    """The web's parts, and those of the commands that redeem, exchange and follow."""

    @cached_property
    def example(self) -> Example:
        return Example(self.engine, self.vault, self.keys, self.clock)

    @property
    def admin(self) -> Admin:
        return Admin(self.ledger, self.keys)

    @cached_property
    def office(self) -> Office:
        return Office(
            engine=self.engine,
            vault=self.vault,
            tenants=self.tenants,
            network=self.network,
            base_url=self.base_url,
            issuer_of=self.example.issuer,
            signed_at=Dates(self.engine, self._listed_key).signed_at,
        )

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(
            world=self.presence.follower.at,
            chain_id=self.network.chain_id,
            contract=self.network.contract,
            mirror=self._interconnection if self.feed else None,
            clock=self.clock,
        )

    @cached_property
    def service(self) -> Service:
        gatehouse = Gatehouse(self.engine, self.clock, self.reception)
        desk = Desk(self.engine, self.vault, self.clock)
        return Service(
            engine=self.engine,
            halt=self.halt,
            desk=desk,
            admission=Admission(Barrier(self.halt, desk)),
            loader=Loader(self.engine, self.vault, self.clock),
            office=self.office,
            printer=printer(self.office, self.keys, self.fonts),
            verifier=self.verifier,
            gazetteer=self.gazetteer,
            tally=self.tally,
            overseer=self.overseer,
            scanner=self._scanner,
            bundles=self.larder,
            provenance=Provenance(self.tracer, self.searcher),
            exchanges=self._fulfilled,
            console=Console(
                self.engine,
                self.gazetteer.pinned,
                lambda: list(self.office.programmes()),
                self.forester.survivals,
            ),
            ground=self.forester,
            access=gatehouse,
            holdings=Holdings(self.engine, gatehouse),
            holders=Ombudsman(self.engine, self.vault, self.clock),
            corrections=Corrections(self.engine),
            differences=Registrar(self.engine, self.clock),
            mirrors=Warden(self.engine, self.feed_names, self.clock),
            census=Statistician(self.engine, self.feed.name if self.feed else None),
            clock=self.clock,
            presence=self.presence,
        )

    @cached_property
    def forgetting(self) -> Forgetting:
        """Every cache of this process that names a holder has its hook here."""
        return Forgetting(self.engine, [self.service.printer.forget])

    @cached_property
    def larder(self) -> Larder:
        return Larder(lambda: bundled(self.ledger, self.keys), self._signers)

    def _signers(self) -> list[IssuerKey]:
        """Of the programmes whose keys are here; none is made."""
        codes = [tenant.code for tenant in self.tenants.all()]
        here = [c for c in codes if not self.keys.missing(accounts=[], secrets=[f"issuer-{c}"])]
        return [self.example.issuer_key(code) for code in here]

    @property
    def _fulfilled(self) -> Fulfilled:
        return Fulfilled(
            halt=Halt(self.engine),
            office=self.office,
            applications=self.applications,
            undoing=self.undoing,
            rulebook=self.rulebook,
            log=self.feed.name if self.feed else None,
            asked=self._interconnection,
        )

    @cached_property
    def halt(self) -> Halt:
        return Halt(self.engine)

    @cached_property
    def presence(self) -> Presence:
        heed = Heed(self.engine, self.halt, self.feed.name if self.feed else None)
        return Presence(Follower(self.ledger), heed, Shelf(self.office.find, heed.mark))

    @cached_property
    def _scanner(self) -> Scanner:
        ring = KeyRing(self._issuer_keys, lambda number: bool(self.tenants.numbered(number)))
        return Scanner(
            keys=self.office.keys,
            world=self.presence.follower.at,
            network=network_mark(self.network.chain_id, self.network.contract),
            clock=self.clock,
            listed=ring.listed,
        )

    def _listed_key(self, programme: int, key_id: bytes) -> ListedKey | None:
        return self.presence.follower.at("finalized").issuer_key(programme, key_id)

    def _issuer_keys(self, programme: int) -> Sequence[bytes]:
        return self.presence.follower.at("finalized").issuer_keys(programme)

    @cached_property
    def tracer(self) -> Tracer:
        return Tracer(
            engine=self.engine,
            office=self.office,
            ledger=self.ledger,
            gazetteer=self.gazetteer,
            mirror=self._interconnection if self.feed else None,
            clock=self.clock,
        )

    @cached_property
    def searcher(self) -> Searcher:
        return Searcher(
            engine=self.engine, ledger=self.ledger, office=self.office, clock=self.clock
        )

    @cached_property
    def gazetteer(self) -> Gazetteer:
        return Gazetteer(self.engine, self.presence.follower.at, self.office.programmes)

    @cached_property
    def forester(self) -> Forester:
        return Forester(
            engine=self.engine,
            gazetteer=self.gazetteer,
            archive=self.archive,
            surveyor=self.surveyor,
            inspectorate=self.inspectorate,
            clock=self.clock,
        )

    @cached_property
    def tally(self) -> Tally:
        return Tally(self.engine, self.ledger.at, self.clock)

    @cached_property
    def overseer(self) -> Overseer:
        log = self.feed.name if self.feed else None
        return Overseer(self.engine, self.keys, self.ledger, self.tally, self.clock, log)

    @property
    def porter(self) -> Porter:
        return Porter(self.engine, self.keys, self.example, self.clock)

    def redeem(self, programme: str, key: str, wish: Wish) -> Redeemed:
        """As the programme of this code, which needs no API key where its keys lie."""
        return self.service.redeem_now(self.office.named(programme), key, wish)

    def load(
        self, programme: str, key: str, kind: Format, file: IO[bytes], hand: Hand | None = None
    ) -> Iterator[Sequence[tuple[int, Outcome]]]:
        """As the programme of this code, like `redeem`."""
        return self.service.load_file(self.office.named(programme), key, kind, file, hand)

    @property
    def rulebook(self) -> Rulebook:
        return Rulebook(self.engine, self.clock)

    @property
    def applications(self) -> Applications:
        return Applications(
            engine=self.engine,
            vault=self.vault,
            find=self.office.find,
            world=self.ledger.at,
            clock=self.clock,
            lean=self._lean if self.feed else None,
        )

    @property
    def undoing(self) -> Undoing:
        return Undoing(self.engine, self.vault, self.clock)

    def counter(self, registry_url: str, submit_key: str) -> Counter:
        """Where holders exchange; this process holds the registry's key on the chain."""
        return Counter(
            engine=self.engine,
            vault=self.vault,
            applications=self.applications,
            registry=Applicant(registry_url, submit_key),
            claims=Claims(self.ledger, self.keys.account("registry")),
            clock=self.clock,
        )
