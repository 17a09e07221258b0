"""All that the web may call, in memory: a small true thing, held to the flow by the same tests."""

from collections.abc import Mapping

from tests.fakes.access import SCOPED, FakeAccess, FakeHolders, FakeHoldings
from tests.fakes.books import CHAIN_ID, CONTRACT
from tests.fakes.bundles import FakeBundles
from tests.fakes.census import FakeCensus
from tests.fakes.console import FakeConsole
from tests.fakes.desk import Desk
from tests.fakes.differences import FakeDifferences
from tests.fakes.examining import Examining
from tests.fakes.example import ANT_FOREST, OCEAN_BUDDY
from tests.fakes.exchanges import NoExchanges
from tests.fakes.ground import FakeGround
from tests.fakes.mirrors import FakeMirrors
from tests.fakes.provenance import FakeProvenance
from treering.domain.view import Network

API_KEY = "tr_test_ant_forest"
OTHER_API_KEY = "tr_test_ocean_buddy"
OPERATOR_KEY = "op_test"  # one of access.KEYS


class FakeServices(Desk, Examining):
    """`books` may be moved on by a test: settled, revoked, silenced."""

    def __init__(self, base_url: str) -> None:
        programmes = {API_KEY: ANT_FOREST, OTHER_API_KEY: OCEAN_BUDDY}
        programmes |= dict.fromkeys(SCOPED, ANT_FOREST)
        super().__init__(base_url, programmes)
        self.ground = FakeGround()
        self.access = FakeAccess({key: each.code for key, each in programmes.items()})
        self.exchanges = NoExchanges()
        self.holders, self.holdings = FakeHolders(), FakeHoldings(self.access)
        self.provenance = FakeProvenance(self.certificate, self.network())
        self.console = FakeConsole(self.books)
        self.differences = FakeDifferences()
        self.mirrors = FakeMirrors()
        self.census = FakeCensus()
        self.bundles = FakeBundles([self._key("ANT_FOREST").multikey])

    def standpoint(self) -> None:
        """Books in memory are read each time."""

    def network(self) -> Network:
        return Network(chain_id=CHAIN_ID, contract=CONTRACT)

    def readiness(self) -> Mapping[str, bool]:
        return {
            "database": True,
            "schema": True,
            "chain": not self.books.down,
            "books": self.halted() is None,
        }

    def halted(self) -> str | None:
        return self.books.halted
