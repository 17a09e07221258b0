"""treering demo: everything on this machine, with an example programme.

Starts database, chain, contract, registry twin, service and worker; redeems, mints,
certifies, exchanges; prints where to look; reconciles; recounts. Keeps serving until Ctrl-C, or
ends after the story with `--exit`. Exit status: 0 all sides and the recount agree, 1 they do
not, 2 a part could not be started or asked.
"""

import argparse
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

import httpx
from sqlalchemy.exc import SQLAlchemyError

from treering.cli.stage import Stage
from treering.cli.story import Story
from treering.errors import TreeringError


def main(argv: Sequence[str], home: Path, anvil: Path, port: int, out: TextIO = sys.stdout) -> int:
    options = _parser().parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends like Ctrl-C
    stage = Stage(home.resolve(), anvil, port, out)
    try:
        stage.start()
        with httpx.Client(base_url=stage.base_url, timeout=10.0, trust_env=False) as client:
            story = Story(stage, out, client)
            status = story.tell()
            if not options.exit:
                print(f"\nserving on {stage.base_url} until Ctrl-C", file=out, flush=True)
                _keep(stage, story, out)
        return status
    except KeyboardInterrupt:
        return 0
    finally:
        stage.stop()


def _keep(stage: Stage, story: Story, out: TextIO) -> None:
    """Watch over the parts, for ever."""
    while True:
        time.sleep(1)
        try:
            dead = stage.watch()
        except (TreeringError, SQLAlchemyError) as error:
            print(f"  not started again yet: {error}", file=out, flush=True)
            continue
        if dead:
            story.write()
            print(f"  started again: {', '.join(dead)}", file=out, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering demo", description=__doc__)
    parser.add_argument("--exit", action="store_true", help="end after the story")
    return parser
