"""All that the web may ask, each by the flow that answers it."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import IO, Any
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from treering.chain.ledger import LedgerAt
from treering.domain.load import Entry, Granted, Outcome
from treering.domain.overview import Overview
from treering.domain.own import Asked
from treering.domain.proof import JCS
from treering.domain.record import serial_of
from treering.domain.redemption import Redemption, Wish
from treering.domain.role import Person, Scope
from treering.domain.standpoint import Standpoint
from treering.domain.verdict import FALLEN, state
from treering.domain.verification import Check, Report
from treering.domain.view import CertificateView, Counts, LotView, Network, Programme, Redeemed
from treering.errors import CertificateFallen, NotAuthenticated, NotFinal
from treering.flow.admitting.access import Gatehouse
from treering.flow.admitting.keybook import CONSOLE
from treering.flow.caring.holdings import Holdings
from treering.flow.caring.ombudsman import Ombudsman
from treering.flow.caring.withdraw import tombstone
from treering.flow.certifying.badges import Baker
from treering.flow.certifying.certify import Found, Office
from treering.flow.certifying.own import of_programme, own_copy
from treering.flow.certifying.printing import Printer
from treering.flow.certifying.waiting import report_of_one_that_waits
from treering.flow.exchanging.fulfilled import Fulfilled
from treering.flow.inspecting.forester import Forester
from treering.flow.mirroring.warden import Warden
from treering.flow.overseeing.oversee import Overseer
from treering.flow.reconciling.census import Statistician
from treering.flow.reconciling.differences import Registrar
from treering.flow.redeeming.admission import Admission
from treering.flow.redeeming.ahead import Hand
from treering.flow.redeeming.halt import Halt
from treering.flow.redeeming.load import Answers, Loader
from treering.flow.redeeming.redeem import Desk
from treering.flow.remembering.presence import Presence
from treering.flow.showing.console import Console
from treering.flow.showing.counts import Tally
from treering.flow.showing.lots import Gazetteer
from treering.flow.tracing.provenance import Provenance
from treering.flow.verifying.checks import World
from treering.flow.verifying.corrections import Corrections
from treering.flow.verifying.examine import Examiner
from treering.flow.verifying.findings import NO_ANSWER, Evidence, evidence_of
from treering.flow.verifying.larder import Larder
from treering.flow.verifying.scan import Scanner
from treering.flow.verifying.verify import Verifier
from treering.intake.formats import Format
from treering.store.care import Tombstone
from treering.store.engine import takes_writes
from treering.store.lots import Lots
from treering.store.migrate import version

AT_ONCE = 100  # numbers of certificates; more of them are made aside, and hold up nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The flows behind the web's `Services`."""

    engine: Engine
    halt: Halt
    desk: Desk
    admission: Admission
    loader: Loader
    office: Office
    printer: Printer
    verifier: Verifier
    gazetteer: Gazetteer
    tally: Tally
    overseer: Overseer
    scanner: Scanner
    bundles: Larder
    access: Gatehouse
    provenance: Provenance
    exchanges: Fulfilled
    console: Console
    ground: Forester
    holders: Ombudsman
    corrections: Corrections
    holdings: Holdings
    differences: Registrar
    mirrors: Warden
    census: Statistician
    clock: Callable[[], datetime]
    presence: Presence

    def standpoint(self) -> Standpoint | None:
        return self.presence.standpoint()

    def authenticate(self, api_key: str | None, scope: Scope) -> Programme:
        tenant = self.office.tenants.of_key(api_key, scope)
        if tenant is None:
            raise NotAuthenticated("no living key")
        return self.office.programme(tenant)

    def remembered(self, api_key: str | None, scope: Scope) -> Programme | None:
        tenant = self.office.tenants.remembered(api_key, scope)
        return self.office.programme(tenant) if tenant else None

    async def redeem(self, programme: Programme, key: str, wish: Wish) -> Redeemed:
        redemption, replayed = await self.admission.redeem(programme.code, key, wish)
        answer = partial(self._redeemed, redemption, wish.lot, replayed=replayed)
        return await asyncio.to_thread(answer) if redemption.count > AT_ONCE else answer()

    def redeem_now(self, programme: Programme, key: str, wish: Wish) -> Redeemed:
        """Without a queue: for whoever is alone."""
        self.halt.insist()
        redemption, replayed = self.desk.redeem(programme.code, key, wish)
        return self._redeemed(redemption, wish.lot, replayed=replayed)

    def load(
        self, programme: Programme, key: str, entries: Iterable[Entry]
    ) -> Iterator[Sequence[tuple[int, Outcome]]]:
        yield from self._unless_halted(self.loader.load(programme.code, key, entries))

    def load_file(
        self, programme: Programme, key: str, kind: Format, file: IO[bytes], hand: Hand | None
    ) -> Iterator[Sequence[tuple[int, Outcome]]]:
        loading = self.loader.load_file(programme.code, key, kind, file, hand)
        yield from self._unless_halted(loading)

    def _unless_halted(self, loading: Iterator[Answers]) -> Iterator[Answers]:
        self.halt.insist()
        for answers in loading:
            yield answers
            self.halt.insist()

    def numbers(self, granted: Granted) -> Sequence[str]:
        return self.office.numbers(granted)

    def redemption(self, programme: Programme, redemption_id: UUID) -> Redeemed:
        found = self.desk.find(programme.code, redemption_id)
        with self.engine.connect() as connection:
            slug = Lots(connection).get(found.lot).slug
        return self._redeemed(found, slug, replayed=False)

    def issued(self, number: str) -> str:
        return str(self.office.find(number).number)

    def certificate(self, number: str) -> CertificateView:
        """The report and the lot's facts are of one block, and a silent node is asked once."""
        found = self.presence.find(number)
        world = self.gazetteer.pinned()
        report = self._report(found, world)
        facts = self.gazetteer.facts(found.lot, world)
        told = evidence_of(report, Check.RECORD)
        return CertificateView(
            number=str(found.number),
            state=state(report),
            report=report,
            programme=self.office.programme(found.tenant),
            redemption=found.redemption,
            serial=serial_of(found.number.tree),
            lot=found.lot,
            lot_facts=facts,
            batch=found.batch,
            successor=self.office.linked(told.get("replaced_by"), found.tenant),
            predecessor=self.office.linked(told.get("replaces"), found.tenant),
            reason=str(told["reason"]) if "reason" in told else None,
            fallen_at=self._fallen_at(found, told, world),
            statements=self.gazetteer.statements(found.lot, facts, world),
        )

    def verification(self, number: str) -> Report:
        return self._report(self.presence.find(number), self.gazetteer.pinned())

    def tombstone(self, number: str) -> Tombstone:
        return tombstone(self.engine, self.office.find(number).holder)

    def credential(self, number: str) -> dict[str, Any]:
        return self.office.credential(self.office.find(number))

    def pdf(self, number: str) -> bytes:
        """Not of a certificate that the chain contradicts now; a silent node is no reason."""
        return self.printer.pdf(self._standing(number))

    def picture(self, number: str, shape: str) -> bytes:
        """Likewise."""
        return self.printer.picture(self._standing(number), shape)

    def _standing(self, number: str) -> Found:
        found = self.presence.find(number)
        report = self._report(found, self.gazetteer.pinned())
        if (fallen := state(report)) in FALLEN:
            raise CertificateFallen(f"{found.number} is {fallen}")
        return found

    def own_copy(self, by: Person, number: str, asked: Asked) -> dict[str, Any]:
        of_programme(self.office.find(number), by.programme)
        return self.own_copy_now(number, asked, by)

    def own_copy_now(self, number: str, asked: Asked, by: Person = CONSOLE) -> dict[str, Any]:
        """For whoever holds the books. A look at what is personal, which is told."""
        found = self.office.find(number)
        self.access.look(by, f"holder {found.holder}")
        return own_copy(self.office, found, asked, self.clock())

    @property
    def badges(self) -> Baker:
        return Baker(self.credential, self.picture)

    def address(self, number: str) -> str:
        return self.office.address(self.presence.find(number))

    def examine(self, brought: bytes) -> Report:
        return Examiner(
            base_url=self.office.base_url,
            of_number=lambda number: self.certificate(number).report,
            of_code=self.scan,
            of_file=lambda given: self.corrections.of_file(
                self.verifier.verify_file(given), given
            ),
        ).examine(brought)

    def verify(self, document: Mapping[str, Any]) -> Report:
        report = self.verifier.verify(document)
        return self.corrections.of_document(report, document)

    def scan(self, code: str, *, ask_chain: bool = True) -> Report:
        scanner = self.scanner if ask_chain else replace(self.scanner, world=None)
        report = scanner.scan(code)
        return self.corrections.of_code(report, code) if ask_chain else report

    def lot(self, slug: str) -> LotView:
        return self.gazetteer.lot(slug)

    def lots(self) -> Sequence[LotView]:
        return self.gazetteer.lots()

    def counts(self) -> Sequence[Counts]:
        return self.tally.counts()

    def overview(self) -> Overview:
        return self.overseer.overview()

    def did_document(self, programme: str) -> dict[str, Any]:
        return self.office.did_document(programme)

    def network(self) -> Network:
        return self.office.network

    def halted(self) -> str | None:
        return self.halt.why()

    def readiness(self) -> Mapping[str, bool]:
        return {
            "database": takes_writes(self.engine),
            "schema": self._schema_is_ours(),
            "chain": self._chain_answers(),
            "books": self.halt.is_known_well(),
        }

    def _fallen_at(self, found: Found, told: Evidence, world: LedgerAt | None) -> datetime | None:
        if not told.keys() & {"reason", "replaced_by"}:
            return None
        return self.gazetteer.fallen_at(found.number.tree, world)

    def _report(self, found: Found, world: World | None) -> Report:
        """The report on a certificate of ours; one that still waits says what for. What we have
        just signed needs one proof only, and the quick one is as firm."""
        try:
            return self.verifier.verify_at(world, self.office.credential(found, (JCS,)))
        except NotFinal as waiting:
            return report_of_one_that_waits(found, waiting, self.clock())
        except NO_ANSWER:
            return self.verifier.verify_at(None, self.office.undated(found))

    def _redeemed(self, redemption: Redemption, slug: str, *, replayed: bool) -> Redeemed:
        numbers = self.office.numbers(redemption)
        return Redeemed(redemption=redemption, lot_slug=slug, numbers=numbers, replayed=replayed)

    def _schema_is_ours(self) -> bool:
        """Or a newer one, which this program can still read while it is being replaced."""
        try:
            found = version(self.engine)
        except SQLAlchemyError:
            return False
        return found.is_current or found.is_newer

    def _chain_answers(self) -> bool:
        try:
            self.tally.world("latest")
        except NO_ANSWER:
            return False
        return True
