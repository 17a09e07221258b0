"""The oracle: what must hold after any fault, read from three sources that do not know each
other: the client's journal, the database's rows, and the contract at its final block.

lost          acknowledged to a client, and not in the books under that number
twice         one record in two redemptions or batches, or answered with two numbers
not_minted    the books say final (or mined), the contract does not hold that root
unknown       the contract holds a batch that the books do not know
gaps          serials of a lot that are not dense, or sums that do not add up
differences   the auditor's own recount of the chain
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, create_engine, text

from tests.faults.journal import Journal
from treering.chain import abi
from treering.chain.ledger import Ledger
from treering.chain.node import Node, data
from treering.domain import number
from treering.domain.record import lot_of, serial_of
from treering.flow.auditing.audit import audit
from treering.store.redemptions import key_hash


@dataclass
class Findings:
    """Every list is empty where nothing is wrong; `records` are counted by the auditor."""

    records: int = 0
    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    not_minted: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> dict[str, list[str]]:
        return {name: found for name, found in vars(self).items() if found and name != "records"}


def examine(journal: Journal, database_url: str, rpc_url: str, contract: str) -> Findings:
    """Hold journal, books and chain against each other, as they are at this moment."""
    found = Findings(twice=list(journal.broken))
    engine = create_engine(database_url)
    node = Node(rpc_url)
    _books(engine, found)
    _journal(engine, journal, found)
    _chain(engine, Ledger(node, contract), found)
    report = audit(node, contract)
    found.records = report.counts.records
    found.differences = [str(difference) for difference in report.differences]
    engine.dispose()
    node.close()
    return found


def _books(engine: Engine, found: Findings) -> None:
    """Ranges of redemptions and of batches are dense from 0 on, and add up to their lot's."""
    lots = _rows(engine, "SELECT id, slug, asked, sealed, capacity FROM lots")
    for table, total in (("redemptions", "asked"), ("batches", "sealed")):
        query = f"SELECT lot, first_serial, count FROM {table} ORDER BY lot, first_serial"
        ranges = _rows(engine, query)
        for lot in lots:
            end = 0
            for row in (row for row in ranges if row.lot == lot.id):
                kind = found.twice if row.first_serial < end else found.gaps
                if row.first_serial != end:
                    kind.append(f"{lot.slug}: {table} at {row.first_serial}, not {end}")
                end = row.first_serial + row.count
            if end != getattr(lot, total):
                found.gaps.append(f"{lot.slug}: {total} {getattr(lot, total)}, {table} {end}")
    found.gaps += [f"{lot.slug} is oversold" for lot in lots if lot.asked > lot.capacity]


def _journal(engine: Engine, journal: Journal, found: Findings) -> None:
    query = "SELECT hash, lot, first_serial, count FROM redemption_keys JOIN redemptions"
    of_key = {row.hash.hex: row for row in _rows(engine, f"{query} USING (lot, first_serial)")}
    for key, numbers in journal.granted.items():
        trees = [number.parse(text).tree for text in numbers]
        row = of_key.get(key_hash("ANT_FOREST", key))
        held = [(row.lot, row.first_serial + i) for i in range(row.count)] if row else []
        if held != [(lot_of(tree), serial_of(tree)) for tree in trees]:
            found.lost.append(f"{key}: acknowledged {numbers}, kept {row}")
    told = Counter(journal.numbers)
    found.twice += [f"{text} was granted {n} times" for text, n in told.items() if n > 1]


def _chain(engine: Engine, ledger: Ledger, found: Findings) -> None:
    """Both ways: what the books call mined or final, and what the contract's events tell."""
    query = "SELECT lot, first_serial, count, state, root, block_number, block_hash FROM batches"
    ours = {(row.lot, row.first_serial): row for row in _rows(engine, query)}
    for tag, states in (("latest", ("mined",)), ("finalized", ("final",))):
        at = ledger.at(tag)
        for (lot, serial), row in ours.items():
            if row.state in states and at.root_of(lot, serial) != row.root:
                found.not_minted.append(f"{row.state}: lot {lot} from {serial} on")
            if row.state == "final":
                _block(ledger, row, found)
    for lot, serial in _minted(ledger):
        if (lot, serial) not in ours:
            found.unknown.append(f"lot {lot} from {serial} on")


def _block(ledger: Ledger, row: Any, found: Findings) -> None:
    """A final batch names the block that the chain has at that height, and a final one."""
    block = ledger.node.block(row.block_number)
    if block.hash != row.block_hash or block.number > ledger.at("finalized").block.number:
        found.not_minted.append(f"final in another block than {row.block_number}")


def _minted(ledger: Ledger) -> list[tuple[int, int]]:
    """(lot, first serial) of every batch that the contract's events tell of, up to now."""
    topic = "0x" + abi.event_topic("BatchMinted").hex()
    logs = ledger.at("latest").logs([topic])
    pairs = [(data(log["topics"][1]), data(log["topics"][2])) for log in logs]
    return [(int.from_bytes(lot, "big"), int.from_bytes(serial, "big")) for lot, serial in pairs]


def _rows(engine: Engine, query: str) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(text(query)))
