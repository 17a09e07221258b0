"""treering reconcile: hold chain, registry, accepted counts and database against each other.

All at one final block and one head of the registry's log. What is found is kept: /differences
shows it. Exit status: 0 no differences, 1 differences, 2 it could not be made: unknown.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import Progress as Bar

from treering.domain.reconciliation import Run, Standing
from treering.errors import CountsUnreadable, ReportNotWritten, TreeringError
from treering.export.written import Form
from treering.flow.auditing.audit import Progress, Watch
from treering.intake.counts import Counts, read_counts

Reconcile = Callable[[Counts | None, Watch], Run]
Export = Callable[[Form], Iterator[bytes]]
_MOST = 100  # differences that are printed; the file has all


def main(
    argv: Sequence[str],
    reconcile: Reconcile,
    standing: Callable[[int], Sequence[Standing]],
    export: Export,
    out: TextIO | None = None,
    err: TextIO | None = None,
) -> int:
    """`standing` gives so many of the differences that are open after the run."""
    options = parser().parse_args(argv)
    err = err or sys.stderr
    try:
        form = _form(options.export)
        counts = _counts(options.accepted)
        with _bar(err) as watch:
            run = reconcile(counts, watch)
        if options.export and form:
            _write(options.export, export(form))
    except TreeringError as error:
        title = (type(error).__doc__ or "").strip()
        print(f"treering reconcile: UNKNOWN {error.code} {title} {error}", file=err)
        return 2
    open_now = standing(_MOST + 1)
    _show(run, open_now[:_MOST], out)
    if len(open_now) > _MOST:
        print(f"these are the oldest {_MOST}; --export FILE writes all that are open", file=out)
    return 1 if run.found or open_now else 0


def parser() -> argparse.ArgumentParser:
    words = argparse.ArgumentParser(prog="treering reconcile", description=__doc__)
    words.add_argument(
        "--accepted", type=Path, metavar="CSV", help="accepted counts: columns lot, accepted"
    )
    words.add_argument(
        "--export", type=Path, metavar="FILE", help="write all that is open: .csv .jsonl .parquet"
    )
    return words


def _form(path: Path | None) -> Form | None:
    if path is None:
        return None
    if path.suffix[1:] not in set(Form):
        raise ReportNotWritten(f"{path}: only .csv, .jsonl and .parquet can be written")
    if not path.parent.is_dir():
        raise ReportNotWritten(f"there is no folder {path.parent}")
    return Form(path.suffix[1:])


def _counts(path: Path | None) -> Counts | None:
    if path is None:
        return None
    try:
        with path.open("rb") as file:
            return read_counts(file)
    except OSError as error:
        raise CountsUnreadable(f"{path}: {error.strerror}") from error


def _write(path: Path, pieces: Iterator[bytes]) -> None:
    """The whole file or none: written beside, then renamed."""
    beside = path.with_name(path.name + ".new")
    try:
        with beside.open("wb") as file:
            for piece in pieces:
                file.write(piece)
        beside.replace(path)
    except OSError as error:
        raise ReportNotWritten(f"{path}: {error.strerror}") from error


def _show(run: Run, standing: Sequence[Standing], out: TextIO | None) -> None:
    for each in standing:
        case = each.case
        said = f"{case.left}: {each.left}; {case.right}: {each.right}"
        print(f"{case.kind} {each.subject}: {case.en} {said}.", file=out)
        print(
            f"    since {each.opened_at:%Y-%m-%d %H:%M} UTC, for the {case.owner}",
            end="",
            file=out,
        )
        print(f": {case.next_en}", file=out)
    print(summary(run), file=out)


def summary(run: Run) -> str:
    """What was compared, and what it came to, in a few lines."""
    assert run.world, "it was made"
    assert run.scale, "it was made"
    world, scale = run.world, run.scale
    head = "no registry is followed"
    if world.head_root is not None:
        head = f"head of {world.head_size:,} entries 0x{world.head_root.hex()}"
    word = "difference" if run.found == 1 else "differences"
    return (
        f"compared {scale.records:,} records in {scale.batches:,} batches of {scale.lots:,} lots, "
        f"{scale.claims:,} claims, {scale.certificates:,} fulfilment certificates\n"
        f"at block {world.block} 0x{world.block_hash.hex()}, {head}\n"
        f"{run.found:,} {word}: {run.opened:,} new, {run.resolved:,} resolved"
    )


@contextmanager
def _bar(err: TextIO) -> Iterator[Watch]:
    """A progress bar where somebody can see it."""
    console = Console(file=err)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("reading the chain", total=None)

        def watch(progress: Progress) -> None:
            words = f"{progress.records:,} records"
            bar.update(task, description=words, total=progress.last, completed=progress.block)

        yield watch
