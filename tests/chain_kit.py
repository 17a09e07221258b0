"""A real Anvil with a real TreeLedger, moved block by block, for tests of the chain."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from treering.chain import abi, deploy, roles, sender, statements
from treering.chain.embedded import CHAIN_ID
from treering.chain.ledger import Ledger
from treering.chain.node import Node, quantity
from treering.chain.sender import Call
from treering.domain.keccak import keccak
from treering.domain.lot import Unit
from treering.domain.record import LotId, lot_id, programme_of
from treering.domain.stage import Stage

ANVIL = (
    Path(__file__).parents[1] / "contracts/node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
)
PROGRAMME = 1
NO_DEADLINE = 2**63


@cache
def account(name: str) -> LocalAccount:
    """A key for tests only, the same for the same name."""
    return Account.from_key(keccak(f"treering tests: {name}".encode()))


@dataclass
class Chain:
    """A node that mines only when told to, and the roles' keys: one account a name."""

    node: Node
    contract: str = ""
    names: set[str] = field(default_factory=set)

    @property
    def ledger(self) -> Ledger:
        return Ledger(self.node, self.contract)

    def mine(self, blocks: int = 1) -> None:
        for _ in range(blocks):
            self.node.call("evm_mine")

    def finalise(self) -> None:
        """Mine until all that is mined now is final: two blocks behind the head."""
        self.mine(3)

    def account(self, name: str) -> LocalAccount:
        found = account(name)
        if name not in self.names:
            self.node.call("anvil_setBalance", found.address, hex(10**21))
            self.names.add(name)
        return found

    def send(self, name: str, call: Call) -> Any:
        """One transaction in a block of its own; its receipt. TransactionRefused on a revert."""
        sender_account = self.account(name)
        nonce = quantity(
            self.node.call("eth_getTransactionCount", sender_account.address, "latest")
        )
        digest = sender.send(self.node, sender.sign(self.node, sender_account, call, nonce=nonce))
        self.mine()
        return sender.wait_for(self.node, digest)

    def act(self, name: str, function: str, *arguments: object) -> Any:
        return self.send(name, Call(self.contract, abi.call_data(function, *arguments)))

    def deploy(self, creation: bytes | None = None) -> None:
        """A new TreeLedger with one programme and one account for each role.

        `creation` is the creation code, parameters included, of a contract in its stead.
        """
        admin = self.account("admin")
        nonce = quantity(self.node.call("eth_getTransactionCount", admin.address, "latest"))
        ours = deploy.Creation(admin=admin.address, admin_delay=0)
        call = Call(None, creation or ours.code)
        raw = sender.sign(self.node, admin, call, nonce=nonce)
        digest = sender.send(self.node, raw)
        self.mine()
        self.contract = sender.wait_for(self.node, digest)["contractAddress"]
        self.act("admin", "openProgramme", PROGRAMME, b"ANT_FOREST".ljust(32, b"\0"))
        for name, role in {
            "inspector": roles.INSPECTOR,
            "registry": roles.REGISTRY,
            "mirror": roles.MIRROR,
            "pauser": roles.PAUSER,
            "registrar": roles.registrar_of(PROGRAMME),
            "minter": roles.minter_of(PROGRAMME),
            "revoker": roles.revoker_of(PROGRAMME),
        }.items():
            self.send("admin", roles.grant(self.contract, role, self.account(name).address))

    def open_lot(
        self,
        number: int = 277,
        *,
        year: int = 2019,
        species: str = "SAXAUL",
        unit: Unit = Unit.TREE,
        endorsed: int | None = 1000,
    ) -> LotId:
        """A lot of the programme, endorsed for so many unless told otherwise."""
        lot = lot_id(PROGRAMME, number)
        site = f"150000/{number}".encode().ljust(32, b"\0")
        terms = (site, species.encode().ljust(16, b"\0"), year, int(unit), b"\1" * 32)
        self.act("registrar", "openLot", lot, terms)
        if endorsed is not None:
            self.state(lot, Stage.ENDORSEMENT, endorsed, year=year)
        return lot

    def state(self, lot: LotId, stage: Stage, count: int, *, year: int = 2019) -> Any:
        """Submit an inspector's statement of mid-year, superseding the last of its stage."""
        now = self.ledger.at("latest")
        inspector = self.account("inspector")
        statement = statements.Statement(
            lot=lot,
            stage=stage,
            count=count,
            inspectedAt=int(datetime(year, 6, 1, tzinfo=UTC).timestamp()),
            report=b"\2" * 32,
            supersedes=now.statement(lot, stage),
            nonce=now.nonce(inspector.address),
            deadline=NO_DEADLINE,
        )
        call = statements.submission(
            statement, inspector, chain_id=CHAIN_ID, contract=self.contract
        )
        return self.send("relayer", call)

    def mint(self, lot: LotId, first_serial: int, holders: bytes) -> Any:
        assert programme_of(lot) == PROGRAMME
        return self.act("minter", "mint", lot, first_serial, holders)


@contextmanager
def mining(node: Node) -> Iterator[None]:
    """Blocks come by themselves meanwhile."""
    stop = Event()

    def mine() -> None:
        while not stop.wait(0.05):
            node.call("evm_mine")

    with ThreadPoolExecutor(1) as pool:
        miner = pool.submit(mine)
        try:
            yield
        finally:
            stop.set()
        miner.result()
