"""The inspectorate over the forest."""

import pytest

from tests.chain_kit import Chain
from tests.flow.inspect.statements import name
from treering.flow.inspecting.inspect import Inspectorate
from treering.flow.parts import Parts


@pytest.fixture
def office(parts: Parts, forest: Chain, clock) -> Inspectorate:
    """Its inspector is a party of ours; the relayer has money."""
    name(parts, "NWSURVEY", forest.account("inspector").address)
    return Inspectorate(
        parts.engine,
        forest.ledger,
        lambda: parts.network,
        lambda: forest.account("relayer"),
        clock,
    )
