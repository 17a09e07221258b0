"""treering: one command a verb. Settings are read here and nowhere else."""

import json
import os
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

from treering import failpoint, logs
from treering.commands import COMMANDS as _COMMANDS
from treering.commands import Command
from treering.errors import Diverged
from treering.settings import CHECKOUT, Settings

DIVERGED = 42  # the exit status that docs/runbook.md tells of

_USAGE = """usage: treering COMMAND ...

  demo        everything, with an example programme, on this machine
  serve       the pages and the API
  worker      seal, mint, mirror
  doctor      what must hold before work begins: exit 0 well, 1 a warning, 2 something fails
  keys        make | operator | revoke: key files, and keys for the operator's page
  migrate     bring the database to this version
  load        redeem from a file: JSON lines, CSV or Parquet
  redeem      redeem units of a lot for a holder
  certificate write one to a file: --pdf FILE
  verify      check a certificate: exit 0 valid, 1 invalid, 2 unknown
  audit       recount from the chain alone: exit 0 agrees, 1 differs, 2 could not be made
  bundle      write what a verifier asks of the chain into one signed file, for no network
  withdraw    destroy what leads from a holder to his trees, which still count
  scrub       read all that was kept once more: exit 0 whole, 1 damaged, 2 could not be made
  mirror      sync | status: follow the registry's log
  exchange    three certificates of a holder and year for a fulfilment certificate
  contract    build | deploy
  twin        the synthetic twin of the registry

While a demo runs in this checkout, the other commands take its addresses as their own.
"""


def main(argv: Sequence[str] | None = None) -> int:
    # The embedded PostgreSQL's package says on import where it keeps its lock file.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
    logs.configure()
    words = list(sys.argv[1:] if argv is None else argv)
    command = _COMMANDS.get(words[0]) if words else None
    try:
        status = _run(words[0], command, words[1:]) if command else _help(words)
        sys.stdout.flush()
        return status
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read has closed, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def _help(words: Sequence[str]) -> int:
    asked_for = not words or words[0] in ("-h", "--help")
    print(_USAGE, file=sys.stdout if asked_for else sys.stderr)
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
