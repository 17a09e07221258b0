"""The one state of eight that a person sees, read off a report's findings."""

from treering.domain.batch import Batch, BatchState
from treering.domain.verification import Report, State, Verdict

_BY_CODE = {
    "NUMBER_MISTYPED": State.NOT_FOUND,
    "WRONG_NETWORK": State.WRONG_NETWORK,
    "RECORD_REVOKED": State.REVOKED,
    "RECORD_REPLACED": State.REPLACED,
}
_WAITING = frozenset({"NOT_MINTED", "ROOT_PENDING"})


def state_of(report: Report) -> State:
    """The state of a document that somebody brought."""
    wrong = [finding for finding in report.findings if finding.verdict is Verdict.INVALID]
    for code, state in _BY_CODE.items():
        if any(finding.code == code for finding in wrong):
            return state
    if wrong:
        return State.ALTERED
    if report.verdict is Verdict.VALID:
        return State.FINAL
    waits = any(finding.code in _WAITING for finding in report.findings)
    return State.PENDING if waits else State.CANNOT_CHECK_NOW


def waits_for(batch: Batch | None) -> str:
    """What the record still waits for: batch, block, finality or person; empty once final."""
    if batch is None:
        return "batch"
    return {
        BatchState.SEALED: "block",
        BatchState.SIGNED: "block",
        BatchState.MINED: "finality",
        BatchState.FINAL: "",
        BatchState.BLOCKED: "person",
    }[batch.state]
