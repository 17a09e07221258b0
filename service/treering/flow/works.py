"""What works: seals, mints, and holds our books against the chain."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from eth_account.signers.local import LocalAccount

from treering.chain.keys import minter_name
from treering.chain.minting import Minting
from treering.chain.now import LedgerNow
from treering.errors import ChainUnavailable, Diverged
from treering.flow.ground import Ground
from treering.flow.minting.crew import Crew, cores
from treering.flow.minting.hold import Hold
from treering.flow.minting.identity import check_identity
from treering.flow.minting.mint import Mint
from treering.flow.minting.recover import Recovery
from treering.flow.minting.seal import Sealer
from treering.flow.minting.watch import Watch
from treering.flow.overseeing.lookout import Lookout
from treering.flow.overseeing.scrub import Scrub
from treering.flow.reconciling.differences import Registrar
from treering.flow.reconciling.reconcile import Reconciler
from treering.flow.redeeming.halt import Halt
from treering.flow.tracing.follow import Follower
from treering.store import identity


@dataclass(frozen=True)
class Works(Ground):
    """The worker's parts."""

    @cached_property
    def lookout(self) -> Lookout:
        promise = timedelta(seconds=self.terms.promise_seconds)
        return Lookout(self.engine, LedgerNow(self.ledger).newest_block, self.clock, promise)

    @property
    def recovery(self) -> Recovery:
        minters = {tenant.code: self._address(tenant.code) for tenant in self.tenants.all()}
        return Recovery(self.engine, LedgerNow(self.ledger), minters, self.embedded)

    @property
    def watch(self) -> Watch:
        return Watch(self.engine, LedgerNow(self.ledger), self.embedded, self._recover, self.clock)

    def check_identity(self) -> None:
        """WrongChain, unless the node answers for the chain of our books.

        What an embedded chain lost by being made anew is minted again. Of several nodes, those
        of another chain are not asked until the next time.
        """
        with self.engine.connect() as connection:
            held = identity.pinned(connection)
        if held and not self.embedded:
            self.ledger.node.belong_to(held[:2])
        found = self.ledger.identity()
        pin = (found.chain_id, found.genesis, found.contract.lower(), found.code_hash)
        if check_identity(self.engine, pin, embedded=self.embedded, clock=self.clock):
            self.recovery.run()

    def start_work(self) -> None:
        """Before any work: what the doctor looks at, a true chain, books that agree with it."""
        self.doctor.insist()
        self.check_identity()
        Halt(self.engine).insist()
        with suppress(ChainUnavailable):  # one node of two is away: minting goes on, unfinal
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

    def reconciler(self, patience: timedelta) -> Reconciler:
        """What is under way for less than `patience` is not judged."""
        return Reconciler(
            engine=self.engine,
            vault=self.vault,
            ledger=self.ledger,
            feed=self.feed.name if self.feed else None,
            clock=self.clock,
            promise=timedelta(seconds=self.terms.promise_seconds),
            patience=patience,
        )

    @property
    def registrar(self) -> Registrar:
        return Registrar(self.engine, self.clock)

    @property
    def follower(self) -> Follower:
        return Follower(self.engine, self.ledger)

    @property
    def scrub(self) -> Scrub:
        return Scrub(self.engine, self.vault)

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

    def _minter(self, programme: str) -> LocalAccount:
        return self.keys.account(minter_name(programme))

    def _address(self, programme: str) -> bytes | None:
        """The minter's, as its file says in the clear; None where there is no such file."""
        address = self.keys.address(minter_name(programme))
        return bytes.fromhex(address[2:]) if address else None

    def _recover(self) -> object:
        return self.recovery.run()
