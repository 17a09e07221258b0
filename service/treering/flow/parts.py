"""The parts that the flows are made of, put together once a process."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from eth_account.signers.local import LocalAccount
from sqlalchemy import Engine

from treering.chain.admin import Admin
from treering.chain.claims import Claims
from treering.chain.keys import KeyFolder
from treering.chain.ledger import Ledger
from treering.chain.minting import Minting
from treering.chain.now import LedgerNow
from treering.domain.fulfilment import Interconnection
from treering.domain.load import Entry, Outcome
from treering.domain.record import TreeId
from treering.domain.redemption import Wish
from treering.domain.view import Network, Redeemed
from treering.errors import DatabaseUnsafe, Diverged
from treering.flow import mirror
from treering.flow.admission import Admission
from treering.flow.admit import Porter
from treering.flow.certify import Office
from treering.flow.counts import Tally
from treering.flow.crew import Crew, cores
from treering.flow.doctor.examine import Doctor
from treering.flow.exchange import Counter
from treering.flow.halt import Barrier, Halt
from treering.flow.hold import Hold
from treering.flow.identity import check_identity
from treering.flow.load import Loader
from treering.flow.lookout import Lookout
from treering.flow.lots import Gazetteer
from treering.flow.mint import Mint
from treering.flow.oversee import Overseer
from treering.flow.printing import printer
from treering.flow.publish import Example, minter_name
from treering.flow.recover import Recovery
from treering.flow.redeem import Desk
from treering.flow.scrub import Scrub
from treering.flow.seal import Sealer
from treering.flow.service import Service
from treering.flow.tenants import Tenants
from treering.flow.terms import Terms
from treering.flow.verify import Verifier
from treering.flow.watch import Watch
from treering.registry.applicant import Applicant
from treering.registry.feed import Feed
from treering.store import identity
from treering.store.clock import utc_now
from treering.store.condition import condition
from treering.store.vault import Vault


@dataclass(frozen=True)
class Parts:
    """No registry is followed without `feed`, no PDF printed without `fonts`; `machine_clock`
    is for the doctor alone."""

    engine: Engine
    keys: KeyFolder
    ledger: Ledger
    base_url: str
    feed: Feed | None = None
    embedded: bool = False
    terms: Terms = field(default_factory=Terms)
    fonts: Path | None = None
    clock: Callable[[], datetime] = utc_now
    machine_clock: Callable[[], datetime] | None = None

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.keys.secret("vault"))

    @cached_property
    def example(self) -> Example:
        return Example(self.engine, self.vault, self.keys, self.clock)

    @property
    def admin(self) -> Admin:
        return Admin(self.ledger, self.keys)

    def check_durable(self) -> None:
        """DatabaseUnsafe, unless the database keeps what it has acknowledged."""
        with self.engine.connect() as connection:
            if dangers := condition(connection).dangers:
                raise DatabaseUnsafe(", ".join(dangers))

    def check_identity(self) -> None:
        """WrongChain, unless the node answers for the chain of our books.

        What an embedded chain lost by being made anew is minted again.
        """
        found = self.ledger.identity()
        pin = (found.chain_id, found.genesis, found.contract.lower(), found.code_hash)
        if check_identity(self.engine, pin, embedded=self.embedded, clock=self.clock):
            self.recovery.run()

    @cached_property
    def network(self) -> Network:
        """As pinned, so that a silent node stops nobody from starting; else as the node says."""
        with self.engine.connect() as connection:
            pinned = identity.pinned(connection)
        chain_id = pinned[0] if pinned else self.ledger.identity().chain_id
        return Network(chain_id=chain_id, contract=self.ledger.contract)

    @cached_property
    def tenants(self) -> Tenants:
        return Tenants(self.engine, self.vault)

    @cached_property
    def office(self) -> Office:
        return Office(
            engine=self.engine,
            vault=self.vault,
            tenants=self.tenants,
            network=self.network,
            base_url=self.base_url,
            issuer_of=self.example.issuer,
        )

    @cached_property
    def verifier(self) -> Verifier:
        return Verifier(
            world=self.ledger.at,
            chain_id=self.network.chain_id,
            contract=self.network.contract,
            mirror=self._interconnection if self.feed else None,
            clock=self.clock,
        )

    @cached_property
    def service(self) -> Service:
        halt = Halt(self.engine)
        desk = Desk(self.engine, self.vault, self.clock)
        return Service(
            engine=self.engine,
            halt=halt,
            desk=desk,
            admission=Admission(Barrier(halt, desk)),
            loader=Loader(self.engine, self.vault, self.clock),
            office=self.office,
            printer=printer(self.office, self.keys, self.fonts),
            verifier=self.verifier,
            gazetteer=Gazetteer(self.engine, self.ledger.at, self.office.programmes),
            tally=self.tally,
            overseer=self.overseer,
            clock=self.clock,
        )

    @cached_property
    def doctor(self) -> Doctor:
        clock = self.machine_clock or self.clock
        log = self.feed.name if self.feed else None
        return Doctor(self.engine, self.keys, self.ledger, clock, self.embedded, log)

    @cached_property
    def tally(self) -> Tally:
        return Tally(self.engine, self.ledger.at, self.clock)

    @cached_property
    def overseer(self) -> Overseer:
        log = self.feed.name if self.feed else None
        return Overseer(self.engine, self.keys, self.ledger, self.tally, self.clock, log)

    @property
    def porter(self) -> Porter:
        return Porter(self.engine, self.keys, self.example, self.clock)

    @property
    def recovery(self) -> Recovery:
        minters = {tenant.code: self._address(tenant.code) for tenant in self.tenants.all()}
        return Recovery(self.engine, LedgerNow(self.ledger), minters, self.embedded)

    @property
    def watch(self) -> Watch:
        return Watch(self.engine, LedgerNow(self.ledger), self.embedded, self._recover, self.clock)

    @cached_property
    def lookout(self) -> Lookout:
        promise = timedelta(seconds=self.terms.promise_seconds)
        return Lookout(self.engine, LedgerNow(self.ledger).newest_block, self.clock, promise)

    def start_work(self) -> None:
        """Before any work: what the doctor looks at, a true chain, books that agree with it."""
        self.doctor.insist()
        self.check_identity()
        Halt(self.engine).insist()
        self.watch.step()
        try:
            self.recovery.run()
        except Diverged as error:
            with self.engine.begin() as connection:
                identity.halt(connection, str(error), self.clock())
            raise

    def accept_chain(self) -> None:
        """A person's word that the chain is right as it is: what it lost is minted again."""
        self.check_identity()
        self.recovery.with_permission().run()
        with self.engine.begin() as connection:
            identity.resume(connection)

    @property
    def scrub(self) -> Scrub:
        return Scrub(self.engine, self.vault)

    def redeem(self, programme: str, key: str, wish: Wish) -> Redeemed:
        """As the programme of this code, which needs no API key where its keys lie."""
        return self.service.redeem_now(self.office.named(programme), key, wish)

    def load(
        self, programme: str, key: str, entries: Iterable[Entry]
    ) -> Iterator[Sequence[tuple[int, Outcome]]]:
        """As the programme of this code, like `redeem`."""
        return self.service.load(self.office.named(programme), key, entries)

    def counter(self, registry_url: str, submit_key: str) -> Counter:
        """Where holders exchange; this process holds the registry's key on the chain."""
        return Counter(
            engine=self.engine,
            vault=self.vault,
            find=self.office.find,
            registry=Applicant(registry_url, submit_key),
            claims=Claims(self.ledger, self.keys.account("registry")),
            clock=self.clock,
        )

    def sealer(self, patience: timedelta) -> Sealer:
        return Sealer(self.engine, Crew(self.vault, cores()), self.clock, patience)

    def mints(self) -> list[Mint]:
        """One for each programme, with its own minter."""
        return [self._mint(tenant.code) for tenant in self.tenants.all()]

    def holds(self) -> list[Hold]:
        """The minting of each programme, which begins when nothing is in its way."""
        begin = lambda programme: self._mint(programme).step  # noqa: E731 - a name of one line
        return [Hold(tenant.code, self.doctor.unfit, begin) for tenant in self.tenants.all()]

    def _mint(self, programme: str) -> Mint:
        minting = Minting(self.ledger, self._minter(programme), self.network.chain_id)
        return Mint(self.engine, programme, minting, self.clock, self.terms)

    def sync_mirror(self) -> mirror.SyncReport:
        assert self.feed, "a registry to follow"
        return mirror.sync(self.engine, self.feed, self.clock)

    def mirror_status(self) -> mirror.MirrorStatus | None:
        assert self.feed, "a registry to follow"
        return mirror.status(self.engine, self.feed.name, self.clock)

    def _interconnection(self, tree: TreeId) -> Interconnection | None:
        assert self.feed, "a registry to follow"
        with self.engine.connect() as connection:
            return mirror.interconnection(connection, self.feed.name, tree)

    def _recover(self) -> object:
        return self.recovery.run()

    def _minter(self, programme: str) -> LocalAccount:
        return self.keys.account(minter_name(programme))

    def _address(self, programme: str) -> bytes | None:
        """The minter's, as its file says in the clear; None where there is no such file."""
        address = self.keys.address(minter_name(programme))
        return bytes.fromhex(address[2:]) if address else None
