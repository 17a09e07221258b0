"""All that the web may call, in memory: a small true thing, held to the flow by the same tests."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.fakes import checks
from tests.fakes.access import FakeAccess, FakeHolders, FakeHoldings
from tests.fakes.books import CHAIN_ID, CONTRACT, NOW, Books, number_key, number_of
from tests.fakes.bundles import FakeBundles
from tests.fakes.census import FakeCensus
from tests.fakes.console import FakeConsole
from tests.fakes.differences import FakeDifferences
from tests.fakes.example import ANT_FOREST, LOTS, OCEAN_BUDDY
from tests.fakes.exchanges import NoExchanges
from tests.fakes.ground import FakeGround
from tests.fakes.overview import overview
from tests.fakes.provenance import FakeProvenance
from treering import errors
from treering.domain import address, badge, claims, compact, documents, own
from treering.domain.batch import Batch, BatchState
from treering.domain.certificate import Certificate, certificate
from treering.domain.codes import CODES
from treering.domain.credential import unsigned
from treering.domain.issuer_key import IssuerKey
from treering.domain.keccak import keccak
from treering.domain.load import Entry, Granted, Outcome, by_cell
from treering.domain.lot import Lot
from treering.domain.name import masked
from treering.domain.number import is_issued, parse
from treering.domain.overview import Overview
from treering.domain.own import Asked
from treering.domain.pdf import file as pdf
from treering.domain.pdf.envelope import Notary
from treering.domain.proof import JCS, secured
from treering.domain.record import TreeId, serial_of
from treering.domain.redemption import Redemption, Wish, check
from treering.domain.verdict import state
from treering.domain.verification import Check, Finding, Report, State
from treering.domain.view import (
    CertificateView,
    Counts,
    LotFacts,
    LotView,
    Network,
    Programme,
    Redeemed,
    StatementView,
)
from treering.domain.wishes import WishIn
from treering.errors import TreeringError
from treering.flow.badges import Baker
from treering.flow.certify import Issuer
from treering.flow.examine import Examiner
from treering.flow.findings import Findings
from treering.flow.holding import check_holder
from treering.flow.printing import notary
from treering.flow.scan import Scanner
from treering.flow.verify import claimed_signer
from treering.render.pdf.press import Press
from treering.render.pdf.sheet import Sheet
from treering.render.pdf.signature import signed
from treering.settings import Settings
from treering.web.waiting import waits_for

API_KEY = "tr_test_ant_forest"
OTHER_API_KEY = "tr_test_ocean_buddy"
OPERATOR_KEY = "op_test"  # one of access.KEYS


@cache
def press() -> Press:
    """Tests share one, since it opens the fonts."""
    return Press(Settings.from_environ({}).fonts)


class FakeServices:
    """`books` may be moved on by a test: settled, revoked, silenced."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        programmes = {API_KEY: ANT_FOREST, OTHER_API_KEY: OCEAN_BUDDY}
        self.books = Books(programmes, {lot.slug: lot for lot in LOTS})
        self.ground = FakeGround()
        self.access = FakeAccess({key: each.code for key, each in programmes.items()})
        self.exchanges = NoExchanges()
        self.holders, self.holdings = FakeHolders(), FakeHoldings(self.access)
        self.books.accepted["ANT_FOREST-277"] = 150_000
        self.provenance = FakeProvenance(self.certificate, self.network())
        self.console = FakeConsole(self.books)
        self.signers = {
            programme.code: Ed25519PrivateKey.from_private_bytes(keccak(programme.code.encode()))
            for programme in programmes.values()
        }
        self.differences = FakeDifferences()
        self.census = FakeCensus()
        self.bundles = FakeBundles([self._key("ANT_FOREST").multikey])

    def standpoint(self) -> None:
        """Books in memory are read each time."""

    def authenticate(self, api_key: str | None) -> Programme:
        if api_key not in self.books.programmes:
            raise errors.NotAuthenticated("no key was given" if not api_key else "unknown key")
        return self.books.programmes[api_key]

    def remembered(self, api_key: str | None) -> Programme | None:
        return self.books.programmes.get(api_key or "")

    async def redeem(self, programme: Programme, key: str, wish: Wish) -> Redeemed:
        return self.redeem_now(programme, key, wish)

    def redeem_now(self, programme: Programme, key: str, wish: Wish) -> Redeemed:
        self._insist()
        before = self.books.keys.get((programme.code, key))
        if before:
            fingerprint, redemption_id = before
            if fingerprint != wish.fingerprint():
                raise errors.KeyReused(key)
            return self._redeemed(self.books.redemptions[redemption_id], replayed=True)
        lot = self._lot(wish.lot)
        if lot.programme != programme.code:
            raise errors.NotAllowed(f"{lot.slug} belongs to another programme")
        check(wish, lot, NOW)
        redemption = self.books.redeem(programme, key, wish, masked(wish.name))
        return self._redeemed(redemption, replayed=False)

    def load(
        self, programme: Programme, key: str, entries: Iterable[Entry]
    ) -> Iterator[Sequence[tuple[int, Outcome]]]:
        self._insist()
        for _, lines in by_cell(entries):
            yield [(line, self._loaded(programme, f"{key}\0{line}", w)) for line, w in lines]

    def numbers(self, granted: Granted) -> Sequence[str]:
        redemption = self.books.redemptions[granted.id]
        return [str(number_of(redemption, tree)) for tree in granted.trees()]

    def _loaded(self, programme: Programme, key: str, given: WishIn | TreeringError) -> Outcome:
        if isinstance(given, TreeringError):
            return given
        try:
            made = self.redeem_now(programme, key, given.wish())
        except TreeringError as refusal:
            return refusal
        found = made.redemption
        return Granted(found.lot, found.first_serial, found.count, made.replayed)

    def redemption(self, programme: Programme, redemption_id: UUID) -> Redeemed:
        found = self.books.redemptions.get(redemption_id)
        if found is None or found.programme != programme.code:
            raise errors.RedemptionNotFound(str(redemption_id))
        return self._redeemed(found, replayed=False)

    def issued(self, number: str) -> str:
        self._redemption_of(number)
        return str(parse(number))

    def certificate(self, number: str) -> CertificateView:
        redemption = self._redemption_of(number)
        tree = parse(number).tree
        lot = self.books.lot_by_id(redemption.lot)
        batch = self.books.batch_of(tree)
        report, state = self._judged(number, batch)
        facts = self._facts(lot)
        told = next((f.evidence for f in report.findings if f.check is Check.RECORD), {})
        fallen = told.keys() & {"reason", "replaced_by"}
        return CertificateView(
            number=number,
            state=state,
            report=report,
            programme=self._programme(redemption.programme),
            redemption=redemption,
            serial=serial_of(tree),
            lot=lot,
            lot_facts=facts,
            batch=batch,
            successor=self._linked(told.get("replaced_by")),
            predecessor=self._linked(told.get("replaces")),
            reason=str(told["reason"]) if "reason" in told else None,
            fallen_at=NOW + timedelta(days=30) if fallen else None,
            statements=tuple(self._statements(lot)) if facts and facts.accepted else (),
        )

    def verification(self, number: str) -> Report:
        self._redemption_of(number)
        report, _ = self._judged(number, self.books.batch_of(parse(number).tree))
        return report

    def tombstone(self, number: str):
        found = self.certificate(number)
        raise errors.NotWithdrawn(found.number)

    def credential(self, number: str) -> dict[str, Any]:
        return self.signed(number, chain_id=CHAIN_ID)

    def certified(self, number: str, *, chain_id: int = CHAIN_ID) -> Certificate:
        """The certificate as a ledger on that chain would have it."""
        redemption = self._redemption_of(number)
        parsed = parse(number)
        batch = self.books.batch_of(parsed.tree)
        if waits := waits_for(batch):
            raise errors.NotFinal(number, waits)
        return certificate(
            parsed,
            redemption,
            self.books.lot_by_id(redemption.lot),
            batch,
            chain_id=chain_id,
            contract=CONTRACT,
        )

    def signed(self, number: str, *, chain_id: int) -> dict[str, Any]:
        """The credential as a ledger on that chain would have it, truly signed."""
        found = self.certified(number, chain_id=chain_id)
        programme = self._programme(found.programme)
        document = unsigned(found, issuer=programme.issuer, base_url=self.base_url)
        signer = self.signers[programme.code]
        method = f"{programme.issuer}#{self._key(programme.code).multikey}"
        created = found.inclusion.block_time
        return secured(document, method=method, created=created, sign=signer.sign)

    def pdf(self, number: str) -> bytes:
        sheet = self._sheet(number)
        return signed(press().printed(sheet), self.notary(sheet.certificate.programme), sheet.time)

    def picture(self, number: str, shape: str) -> bytes:
        return press().pictured(self._sheet(number), shape)

    def _sheet(self, number: str) -> Sheet:
        made = self.certified(number)
        _, stands = self._judged(number, self.books.batch_of(parse(number).tree))
        if stands in (State.REVOKED, State.REPLACED):
            raise errors.CertificateFallen(f"{number} is {stands}")
        credential = json.dumps(self.credential(number), ensure_ascii=False, indent=2)
        return Sheet(
            certificate=made,
            programme=self._programme(made.programme).name,
            address=self.address(number),
            credential=credential.encode(),
        )

    def own_copy(self, programme: Programme, number: str, asked: Asked) -> dict[str, Any]:
        redemption = self._redemption_of(number)
        if redemption.programme != programme.code:
            raise errors.CertificateNotFound(number)
        found = self.certified(number)
        secret = self.books.secret_of(redemption)
        statement, parts = own.drawn_up(found.record, found.masked_name, secret, asked)
        method = f"{programme.issuer}#{self._key(programme.code).multikey}"
        sign = self.signers[programme.code].sign
        signed = secured(statement, method=method, created=NOW, sign=sign, suites=(JCS,))
        return own.copy(self.credential(number), signed, parts)

    @property
    def badges(self) -> Baker:
        return Baker(self.credential, self.picture)

    def notary(self, programme: str) -> Notary:
        scalar = int.from_bytes(keccak(b"pdf" + programme.encode())[1:], "big")
        issuer = Issuer(key=self._key(programme), sign=self.signers[programme].sign)
        return notary(programme, derive_private_key(scalar, SECP256R1()), issuer)

    def examine(self, brought: bytes) -> Report:
        return Examiner(
            base_url=self.base_url,
            of_number=lambda number: self.certificate(str(parse(number))).report,
            of_code=self.scan,
            of_file=self._of_file,
        ).examine(brought)

    def _of_file(self, content: bytes) -> Report:
        if badge.is_one(content):
            baked = badge.credential(content)
            return self.verify(baked) if baked else Report("", (self._on_file("BADGE_EMPTY"),))
        if not pdf.is_pdf(content):
            document = documents.read(content)
            return self._verify_own(document) if own.is_one(document) else self.verify(document)
        document = pdf.credential(content)
        if document is None:
            return Report("", (self._on_file("PDF_EMPTY"),))
        report = self.verify(document)
        found = self._on_file(pdf.judged(content, claimed_signer(document)))
        return Report(report.number, (*report.findings, found))

    def _verify_own(self, document: dict[str, Any]) -> Report:
        copy = own.read(document)
        found = Findings(NOW)
        key = claimed_signer(copy.credential)
        check_holder(found, copy, claims.facts(copy.credential), key)
        report = self.verify(copy.credential)
        return Report(report.number, (*report.findings, *found.all))

    def _on_file(self, code: str) -> Finding:
        return Finding(Check.FILE, CODES[code].verdict, code, "", NOW)

    def address(self, number: str) -> str:
        short = f"{self.base_url}/c/{self.issued(number)}"
        try:
            found = self.certified(number, chain_id=CHAIN_ID)
        except errors.NotFinal:
            return short
        code = found.programme
        compacted = compact.signed(compact.of(found), self._key(code), self.signers[code].sign)
        return address.written(self.base_url, compacted) or short

    def scan(self, code: str, *, ask_chain: bool = True) -> Report:
        scanner = Scanner(
            keys=lambda _: [self._key(code) for code in self.signers],
            world=None,
            network=compact.network_mark(CHAIN_ID, CONTRACT),
            clock=lambda: NOW,
        )
        return scanner.scan(code)

    def verify(self, document: Mapping[str, Any]) -> Report:
        keys = {code: self._key(code) for code in self.signers}
        return checks.report_on(document, self.books, keys)

    def lot(self, slug: str) -> LotView:
        lot = self._lot(slug)
        return LotView(
            lot=lot,
            programme=self._programme(lot.programme),
            facts=self._facts(lot),
            statements=() if self.books.down else tuple(self._statements(lot)),
        )

    def lots(self) -> Sequence[LotView]:
        return [self.lot(slug) for slug in self.books.lots]

    def counts(self) -> Sequence[Counts]:
        return [self._count(unit) for unit in ("TREE", "PLANT", "M2")]

    def overview(self) -> Overview:
        return overview(self.books, tuple(self.counts()))

    def did_document(self, programme: str) -> dict[str, Any]:
        if programme not in self.signers:
            raise errors.ProgrammeNotFound(programme)
        issuer = self._programme(programme).issuer
        multikey = self._key(programme).multikey
        method = {
            "id": f"{issuer}#{multikey}",
            "type": "Multikey",
            "controller": issuer,
            "publicKeyMultibase": multikey,
        }
        return {"id": issuer, "verificationMethod": [method], "assertionMethod": [method["id"]]}

    def network(self) -> Network:
        return Network(chain_id=CHAIN_ID, contract=CONTRACT)

    def readiness(self) -> Mapping[str, bool]:
        return {
            "database": True,
            "schema": True,
            "chain": not self.books.down,
            "books": self.halted() is None,
        }

    def _insist(self) -> None:
        if self.books.halted:
            raise errors.Diverged(self.books.halted)

    def halted(self) -> str | None:
        return self.books.halted

    def _judged(self, number: str, batch: Batch | None) -> tuple[Report, State]:
        if batch is None or batch.state is not BatchState.FINAL:
            mined = batch is not None and batch.state is BatchState.MINED
            return checks.pending(number, self.books, mined=mined), State.PENDING
        report = self.verify(self.credential(number))
        return report, state(report)

    def _linked(self, evidence: Any) -> str | None:
        tree = TreeId(int(evidence, 16)) if evidence else None
        found = self.books.redemption_of(tree) if tree is not None else None
        return str(number_of(found, tree)) if found and tree is not None else None

    def _redemption_of(self, number: str) -> Redemption:
        parsed = parse(number)
        found = self.books.redemption_of(parsed.tree)
        if found is None or not is_issued(parsed, number_key(found.programme)):
            raise errors.CertificateNotFound(number)
        return found

    def _redeemed(self, redemption: Redemption, *, replayed: bool) -> Redeemed:
        return Redeemed(
            redemption=redemption,
            lot_slug=self.books.lot_by_id(redemption.lot).slug,
            numbers=tuple(str(number_of(redemption, tree)) for tree in redemption.trees()),
            replayed=replayed,
        )

    def _lot(self, slug: str) -> Lot:
        if slug not in self.books.lots:
            raise errors.LotNotFound(slug)
        return self.books.lots[slug]

    def _programme(self, code: str) -> Programme:
        return next(found for found in self.books.programmes.values() if found.code == code)

    def _key(self, code: str) -> IssuerKey:
        return IssuerKey(self.signers[code].public_key().public_bytes_raw())

    def _facts(self, lot: Lot) -> LotFacts | None:
        if self.books.down:
            return None
        minted = sum(b.count for b in self.books.batches if b.lot == lot.id and b.inclusion)
        gone = {tree for tree in self.books.revoked if tree >> 32 == lot.id}
        accepted = self.books.accepted.get(lot.slug)
        return LotFacts(
            site=lot.site,
            species=lot.species.code,
            unit=lot.unit,
            year=lot.year,
            dossier=keccak(lot.slug.encode()),
            endorsed=lot.capacity,
            accepted=accepted,
            surveyed=None,
            minted=minted,
            revoked=len(gone),
            deficit=max(0, minted - accepted) if accepted is not None else 0,
            closed=False,
            block=self.books.block,
            block_hash=keccak(b"block" + self.books.block.to_bytes(8, "big")),
            as_of=NOW + timedelta(minutes=5),
        )

    def _statements(self, lot: Lot) -> list[StatementView]:
        stages = [("ENDORSEMENT", lot.capacity)]
        if lot.slug in self.books.accepted:
            stages.append(("ACCEPTANCE", self.books.accepted[lot.slug]))
        return [
            StatementView(
                stage=stage,
                inspector="0x70997970C51812dc3A010C7d01b50e0d17dc79C8",
                party_en=lot.inspector_en,
                party_zh=lot.inspector_zh,
                count=count,
                inspected_at=NOW - timedelta(days=2000),
                report=keccak(stage.encode()),
                transaction=keccak(lot.slug.encode() + stage.encode()),
            )
            for stage, count in stages
        ]

    def _count(self, unit: str) -> Counts:
        ids = {lot.id for lot in self.books.lots.values() if lot.unit.name == unit}
        batches = [batch for batch in self.books.batches if batch.lot in ids]
        final = sum(b.count for b in batches if b.state is BatchState.FINAL)
        mined = sum(b.count for b in batches if b.inclusion)
        asked = sum(r.count for r in self.books.redemptions.values() if r.lot in ids)
        return Counts(
            unit=unit,
            asked=asked,
            sent=mined,
            mined=mined,
            final=final,
            counted=None if self.books.down else mined,
            block=None if self.books.down else self.books.block,
            as_of=NOW,
        )
