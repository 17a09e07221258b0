"""A process that is there for visitors follows the chain and heeds the books, whatever comes."""

import pytest
from structlog.testing import capture_logs

from tests.flow.test_heed import soon
from treering.chain.ledger import Ledger
from treering.flow.parts import Parts
from treering.flow.remembering.presence import Presence
from treering.flow.remembering.pursue import Follower


class Broken(Ledger):
    """A ledger with a fault that nobody has foreseen, until it is mended."""

    mended = False

    def final_block(self):
        if not self.mended:
            raise KeyError("number")
        return super().final_block()


@pytest.fixture
def ledger(parts: Parts) -> Broken:
    return Broken(parts.ledger.node, parts.ledger.contract)


def test_there_is_no_standpoint_until_somebody_follows_and_heeds(parts: Parts):
    presence = parts.presence
    assert presence.standpoint() is None
    presence.follower.step()
    assert presence.standpoint() is None
    with presence.kept():
        soon(lambda: presence.standpoint() is not None)
        assert presence.standpoint().sees_chain


def test_a_fault_that_nobody_foresaw_is_told_and_following_goes_on(parts: Parts, ledger: Broken):
    presence = Presence(Follower(ledger), parts.presence.heed, parts.presence.shelf)
    with capture_logs() as logs, presence.kept():
        soon(lambda: presence.standpoint() is not None)
        assert not presence.standpoint().sees_chain
        ledger.mended = True
        soon(lambda: presence.standpoint().sees_chain)
    assert "a look at the chain failed" in {log["event"] for log in logs}
