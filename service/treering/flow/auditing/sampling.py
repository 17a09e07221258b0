"""Sampling for a visit to the field: announced before its seed exists, drawn when it does.

    1. announce: contract, size, and a block that is yet to come; signed
    2. that block becomes final: its hash is the seed, which nobody knew
    3. draw: recount at that block; take the positions; each record with its proof and the
       hashes of the reports that inspectors stated of its lot

Whoever has the announcement draws the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from treering.chain import abi
from treering.chain.ledger import LedgerAt
from treering.chain.node import Node, data, quantity, understood
from treering.domain.merkle import MerkleTree
from treering.domain.record import HOLDER_BYTES, Record, TreeId, lot_number_of, lot_of, serial_of
from treering.domain.recount.books import Books
from treering.domain.recount.chronicle import BatchLine
from treering.domain.recount.replay import Recount
from treering.domain.recount.sample import positions, trees_at
from treering.domain.recount.totals import code_text
from treering.errors import AuditReportUnreadable, LogsIncomplete, SampleRefused
from treering.flow.auditing.audit import Manner, Recounted, Watch, recounted
from treering.flow.auditing.rooter import Rooters

ANNOUNCED, DRAWN = "treering-sample-announcement-1", "treering-sample-1"
MOST = 10_000
RULE = (
    "keccak256(hash of the block, then i in 8 bytes), i = 0, 1, 2 …, modulo the records minted by "
    "then, without what would be unfair or was drawn before; lots by id, then serials"
)


def announced(node: Node, contract: str, size: int, block: int) -> dict[str, Any]:
    """The announcement; SampleRefused unless the block is yet to come."""
    head = node.block("latest")
    if block <= head.number:
        raise SampleRefused(f"block {block} is there already: the head is {head.number}")
    if not 0 < size <= MOST:
        raise SampleRefused(f"a sample has 1 to {MOST} records, not {size}")
    return {
        "format": ANNOUNCED,
        "contract": contract.lower(),
        "chain_id": quantity(node.call("eth_chainId")),
        "size": size,
        "block": block,
        "announced": {
            "block": head.number,
            "hash": "0x" + head.hash.hex(),
            "time": datetime.fromtimestamp(head.timestamp, UTC).isoformat(),
        },
        "rule": RULE,
    }


@dataclass(frozen=True, slots=True)
class _Announcement:
    contract: str
    size: int
    block: int
    head: int
    head_hash: bytes

    @classmethod
    def read(cls, document: Any) -> "_Announcement":
        try:
            if document["format"] != ANNOUNCED:
                raise AuditReportUnreadable("it is no announcement of a sample")
            return cls(
                contract=str(document["contract"]),
                size=int(document["size"]),
                block=int(document["block"]),
                head=int(document["announced"]["block"]),
                head_hash=bytes.fromhex(document["announced"]["hash"].removeprefix("0x")),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise AuditReportUnreadable(f"a part is missing: {error!r}") from error


def drawn(node: Node, announcement: Any, watch: Watch, rooters: Rooters) -> dict[str, Any]:
    """The sample. SampleRefused while its block is not final, where it was announced on another
    chain, for less records than the sample has, and where the recount differs."""
    asked = _Announcement.read(announcement)
    final = node.block("finalized").number
    if asked.block > final:
        raise SampleRefused(f"block {asked.block} is not final: {final} is the newest that is")
    if asked.head >= asked.block or node.block(asked.head).hash != asked.head_hash:
        raise SampleRefused("it was not announced on this chain before its block")
    made = recounted(node, asked.contract, asked.block, watch, Manner(rooters=rooters))
    if made.recount.found:
        raise SampleRefused("the recount differs: treering audit tells how")
    return _document(node, made, asked, announcement)


def _document(
    node: Node, made: Recounted, asked: _Announcement, announcement: Any
) -> dict[str, Any]:
    books, ledger = made.recount.books, made.ledger
    minted = {lot: book.minted for lot, book in books.lots.items()}
    seed, population = ledger.block.hash, books.minted
    if asked.size > population:
        raise SampleRefused(f"there are {population} records, and {asked.size} were asked for")
    trees = trees_at(positions(seed, asked.size, population), minted)
    return {
        "format": DRAWN,
        "announcement": announcement,
        "contract": asked.contract,
        "chain_id": ledger.chain_id,
        "block": {"number": ledger.block.number, "hash": "0x" + seed.hex()},
        "population": population,
        "records": list(_records(node, made, trees)),
    }


def _records(node: Node, made: Recounted, trees: list[TreeId]) -> Iterator[dict[str, Any]]:
    recount, batches = made.recount, made.recount.chronicle.batches
    at = LedgerAt(node, made.ledger.contract, made.ledger.block)
    for tree in trees:
        line = next(b for b in batches if b.lot == lot_of(tree) and _holds(b, tree))
        yield _record(recount, tree, line, _holders(at, line))


def _holds(line: BatchLine, tree: TreeId) -> bool:
    return line.first_serial <= serial_of(tree) < line.first_serial + line.count


def _holders(at: LedgerAt, line: BatchLine) -> bytes:
    """The batch's holders, from its own log."""
    topic = "0x" + abi.event_topic("BatchMinted").hex()
    words = (line.lot, line.first_serial)
    found = at.logs([topic, *("0x" + word.to_bytes(32, "big").hex() for word in words)])
    if len(found) != 1:
        raise LogsIncomplete(f"{len(found)} logs of the batch from serial {line.first_serial} on")
    log = understood(
        lambda: abi.event([data(t) for t in found[0]["topics"]], data(found[0]["data"]))
    )
    holders: bytes = log.values["holders"] if log else b""
    return holders


def _record(recount: Recount, tree: TreeId, line: BatchLine, holders: bytes) -> dict[str, Any]:
    """With the proof that leads from it to its batch's root, which the recount rebuilt."""
    words = [
        Record(line.lot, line.first_serial + i, holders[start : start + HOLDER_BYTES]).word
        for i, start in enumerate(range(0, len(holders), HOLDER_BYTES))
    ]
    merkle = MerkleTree.over(words)
    if merkle.root != recount.books.batches[_first(line)]:
        raise LogsIncomplete(f"the batch from serial {line.first_serial} on was told twice")
    position = serial_of(tree) - line.first_serial
    book = recount.books.lots[line.lot]
    return {
        "lot": f"{_programme(recount.books, tree)}/{lot_number_of(line.lot)}",
        "serial": serial_of(tree),
        "site": code_text(book.terms.site),
        "species": code_text(book.terms.species),
        "year": book.terms.year,
        "revoked": tree in recount.books.records.revoked,
        "record": "0x" + words[position].hex(),
        "first_serial": line.first_serial,
        "root": "0x" + merkle.root.hex(),
        "proof": ["0x" + step.hex() for step in merkle.proof(position)],
        "transaction": "0x" + line.transaction.hex(),
        "dossier": "0x" + book.terms.dossier.hex(),
        "reports": [
            {"stage": said.stage, "count": said.new_count, "report": "0x" + said.report.hex()}
            for said in recount.chronicle.reports(line.lot)
        ],
    }


def _first(line: BatchLine) -> TreeId:
    return TreeId(line.lot << 32 | line.first_serial)


def _programme(books: Books, tree: TreeId) -> str:
    return code_text(books.programmes[lot_of(tree) >> 32])
