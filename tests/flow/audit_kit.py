"""An audit by a node that may lie."""

from typing import Any

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, Lie, lying_node
from treering.chain.node import Node
from treering.flow.auditing.audit import Manner, audit
from treering.flow.auditing.report import AuditReport


def audited(lived: Chain, lie: Lie, **manner: Any) -> AuditReport:
    """By a node that tells what `lie` makes of the truth."""
    with lying_node(lived.node.url, lie) as url:
        node = Node(url)
        try:
            return audit(node, lived.contract, manner=Manner(**manner))
        finally:
            node.close()


def truth(method: str, params: list[Any], answer: Answer) -> Answer:
    return answer
