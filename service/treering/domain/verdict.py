"""From findings to the one state that a person sees."""

from treering.domain.codes import CODES, Code
from treering.domain.verification import Report, State, Verdict

_STATE_OF_CODE = {
    "RECORD_REPLACED": State.REPLACED,
    "RECORD_REVOKED": State.REVOKED,
    "NAME_CORRECTED": State.REPLACED,
}
# What our chain says of a document that is of another one means nothing.
_JUDGED_BY_OUR_CHAIN = {"WRONG_NETWORK", "KEY_NOT_LISTED", "KEY_NOT_OF_ITS_TIME"}
# The certificate itself is as it was: what fell is what it was exchanged for (0080).
_OF_THE_EXCHANGE = {"EXCHANGE_UNKNOWN", "EXCHANGE_WITHDRAWN", "EXCHANGE_DIFFERS"}
# A picture or a PDF of anybody's: no certificate was brought, so none was altered.
NO_CERTIFICATE = frozenset({"BADGE_EMPTY", "PDF_EMPTY"})
FALLEN = frozenset({State.REVOKED, State.REPLACED, State.ALTERED})
_WAITS_FOR_THE_CHAIN = {"ROOT_PENDING", "NOT_MINTED"}


def state(report: Report) -> State:
    """One of the eight. A forged document is ALTERED, even if its record is also revoked; what
    became of a fulfilment certificate is told beside it, and alters no tree certificate."""
    if report.findings and all(f.code in NO_CERTIFICATE for f in report.findings):
        return State.NOT_FOUND
    rest = tuple(f for f in report.findings if f.code not in _OF_THE_EXCHANGE)
    return _state(Report(report.number, rest))


def _state(report: Report) -> State:
    codes = [f.code for f in report.findings if f.verdict is Verdict.INVALID]
    if "WRONG_NETWORK" in codes and _JUDGED_BY_OUR_CHAIN.issuperset(codes):
        return State.WRONG_NETWORK
    if any(code not in _STATE_OF_CODE for code in codes):
        return State.ALTERED
    if codes:  # what became of the record goes before what became of its document
        return _STATE_OF_CODE[min(codes, key=lambda code: code == "NAME_CORRECTED")]
    if report.verdict is Verdict.VALID:
        return State.FINAL
    if any(f.code in _WAITS_FOR_THE_CHAIN for f in report.findings):
        return State.PENDING
    return State.CANNOT_CHECK_NOW


def against(report: Report) -> Code | None:
    """What speaks against the exchange alone, if anything does: the certificate still stands."""
    found = (f.code for f in report.findings if f.code in _OF_THE_EXCHANGE)
    return next((CODES[code] for code in found), None)
