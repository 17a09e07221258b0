"""What a check of a certificate found, in words that page, JSON, badge and CLI all show."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    VALID = "VALID"
    INVALID = "INVALID"
    UNKNOWN = "UNKNOWN"  # the check could not be made: never shown as either


class State(StrEnum):
    """What a person sees: one of eight, each with its own words, icon and colour."""

    FINAL = "FINAL"
    PENDING = "PENDING"
    REVOKED = "REVOKED"
    REPLACED = "REPLACED"
    ALTERED = "ALTERED"
    NOT_FOUND = "NOT_FOUND"
    WRONG_NETWORK = "WRONG_NETWORK"
    CANNOT_CHECK_NOW = "CANNOT_CHECK_NOW"


class Check(StrEnum):
    """The checks, in their order; the code of `flow/verifying/verify.py` bears their numbers.

    Eight are of every certificate; the ninth is of one that comes as a PDF, the tenth of a
    holder's own copy.
    """

    NUMBER = "number"
    SIGNATURE = "signature"
    DOCUMENT = "document"
    PROOF = "proof"
    ROOT = "root"
    RECORD = "record"
    LOT = "lot"
    REGISTRY = "registry"
    FILE = "file"
    HOLDER = "holder"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is stable and public; `evidence` holds the facts it rests on, JSON-ready."""

    check: Check
    verdict: Verdict
    code: str
    detail: str
    as_of: datetime
    evidence: dict[str, str | int | bool | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """The findings on one certificate number, in the order of the checks."""

    number: str
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """INVALID if any finding is, VALID only if there are findings and all are."""
        verdicts = {finding.verdict for finding in self.findings}
        if Verdict.INVALID in verdicts:
            return Verdict.INVALID
        return Verdict.VALID if verdicts == {Verdict.VALID} else Verdict.UNKNOWN
