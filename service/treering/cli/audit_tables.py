"""An audit's report for people: sums of each programme and unit, lots, differences, verdict."""

from datetime import UTC, datetime
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from treering.domain.recount.difference import Difference
from treering.domain.recount.summary import LotLine, SumLine
from treering.flow.auditing.report import AuditReport

ROWS = 200  # lots and differences shown; the report holds more
_WIDE = 160  # columns where the output is a file: rows stay on one line
_UNSEEN = {
    "UNUSED_ROLES": "a role that was granted and never used, if the one node withheld it",
    "NEWEST_CLAIMS": "a claim that it withheld",
    "EMPTY_LOTS": "a lot of nothing that it withheld (a second --rpc must tell the same)",
    "WHO_ACTED": "by whose key each act was (--transactions reads it)",
}
_COUNTS = ("endorsed", "accepted", "minted", "revoked", "live", "deficit")


def show(report: AuditReport, out: TextIO) -> None:
    console = Console(file=out, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = _WIDE
    by_programme = [line for line in report.sums if line.by == "programme"]
    console.print(_table(("programme", "unit", "lots"), [_sum_row(line) for line in by_programme]))
    columns = ("lot", "site", "species", "year", "unit")
    console.print(_table(columns, [_lot_row(line) for line in report.lots[:ROWS]]))
    _say_rest(console, len(report.lots), "lots")
    for difference in report.differences[:ROWS]:
        console.print(_sentence(difference), soft_wrap=True)
    _say_rest(console, report.counts.differences, "differences")
    console.print(_what_was_done(report), soft_wrap=True)
    if report.unseen:
        told = "; ".join(_UNSEEN[each] for each in report.unseen)
        console.print(f"Not seen by this audit: {told}.", soft_wrap=True)
    console.print(_conclusion(report), soft_wrap=True)


def _table(columns: tuple[str, ...], rows: list[list[str]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, no_wrap=True)
    for column in _COUNTS:
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _sum_row(line: SumLine) -> list[str]:
    return [line.key, line.unit, f"{line.lots:,}", *_counts(line)]


def _lot_row(line: LotLine) -> list[str]:
    return [line.lot, line.site, line.species, str(line.year), line.unit, *_counts(line)]


def _counts(line: SumLine | LotLine) -> list[str]:
    values: list[int | None] = [getattr(line, name) for name in _COUNTS]
    return ["–" if value is None else f"{value:,}" for value in values]


def _say_rest(console: Console, total: int, what: str) -> None:
    if total > ROWS:
        console.print(f"… and {total - ROWS:,} more {what}", soft_wrap=True)


def _sentence(difference: Difference) -> str:
    place = difference.place
    where = f" ({place}, transaction 0x{place.transaction.hex()})" if place else ""
    expected, found = (
        "0x" + value.hex() if isinstance(value, bytes) else value
        for value in (difference.expected, difference.found)
    )
    return (
        f"{difference.code} {difference.subject}{where}: expected {expected}, found {found}."
        f" Rule: {difference.code.rule}."
    )


def _what_was_done(report: AuditReport) -> str:
    counts = report.counts
    code = "this release's code" if report.is_release else "code that is not this release's"
    return (
        f"{counts.events:,} events replayed, the roots of {counts.batches:,} batches rebuilt from"
        f" {counts.records:,} records, {counts.answers:,} values of the contract compared;"
        f" it runs {code} (0x{report.code_hash.hex()})."
    )


def _conclusion(report: AuditReport) -> str:
    block = report.block
    time = datetime.fromtimestamp(block.timestamp, UTC)
    where = f"at block {block.number:,} (hash 0x{block.hash.hex()}, {time:%Y-%m-%d %H:%M:%S} UTC)"
    if report.agrees:
        return f"The recount agrees with the contract {where}."
    count = report.counts.differences
    noun = "difference" if count == 1 else "differences"
    return f"The recount differs from the contract {where}: {count:,} {noun}."
