"""What tests of reconciliation share: a world where all sides agree, to sow discord in."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import text

from tests.chain_kit import Chain
from tests.fakes.registry import PUBLIC, LooseRegistry, after, serving
from treering.domain.fulfilment import Entry, Event
from treering.domain.reconciliation import Run, Standing
from treering.domain.record import lot_id, tree_id
from treering.domain.recount.difference import record_name
from treering.flow.parts import Parts
from treering.flow.reconciling.reconcile import Reconciler
from treering.registry.feed import Feed

LOT = lot_id(1, 277)
FIRST, SECOND, THIRD, *OTHERS = (tree_id(LOT, serial) for serial in range(6))
EXCHANGED = (FIRST, SECOND, THIRD)
OTHER = b"\7" * 32  # a certificate that is not `World.certificate`


def later() -> datetime:
    """An hour ahead, since a node that mines on command runs ahead of the clock."""
    return datetime.now(UTC) + timedelta(hours=1)


def listing(certificate: bytes, *trees: int, year: int = 2018) -> Entry:
    return Entry(
        event=Event.ISSUED,
        certificate=certificate,
        year=year,
        adcode="620000",
        form="F6",
        trees=tuple(sorted(trees)),
        at=datetime(2026, 1, 1, tzinfo=UTC),
        synthetic=True,
    )


def exchange(
    state: str, certificate: bytes, trees: Sequence[int], applied_at: str = "2026-01-01Z"
) -> str:
    """SQL: by the holder of the first of these records."""
    array = ", ".join(f"'\\x{tree:024x}'::bytea" for tree in trees)
    return (
        "INSERT INTO exchanges (id, holder, year, state, trees, sealed_salt, commitment, "
        f"applied_at, adcode) SELECT '{uuid4()}', holder, 2018, '{state}', ARRAY[{array}], '', "
        f"'\\x{certificate.hex()}', '{applied_at}', '620000' FROM redemptions "
        f"WHERE lot = {LOT} AND first_serial = {trees[0] & 0xFFFFFFFF}"
    )


@dataclass
class World:
    """Six final records of two holders; the first three are exchanged for `certificate`."""

    parts: Parts
    chain: Chain
    log: LooseRegistry
    certificate: bytes = b"\5" * 32

    def exchange(self) -> None:
        """As three sides tell it when all has gone well."""
        self.log.add(listing(self.certificate, *EXCHANGED))
        self.chain.act("registry", "claim", self.certificate, list(EXCHANGED))
        self.sql(exchange("claimed", self.certificate, EXCHANGED))

    def reconciler(self, patience: timedelta = timedelta(0)) -> Reconciler:
        """What happens now is judged now."""
        return self.parts.reconciler(patience)

    def run(self, *arguments: object) -> Run:
        self.chain.finalise()
        self.parts.sync_mirror()
        return self.reconciler().run(*arguments)

    def open(self) -> list[Standing]:
        return list(self.parts.registrar.open_now(1000))

    def found(self, *arguments: object) -> list[str]:
        """Run; the names of the cases that are open, with their subjects."""
        self.run(*arguments)
        return sorted(f"{one.name} {one.subject}" for one in self.open())

    def says(self, event: Event, **changes: object) -> None:
        """The registry's next word on the certificate."""
        entry = listing(self.certificate, FIRST, SECOND, THIRD)
        self.log.add(after(entry, event, **changes))

    def sql(self, *commands: str) -> None:
        """Whatever no flow of ours would do; foreign keys sleep meanwhile."""
        with self.parts.engine.begin() as connection:
            for command in ("SET LOCAL session_replication_role = replica", *commands):
                connection.execute(text(command))


@contextmanager
def world_of(parts: Parts, chain: Chain) -> Iterator[World]:
    """With a registry that signs whatever it has, followed by a real mirror."""
    log = LooseRegistry(clock=later)
    with serving(log.app()) as url:
        yield World(replace(parts, feed=Feed(url, PUBLIC), clock=later), chain, log)


def records(case: str, *trees: int) -> list[str]:
    return [f"{case} {record_name(tree)}" for tree in trees]


def certificate_of(world: World) -> str:
    return f"certificate 0x{world.certificate.hex()}"
