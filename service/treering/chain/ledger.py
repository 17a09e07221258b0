"""TreeLedger on the chain, read at one block: the answers all belong to one world."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from treering.chain import abi
from treering.chain.node import Block, Node, data, quantity, understood
from treering.domain.issuer_key import ListedKey
from treering.domain.keccak import keccak
from treering.domain.record import LotId, TreeId, tree_id
from treering.domain.view import LotFacts
from treering.errors import WrongChain


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which chain and contract this is. `genesis` and `code_hash` have 32 bytes."""

    chain_id: int
    genesis: bytes
    contract: str
    code_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordStatus:
    """What the contract says of a record beside its leaf."""

    is_minted: bool
    revoked: int  # the reason's number, 0 while it is live
    replaced_by: TreeId | None
    claim: bytes | None  # commitment to the fulfilment certificate
    replaces: TreeId | None = None


class LedgerAt:
    """The contract as it stood at one block."""

    is_snapshot = False

    def __init__(self, node: Node, contract: str, block: Block) -> None:
        self.node = node
        self.contract = contract
        self.block = block

    @property
    def as_of(self) -> datetime:
        return _moment(self.block.timestamp)

    @property
    def height(self) -> int:
        return self.block.number

    def root_of(self, lot: LotId, first_serial: int) -> bytes | None:
        """The root of the batch that begins there; None if there is none."""
        root: bytes = self._ask("rootOf", tree_id(lot, first_serial))
        return root if any(root) else None

    def status(self, tree: TreeId) -> RecordStatus:
        is_minted, revoked, replaced_by, replaces, claim = self._ask("status", tree)
        return RecordStatus(
            is_minted=is_minted,
            revoked=revoked,
            replaced_by=TreeId(replaced_by - 1) if replaced_by else None,
            claim=claim if any(claim) else None,
            replaces=TreeId(replaces - 1) if replaces else None,
        )

    def claimed_at(self, tree: TreeId) -> datetime | None:
        """When the record was last claimed; None if it never was."""
        return self._last(["RecordClaimed"], tree)

    def revoked_at(self, tree: TreeId) -> datetime | None:
        """When the record was revoked or replaced; None if it never was."""
        return self._last(["RecordRevoked", "RecordReplaced"], tree)

    def lot(self, lot: LotId) -> LotFacts | None:
        """What the contract holds of a lot; None if it was never opened."""
        terms, endorsed, accepted, surveyed, minted, revoked, *flags = self._ask("lotOf", lot)
        site, species, year, unit, dossier = terms
        is_accepted, is_surveyed, is_closed = flags
        if unit == 0:
            return None
        return LotFacts(
            site=code(site),
            species=code(species),
            unit=unit,
            year=year,
            dossier=dossier,
            endorsed=endorsed,
            accepted=accepted if is_accepted else None,
            surveyed=surveyed if is_surveyed else None,
            minted=minted,
            revoked=revoked,
            deficit=self._ask("deficitOf", lot),
            closed=is_closed,
            block=self.block.number,
            block_hash=self.block.hash,
            as_of=self.as_of,
        )

    def issuer_key(self, programme: int, key_id: bytes) -> ListedKey | None:
        public, valid_from, until = self._ask("issuerKey", programme, key_id)
        if not public:
            return None
        return ListedKey(
            public=public,
            valid_from=_moment(valid_from),
            retired=_moment(until) if until else None,
        )

    def issuer_keys(self, programme: int) -> tuple[bytes, ...]:
        """Every public key that was ever listed for it, the retired ones too, oldest first."""
        wanted = ["0x" + abi.event_topic("IssuerKeySet").hex(), f"0x{programme:064x}"]
        told = understood(lambda: [_event(log) for log in self.logs(wanted)])
        return tuple(dict.fromkeys(event.values["publicKey"] for event in told if event))

    def feed_head(self, feed: bytes) -> tuple[int, bytes]:
        """(size, root) as it was last anchored; 0 and zeros for none."""
        size, root = self._ask("feedHead", feed)
        return size, root

    def minted(self, unit: int) -> int:
        """The contract's own counter of one unit."""
        minted: int = self._ask("totals", unit)[0]
        return minted

    def statement(self, lot: LotId, stage: int) -> bytes:
        digest: bytes = self._ask("statementOf", lot, stage)
        return digest

    def nonce(self, inspector: str) -> int:
        nonce: int = self._ask("nonceOf", inspector)
        return nonce

    def programme_exists(self, programme: int) -> bool:
        return bool(self.programme_code(programme))

    def programme_code(self, programme: int) -> str:
        """What the contract calls it; nothing for one that was never opened."""
        return code(self._ask("programmeCode", programme))

    def pending_admin(self) -> str:
        """Who is named to be the next admin, in lower case; the zero address for nobody."""
        named: str = self._ask("pendingDefaultAdmin")[0]
        return named.lower()

    def balance(self, account: str) -> int:
        """What the account holds at this block, in wei."""
        where = {"blockHash": "0x" + self.block.hash.hex(), "requireCanonical": True}
        return quantity(self.node.call("eth_getBalance", account, where))

    def has_role(self, role: bytes, account: str) -> bool:
        return bool(self._ask("hasRole", role, account))

    def logs(self, topics: Sequence[str | list[str]]) -> list[Any]:
        """The contract's logs with these topics, from its first block to this one."""
        wanted = {
            "address": self.contract,
            "fromBlock": "0x0",
            "toBlock": hex(self.block.number),
            "topics": list(topics),
        }
        found: list[Any] = self.node.call("eth_getLogs", wanted)
        return found

    def _last(self, events: list[str], tree: TreeId) -> datetime | None:
        """The time of the block that last told one of these of the record."""
        topics = ["0x" + abi.event_topic(event).hex() for event in events]
        found = self.logs([topics, "0x" + tree.to_bytes(32, "big").hex()])
        if not found:
            return None
        block = understood(lambda: quantity(found[-1]["blockNumber"]))
        return _moment(self.node.block(block).timestamp)

    def _ask(self, view: str, *arguments: object) -> Any:
        returned = self.node.read(self.contract, abi.call_data(view, *arguments), self.block)
        return abi.answer(view, returned)


class Ledger:
    """The contract at an address of a node's chain.

    `confirmations` make a block final on a network that does not say so itself.
    """

    def __init__(self, node: Node, contract: str, confirmations: int | None = None) -> None:
        self.node = node
        self.contract = contract
        self.confirmations = confirmations

    def at(self, block: int | str) -> LedgerAt:
        """The contract at a block: a number, "latest" or "finalized"."""
        found = self.final_block() if block == "finalized" else self.node.block(block)
        return LedgerAt(self.node, self.contract, found)

    def final_block(self) -> Block:
        return self.node.final_block(self.confirmations)

    def identity(self) -> Identity:
        """WrongChain if there is no contract at the address."""
        code_there = data(self.node.call("eth_getCode", self.contract, "latest"))
        if not code_there:
            raise WrongChain(f"no contract at {self.contract} on this chain")
        return Identity(
            chain_id=quantity(self.node.call("eth_chainId")),
            genesis=self.node.block(0).hash,
            contract=self.contract,
            code_hash=keccak(code_there),
        )


def _event(log: Any) -> abi.Event | None:
    return abi.event([data(topic) for topic in log["topics"]], data(log["data"]))


def code(padded: bytes) -> str:
    """An ASCII code from the chain, such as a site's or a species'."""
    return padded.rstrip(b"\0").decode("ascii", "replace")


def _moment(seconds: int) -> datetime:
    # A year beyond 9999 is as good as never.
    return datetime.fromtimestamp(min(seconds, 253402300799), UTC)
