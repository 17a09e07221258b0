"""An audit from its order to its signed report, and the same again for whoever doubts it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from treering.chain.node import Node
from treering.domain import attested
from treering.domain.issuer_key import IssuerKey
from treering.domain.recount.difference import Code
from treering.errors import AuditReportUnreadable
from treering.flow.auditing.api import api
from treering.flow.auditing.audit import Manner, Recounted, Watch, recounted, report_of
from treering.flow.auditing.inputs import Compared, accepted
from treering.flow.auditing.mirror import Log, mirror
from treering.flow.auditing.report import FORMAT, AuditReport

_MOST_BYTES = 256 << 20
# What says who made a report and how, and nothing of what was found.
_BESIDE = {"tool", "nodes", "unseen", "inputs"}
_OF_INPUTS = {Code.ACCEPTED_DIFFERS, Code.FEED_DIFFERS, Code.API_DIFFERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What an auditor asks for; `which` is a block's number or the node's name for one."""

    contract: str
    which: int | str = "finalized"
    accepted: Path | None = None
    mirror: Log | None = None
    api: str | None = None


def ordered(
    node: Node, order: Order, watch: Watch, manner: Manner
) -> tuple[AuditReport, Recounted]:
    """The report, and the recount behind it; raises as `audit` does, AuditInputUnreadable."""
    made = recounted(node, order.contract, order.which, watch, manner)
    compared = _compared(node, order, made)
    for one in compared:
        for difference in one.differences:
            made.recount.note(difference)
    report = report_of(made)
    return replace(report, inputs=tuple(one.input for one in compared)), made


def _compared(node: Node, order: Order, made: Recounted) -> Sequence[Compared]:
    books = made.recount.books
    found = []
    if order.accepted:
        found.append(accepted(order.accepted, books))
    if order.mirror:
        found.append(mirror(order.mirror, books))
    if order.api:
        found.append(api(order.api, node, order.contract))
    return found


def read(path: Path) -> tuple[dict[str, Any], IssuerKey]:
    """A signed document and whose it is; AuditReportUnreadable."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise AuditReportUnreadable(f"{path} is longer than {_MOST_BYTES} bytes")
        return attested.opened(json.loads(content))
    except (OSError, ValueError, RecursionError) as error:
        raise AuditReportUnreadable(f"{path}: {error}") from error


def order_of(document: dict[str, Any]) -> tuple[Order, bool]:
    """The order that a report answers, and whether transactions were read."""
    try:
        if document["format"] != FORMAT:
            raise AuditReportUnreadable(f"it is of format {document['format']!r}, not {FORMAT}")
        order = Order(contract=str(document["contract"]), which=int(document["block"]["number"]))
        return order, document["transactions"] is not None
    except (KeyError, TypeError, ValueError) as error:
        raise AuditReportUnreadable(f"a part is missing: {error!r}") from error


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """The parts of two reports that say different things of the chain alone: what was brought
    along to compare with is not at hand the second time."""
    one, two = _of_chain(before), _of_chain(after)
    return sorted(name for name in one.keys() | two.keys() if one.get(name) != two.get(name))


def _of_chain(document: dict[str, Any]) -> dict[str, Any]:
    try:
        kept = [d for d in document["differences"] if d["code"] not in _OF_INPUTS]
        brought = len(document["differences"]) - len(kept)
        counts = document["counts"] | {"differences": document["counts"]["differences"] - brought}
    except (KeyError, TypeError) as error:
        raise AuditReportUnreadable(f"a part is missing: {error!r}") from error
    found = {"differences": kept, "counts": counts, "agrees": counts["differences"] == 0}
    return {name: value for name, value in (document | found).items() if name not in _BESIDE}
