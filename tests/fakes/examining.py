"""Certificates as they are checked, whatever is brought."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from tests.fakes import checks
from tests.fakes.books import CHAIN_ID, CONTRACT, NOW, number_of
from tests.fakes.issuing import Issuing
from tests.fakes.lots import Lots
from treering import errors
from treering.domain import badge, claims, compact, documents, own
from treering.domain.batch import Batch, BatchState
from treering.domain.codes import CODES
from treering.domain.number import parse
from treering.domain.pdf import file as pdf
from treering.domain.record import TreeId, serial_of
from treering.domain.verdict import state
from treering.domain.verification import Check, Finding, Report, State
from treering.domain.view import CertificateView
from treering.flow.verifying.examine import Examiner
from treering.flow.verifying.findings import Findings
from treering.flow.verifying.holding import check_holder
from treering.flow.verifying.scan import Scanner
from treering.flow.verifying.verify import claimed_signer


class Examining(Issuing, Lots):
    """Reports on numbers, codes and files, and the page that shows one."""

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
            code = "BADGE_EMPTY" if badge.is_empty(content) else "BADGE_BROKEN"
            return self.verify(baked) if baked else Report("", (self._on_file(code),))
        if not pdf.is_pdf(content):
            document = documents.read(content)
            return self._verify_own(document) if own.is_one(document) else self.verify(document)
        document = pdf.credential(content)
        if document is None:
            code = "PDF_EMPTY" if pdf.is_foreign(content) else "PDF_STRIPPED"
            return Report("", (self._on_file(code),))
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
