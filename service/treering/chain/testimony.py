"""What inspectors stated of a lot, as the ledger's events tell it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from treering.chain import abi
from treering.chain.ledger import LedgerAt
from treering.chain.node import data, understood
from treering.domain.record import LotId
from treering.domain.stage import Stage
from treering.errors import ChainUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Testimony:
    """One statement. `inspector` is a lower-case address."""

    stage: Stage
    inspector: str
    count: int
    inspected_at: datetime
    report: bytes
    transaction: bytes
    id: bytes
    supersedes: bytes  # zeros for the first of its stage


def of_lot(at: LedgerAt, lot: LotId) -> list[Testimony]:
    """All statements on a lot up to this block, oldest first; none is ever left out."""
    topic = "0x" + abi.event_topic("Stated").hex()
    logs = at.logs([topic, "0x" + lot.to_bytes(32, "big").hex()])
    return understood(lambda: [_testimony(log) for log in logs])


def _testimony(log: dict[str, str]) -> Testimony:
    event = abi.event([data(topic) for topic in log["topics"]], data(log["data"]))
    if event is None:
        raise ChainUnavailable("the node gave another event than was asked for")
    stated = event.values
    return Testimony(
        stage=Stage(stated["stage"]),
        inspector=stated["inspector"].lower(),
        count=stated["newCount"],
        inspected_at=datetime.fromtimestamp(stated["inspectedAt"], UTC),
        report=stated["report"],
        transaction=data(log["transactionHash"]),
        id=stated["id"],
        supersedes=stated["supersedes"],
    )
