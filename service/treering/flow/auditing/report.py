"""What an audit found, as values and as the JSON document that an auditor keeps."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from treering.chain.node import Block
from treering.domain.recount.difference import Difference, Value
from treering.domain.recount.events import Place
from treering.domain.recount.summary import LotLine, SumLine

FORMAT = "treering-audit-1"
# What one node alone could withhold, since no counter of the contract covers it (docs/trust.md).
UNSEEN_BY_ONE = ("UNUSED_ROLES", "NEWEST_CLAIMS", "EMPTY_LOTS")
UNSEEN_IN_EVENTS = ("WHO_ACTED",)  # that is read from transactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much was looked at. Records are words on chain, of all units: not trees."""

    events: int
    batches: int
    records: int
    answers: int  # values that the contract was asked for
    differences: int  # all of them; a report keeps the first 1,000 in full


@dataclass(frozen=True, slots=True)
class Acts:
    """Transactions read: those sent to the contract itself, which were held to their events;
    and those that reached it through another contract, which cannot be."""

    direct: int
    indirect: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What the auditor brought along to compare with: `kind` is accepted, mirror or api."""

    kind: str
    name: str
    sha256: bytes
    compared: int  # values


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """`is_release` says whether the contract runs the very code of this release.

    `logs_hash` is of every log as it was told, `nodes` how many told the same; `acts` is None
    where no transaction was read.
    """

    contract: str
    chain_id: int
    code_hash: bytes
    is_release: bool
    block: Block
    logs_hash: bytes
    nodes: int
    acts: Acts | None
    counts: Counts
    sums: tuple[SumLine, ...]
    lots: tuple[LotLine, ...]
    differences: tuple[Difference, ...]
    inputs: tuple[Input, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.counts.differences == 0

    @property
    def unseen(self) -> tuple[str, ...]:
        """What this audit could not have found, whatever it says."""
        withheld = UNSEEN_BY_ONE if self.nodes == 1 else ()
        return withheld + (UNSEEN_IN_EVENTS if self.acts is None else ())

    def document(self) -> dict[str, Any]:
        """JSON-ready; hashes in hex. The same chain and block give the same document."""
        return {
            "format": FORMAT,
            "tool": f"treering {version('treering')}",
            "agrees": self.agrees,
            "contract": self.contract,
            "chain_id": self.chain_id,
            "code_hash": _plain(self.code_hash),
            "is_release": self.is_release,
            "block": {
                "number": self.block.number,
                "hash": _plain(self.block.hash),
                "time": datetime.fromtimestamp(self.block.timestamp, UTC).isoformat(),
            },
            "logs_hash": _plain(self.logs_hash),
            "nodes": self.nodes,
            "unseen": list(self.unseen),
            "transactions": asdict(self.acts) if self.acts else None,
            "inputs": [asdict(one) | {"sha256": _plain(one.sha256)} for one in self.inputs],
            "counts": asdict(self.counts),
            "sums": [asdict(line) for line in self.sums],
            "lots": [asdict(line) for line in self.lots],
            "differences": [_difference(difference) for difference in self.differences],
        }


def _difference(difference: Difference) -> dict[str, Any]:
    return {
        "code": difference.code.value,
        "rule": difference.code.rule,
        "subject": difference.subject,
        "expected": _plain(difference.expected),
        "found": _plain(difference.found),
        "lot": None if difference.lot is None else str(difference.lot),
        "serial": difference.serial,
        **_where(difference.place),
    }


def _where(place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"block": None, "log": None, "transaction": None}
    return {"block": place.block, "log": place.index, "transaction": _plain(place.transaction)}


def _plain(value: Value) -> Value:
    return "0x" + value.hex() if isinstance(value, bytes) else value
