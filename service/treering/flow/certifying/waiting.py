"""Waiting: what is said of a certificate whose record the chain does not hold for good yet."""

from datetime import datetime

from treering.domain.batch import BatchState
from treering.domain.verification import Check, Report
from treering.errors import NotFinal
from treering.flow.certifying.certify import Found
from treering.flow.verifying.findings import Answer, Findings


def report_of_one_that_waits(found: Found, waiting: NotFinal, now: datetime) -> Report:
    """It says what for; nothing else of it could be looked at."""
    findings = Findings(now)
    findings.add(Check.NUMBER, Answer("NUMBER_OK", str(found.number)))
    for check in (Check.SIGNATURE, Check.DOCUMENT, Check.PROOF):
        findings.add(check, Answer("NOT_REACHED"))
    mined = found.batch is not None and found.batch.state is BatchState.MINED
    code = "ROOT_PENDING" if mined else "NOT_MINTED"
    findings.add(Check.ROOT, Answer(code, waiting.waits_for))
    for check in (Check.RECORD, Check.LOT, Check.REGISTRY):
        findings.add(check, Answer("NOT_REACHED"))
    return Report(str(found.number), tuple(findings.all))
