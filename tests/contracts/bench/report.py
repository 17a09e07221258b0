"""The table: gas a record, how much that is beside ours, and what an auditor can recount."""

from collections.abc import Sequence

from tests.contracts.bench import ours
from tests.contracts.bench.row import Row

_DEFAULT_BATCH = 4096

RECOUNT = {
    "TreeLedger": "How many, in which lot, to which commitment, under whose endorsement: the "
    "contract counted the leaves, checked the cap and keeps the sums to compare with.",
    "OpenZeppelin ERC-721": "How many tokens and whose, one event each; not of which site or "
    "year, nor whether anybody but the minter agreed to the number.",
    "ERC721A": "As for ERC-721. The low price needs one holder for the whole run: with a holder "
    "for each tree it is the last two rows.",
    "Solady ERC-721": "As for ERC-721.",
    "EAS": "Each attestation, its attester and the record in it; that a record is attested "
    "twice, skipped or beyond a cap is for the reader to notice.",
    "OpenAttestation store": "When each document's hash was issued and whether it is revoked; "
    "not what it says. A batch's root tells nothing of how many stand under it.",
    "a root alone": "That a root was written, and when. How many records it stands for is the "
    "issuer's word.",
}


def records(rows: Sequence[Row]) -> list[dict[str, object]]:
    """The snapshot's form."""
    return [
        {
            "system": row.system,
            "act": row.act,
            "records": row.records,
            "gas": row.gas,
            "gas a record": round(row.per_record),
        }
        for row in rows
    ]


def markdown(rows: Sequence[Row]) -> str:
    lines = [
        "| system | act | records | gas | gas a record | × ours at as many | × ours at 4,096 |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += ["| " + " | ".join(cells) + " |" for cells in _cells(rows)]
    lines += ["", "What an auditor can recount from the chain alone:", ""]
    systems = dict.fromkeys(row.system for row in rows)
    return "\n".join([*lines, *(f"- **{system}.** {RECOUNT[system]}" for system in systems)])


def text(rows: Sequence[Row]) -> str:
    heads = ("system", "act", "records", "gas", "a record", "× ours", "× ours at 4,096")
    table = [heads, *_cells(rows)]
    widths = [max(len(line[column]) for line in table) for column in range(len(heads))]
    lines = ["  ".join(map(str.ljust, line, widths)).rstrip() for line in table]
    systems = dict.fromkeys(row.system for row in rows)
    return "\n".join([*lines, "", *(f"{system}: {RECOUNT[system]}" for system in systems)])


def _cells(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    mine = {row.records: row.per_record for row in rows if row.system == ours.SYSTEM}
    return [
        (
            row.system,
            row.act,
            f"{row.records:,}",
            f"{row.gas:,}",
            f"{row.per_record:,.0f}",
            _times(row, mine.get(row.records)),
            _times(row, mine[_DEFAULT_BATCH]),
        )
        for row in rows
    ]


def _times(row: Row, beside: float | None) -> str:
    return f"{row.per_record / beside:.3g}" if beside else "–"
