"""A difference: one fact that does not add up, with what was expected and what was found."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from treering.domain.record import (
    LotId,
    TreeId,
    lot_number_of,
    lot_of,
    programme_of,
    serial_of,
)
from treering.domain.recount.events import Place

Value = int | str | bytes | None


class Code(StrEnum):
    """Stable and public, each with the rule that was broken."""

    rule: str

    def __new__(cls, value: str, rule: str) -> Self:
        code = str.__new__(cls, value)
        code._value_ = value
        code.rule = rule
        return code

    EVENT_ORDER = "EVENT_ORDER", "every log stands after the one before it"
    EVENT_STRANGE = "EVENT_STRANGE", "only TreeLedger's own events are written"
    VALUE_MISSING = "VALUE_MISSING", "a value that is required is not zero"
    PROGRAMME_REPEATED = "PROGRAMME_REPEATED", "a programme is opened once"
    PROGRAMME_UNKNOWN = "PROGRAMME_UNKNOWN", "a programme is opened before it acts"
    CODE_MALFORMED = "CODE_MALFORMED", "a code is printable ASCII, left-aligned"
    LOT_REPEATED = "LOT_REPEATED", "a lot is opened once"
    LOT_UNKNOWN = "LOT_UNKNOWN", "a lot is opened before anything happens to it"
    LOT_CLOSED = "LOT_CLOSED", "nothing is minted into a closed lot, and it is closed once"
    LOT_YEAR = "LOT_YEAR", "a planting year is 1981 to 9998"
    LOT_UNIT = "LOT_UNIT", "a lot is counted in trees, plants or square metres"
    STATEMENT_STAGE = "STATEMENT_STAGE", "endorsed first, then accepted, then surveyed"
    STATEMENT_SEASON = (
        "STATEMENT_SEASON",
        "endorsed before the planting year ends, else after it begins",
    )
    STATEMENT_INSPECTOR = "STATEMENT_INSPECTOR", "only an inspector states"
    STATEMENT_NONCE = "STATEMENT_NONCE", "an inspector's statements are numbered without a gap"
    STATEMENT_CHAIN = "STATEMENT_CHAIN", "a statement supersedes the lot's newest of its stage"
    STATEMENT_COUNT = "STATEMENT_COUNT", "a statement's old count is the one that stood"
    SERIAL_UNEXPECTED = "SERIAL_UNEXPECTED", "a batch begins where its lot ended"
    CAP_EXCEEDED = "CAP_EXCEEDED", "no more is minted than was accepted, or endorsed before that"
    BATCH_SIZE = "BATCH_SIZE", "a batch holds 1 to 6,500 whole records"
    ROOT_DIFFERS = "ROOT_DIFFERS", "a batch's root is the root of its holders"
    MINTED_IN_PAUSE = "MINTED_IN_PAUSE", "nothing is minted during a pause"
    PAUSE_REPEATED = "PAUSE_REPEATED", "a pause begins and ends in turn"
    RECORD_UNKNOWN = "RECORD_UNKNOWN", "a record is minted before anything happens to it"
    RECORD_REVOKED_BEFORE = "RECORD_REVOKED_BEFORE", "nothing more happens to a revoked record"
    RECORD_REASON = "RECORD_REASON", "a record is revoked for one of the known reasons"
    RECORD_SUCCESSOR = "RECORD_SUCCESSOR", "a record replaces one other at most"
    RECORD_PROGRAMME = "RECORD_PROGRAMME", "a record is replaced within its programme"
    RECORD_NOT_A_TREE = "RECORD_NOT_A_TREE", "only trees are claimed"
    RECORD_CLAIMED = "RECORD_CLAIMED", "a record is claimed once until it is released"
    RECORD_NOT_CLAIMED = "RECORD_NOT_CLAIMED", "only the claim that stands is released"
    FEED_HEAD = "FEED_HEAD", "a feed's old head is the one that stood"
    FEED_SHRINKS = "FEED_SHRINKS", "a feed never shrinks, and its root changes only with its size"
    KEY_REPEATED = "KEY_REPEATED", "an issuer key is set once"
    KEY_UNKNOWN = "KEY_UNKNOWN", "an issuer key is set before it is retired"
    KEY_END = "KEY_END", "an issuer key's old end is the one that stood"
    KEY_RETIRED = "KEY_RETIRED", "an issuer key's end is only ever moved forward"
    SUCCESSOR_REPEATED = "SUCCESSOR_REPEATED", "the next contract is named once"
    ROLE_UNKNOWN = "ROLE_UNKNOWN", "a role is one of the contract's, of an opened programme"
    ROLE_REPEATED = "ROLE_REPEATED", "a role is granted to one who lacks it"
    ROLE_NOT_HELD = "ROLE_NOT_HELD", "a role is taken from one who holds it"
    DUTIES_CONFLICT = "DUTIES_CONFLICT", "no address ever holds two of: inspect, register, mint"
    ROLE_LACKING = "ROLE_LACKING", "every act is by an address that holds its role at that moment"
    CALL_DIFFERS = "CALL_DIFFERS", "a transaction's events are those of its call"
    STATEMENT_DIGEST = "STATEMENT_DIGEST", "a statement's id is the digest of what was submitted"
    STATEMENT_SIGNATURE = "STATEMENT_SIGNATURE", "a statement is signed by its inspector"
    ACCEPTED_DIFFERS = "ACCEPTED_DIFFERS", "the accepted count is the one that was brought along"
    FEED_DIFFERS = "FEED_DIFFERS", "a mirrored feed has the root that was anchored for its size"
    API_DIFFERS = "API_DIFFERS", "the service shows the count that the contract held"
    CONTRACT_DIFFERS = "CONTRACT_DIFFERS", "the contract holds what its events tell"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`subject` says what it is about; `lot`, `serial` and `place` where that can be said."""

    code: Code
    subject: str
    expected: Value
    found: Value
    lot: LotId | None = None
    serial: int | None = None
    place: Place | None = None


def of(code: Code, subject: str, expected: Value, found: Value) -> Difference:
    return Difference(code=code, subject=subject, expected=expected, found=found)


def of_lot(code: Code, lot: LotId, expected: Value, found: Value) -> Difference:
    return Difference(code=code, subject=lot_name(lot), expected=expected, found=found, lot=lot)


def of_record(code: Code, tree: TreeId, expected: Value, found: Value) -> Difference:
    return Difference(
        code=code,
        subject=record_name(tree),
        expected=expected,
        found=found,
        lot=lot_of(tree),
        serial=serial_of(tree),
    )


def lot_name(lot: LotId) -> str:
    return f"lot {programme_of(lot)}/{lot_number_of(lot)}"


def record_name(tree: TreeId) -> str:
    lot = lot_of(tree)
    return f"record {programme_of(lot)}/{lot_number_of(lot)}/{serial_of(tree)}"
