"""treering: one command a verb. Settings are read here and nowhere else."""

import json
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from treering import failpoint, logs
from treering.commands import VERBS
from treering.commands.parts import Command
from treering.errors import Diverged
from treering.settings import CHECKOUT, Settings

DIVERGED = 42  # the exit status that docs/runbook.md tells of

_HELP = {"-h", "--help"}
_HEAD = "usage: treering COMMAND ..."
_FOOT = "While a demo runs in this checkout, the other commands take its addresses as their own."


def main(argv: Sequence[str] | None = None) -> int:
    # The embedded PostgreSQL's package says on import where it keeps its lock file.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    logs.configure()
    words = list(sys.argv[1:] if argv is None else argv)
    verb = VERBS.get(words[0]) if words else None
    try:
        if verb and verb.words and not _HELP.isdisjoint(words):
            verb.words().parse_args(words[1:])  # which ends here
        status = _run(words[0], verb.run, words[1:]) if verb else _help(words)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read has closed, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _help(words: Sequence[str]) -> int:
    asked_for = not words or words[0] in _HELP
    lines = [f"  {name:<11} {verb.does}" for name, verb in VERBS.items()]
    told = [_HEAD, "", *lines, "", _FOOT]
    print(*told, sep="\n", file=sys.stdout if asked_for else sys.stderr)
    return 0 if asked_for else 2


def _run(name: str, command: Command, argv: Sequence[str]) -> int:
    """The command's status; what stood in its way is told in one line."""
    try:
        failpoint.arm(os.environ)
        return command(argv, Settings.from_environ(_environment()))
    except BrokenPipeError:
        raise
    except Diverged as error:  # no supervisor should start it again as if nothing were
        print(f"treering {name}: DIVERGED {error.code} {error}", file=sys.stderr)
        return DIVERGED
    except Exception as error:
        from treering.cli.troubles import told  # noqa: PLC0415 - only then is it needed

        if (why := told(error)) is None:
            raise
    print(f"treering {name}: {why}", file=sys.stderr)
    return 2


def _environment() -> Mapping[str, str]:
    """The environment, above what a running demo of this checkout has written down."""
    home = Path(os.environ.get("TREERING_HOME") or CHECKOUT / ".treering")
    try:
        written = json.loads((home / "environment.json").read_text("utf-8"))
    except (OSError, ValueError):
        written = {}
    return {**(written if isinstance(written, dict) else {}), **os.environ}


if __name__ == "__main__":
    sys.exit(main())
