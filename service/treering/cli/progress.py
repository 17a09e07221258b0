"""How far a recount has come, for whoever waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import Progress as Bar

from treering.flow.auditing.audit import Progress, Watch


@contextmanager
def bar(err: TextIO) -> Iterator[Watch]:
    """A progress bar where somebody can see it."""
    console = Console(file=err)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as shown:
        task = shown.add_task("counting", total=None)

        def watch(progress: Progress) -> None:
            words = f"{progress.records:,} records"
            shown.update(task, description=words, total=progress.last, completed=progress.block)

        yield watch
