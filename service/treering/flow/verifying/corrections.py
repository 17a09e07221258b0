"""Corrections: a document with a name that was corrected since says so, whoever brings it.

Its signature and its record are as good as before: what is wrong with it is that a newer one
took its place. What a holder no longer shows, or one who withdrew, makes no document wrong.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Engine

from treering.domain import compact, documents, name, own
from treering.domain.codes import CODES
from treering.domain.number import parse
from treering.domain.pdf import file as pdf
from treering.domain.verification import Check, Finding, Report
from treering.errors import CredentialMalformed, NumberMistyped
from treering.store import care

_CODE = "NAME_CORRECTED"


@dataclass(frozen=True, slots=True)
class Corrections:
    engine: Engine

    def of_document(self, report: Report, document: Mapping[str, Any]) -> Report:
        """The report on a credential, knowing whether its name was corrected."""
        subject = document.get("credentialSubject")
        shown = subject.get("holderName") if isinstance(subject, dict) else None
        return self._judged(report, shown)

    def of_file(self, report: Report, content: bytes) -> Report:
        """The same of a PDF, a credential or a holder's own copy, whatever its form."""
        try:
            document = _carried(content)
        except CredentialMalformed:
            return report
        return self.of_document(report, document or {})

    def of_code(self, report: Report, code: str) -> Report:
        try:
            claimed, _ = compact.read(code)
        except CredentialMalformed:
            return report
        return self._judged(report, claimed.masked_name)

    def _judged(self, report: Report, shown: object) -> Report:
        try:
            tree = parse(report.number).tree
        except NumberMistyped:
            return report
        with self.engine.connect() as connection:
            right = care.corrected_name(connection, tree)
        if right in (None, "", shown) or shown in ("", name.HIDDEN):
            return report
        return replace(report, findings=_corrected(report.findings))


def _corrected(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """With what check 3 finds now, unless it found worse; a code of a QR has no third check."""
    if any(f.check is Check.DOCUMENT and f.code != "DOCUMENT_OK" for f in findings):
        return tuple(findings)
    now = max(finding.as_of for finding in findings)
    found = Finding(Check.DOCUMENT, CODES[_CODE].verdict, _CODE, "", now)
    others = [f for f in findings if f.check is not Check.DOCUMENT]
    order = list(Check)
    return tuple(sorted([*others, found], key=lambda each: order.index(each.check)))


def _carried(content: bytes) -> Mapping[str, Any] | None:
    if pdf.is_pdf(content):
        return pdf.credential(content)
    document = documents.read(content)
    return own.read(document).credential if own.is_one(document) else document
