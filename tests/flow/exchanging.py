"""What tests of exchanges share: the real twin on a port, claims on the test chain, a counter."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.chain_kit import Chain
from tests.fakes.registry import KEY, PUBLIC, SUBMIT_KEY, serving
from tests.flow.conftest import WISH
from treering.chain.claims import Claims
from treering.domain.exchange import Asked, Eligibility, Exchange, Source
from treering.flow.exchanging.exchange import Counter
from treering.flow.parts import Parts
from treering.registry.feed import Feed
from treering.registry.twin import twin_app

HERE = "150000"
ELIGIBLE = Eligibility(eligible=True, consented=True, source=Source.PROGRAMME)


def asked(
    numbers: Sequence[str], adcode: str = HERE, said: Eligibility | None = ELIGIBLE
) -> Asked:
    return Asked(numbers=numbers, adcode=adcode, eligibility=said)


class KitClaims(Claims):
    """Real claims on the test chain, mined at once."""

    def __init__(self, chain: Chain) -> None:
        super().__init__(chain.ledger, chain.account("registry"))
        object.__setattr__(self, "chain", chain)

    def claim(self, commitment, trees) -> None:
        self.chain.act("registry", "claim", commitment, list(trees))

    def release(self, trees) -> None:
        self.chain.act("registry", "release", list(trees))


@dataclass
class RunningTwin:
    """Its address, the feed of its log, and the one thing that it does of itself."""

    url: str
    feed: Feed

    def withdraw(self, exchange: Exchange) -> None:
        assert exchange.commitment
        path = f"{self.url}/certificates/{exchange.commitment.hex()}/withdrawal"
        httpx.post(path, headers={"authorization": f"Bearer {SUBMIT_KEY}"}).raise_for_status()

    @property
    def size(self) -> int:
        """Entries in its log."""
        return self.feed.head().size


@contextmanager
def running_twin(folder: Path) -> Iterator[RunningTwin]:
    with serving(twin_app(folder, KEY, lambda: datetime.now(UTC), SUBMIT_KEY)) as url:
        yield RunningTwin(url, Feed(url, PUBLIC))


def followed(parts: Parts, twin: RunningTwin) -> Parts:
    """The same parts, which follow the twin's log, as it stands now."""
    following = replace(parts, feed=twin.feed, clock=lambda: datetime.now(UTC))
    following.sync_mirror()
    return following


def more(parts: Parts, desk, sealer, mint, forest: Chain, **changes) -> list[str]:
    """Three more final certificates."""
    wish = replace(WISH, count=3, redeemed_at=datetime(2018, 6, 1, tzinfo=UTC))
    wish = replace(wish, **changes)
    redemption, _ = desk.redeem("ANT_FOREST", f"more {changes}", wish)
    sealer.seal_due()
    for _ in range(5):
        mint.step()
        forest.mine()
    return list(parts.office.numbers(redemption))


def counting(counter: Counter, **others) -> Counter:
    """The counter with other parts; `find` is the applications'."""
    if "find" in others:
        applications = replace(counter.applications, find=others.pop("find"))
        counter = replace(counter, applications=applications)
    return replace(counter, **others)
