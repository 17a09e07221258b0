"""treering mirror: follow the registry's log, or say how far we followed it.

Exit status: 0 done, 1 the registry broke its protocol (nothing was taken over), 2 the
registry could not be reached or nothing is mirrored yet.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TextIO

from treering.domain import instant
from treering.domain.registry_head import HeldHead
from treering.errors import RegistryContradicted, RegistryRefused, TreeringError
from treering.flow.mirror import MirrorStatus, SyncReport

Facts = dict[str, str | int]


def main(
    argv: Sequence[str],
    sync: Callable[[], SyncReport],
    status: Callable[[], MirrorStatus | None],
    out: TextIO = sys.stdout,
) -> int:
    options = _parser().parse_args(argv)
    try:
        facts = _synced(sync()) if options.act == "sync" else _standing(status())
    except RegistryRefused as error:
        _complain(error)
        return 1
    except TreeringError as error:
        _complain(error)
        return 2
    if facts is None:
        print(
            "treering mirror: nothing is mirrored yet; run: treering mirror sync", file=sys.stderr
        )
        return 2
    print(_shown(facts, as_json=options.json), file=out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering mirror", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    for act, words in (("sync", "fetch and verify what is new"), ("status", "what we hold")):
        acts.add_parser(act, help=words).add_argument(
            "--json", action="store_true", help="one JSON object"
        )
    return parser


def _synced(report: SyncReport) -> Facts:
    return _head(report.held) | {"added": report.added}


def _standing(status: MirrorStatus | None) -> Facts | None:
    if status is None:
        return None
    return _head(status.held) | {"age_seconds": int(status.age.total_seconds())}


def _head(held: HeldHead) -> Facts:
    return {
        "feed": held.head.origin,
        "size": held.head.size,
        "root": held.head.root.hex(),
        "head_time": instant.to_text(held.head.time),
        "fetched_at": instant.to_text(held.fetched_at),
    }


def _shown(facts: Facts, *, as_json: bool) -> str:
    if as_json:
        return json.dumps(facts)
    lines = dict(facts)
    if "age_seconds" in lines:
        lines["age"] = str(timedelta(seconds=int(lines.pop("age_seconds"))))
    return "\n".join(f"{name.replace('_', ' '):<12} {fact}" for name, fact in lines.items())


def _complain(error: TreeringError) -> None:
    print(f"treering mirror: {error.code} {type(error).__doc__} {error}", file=sys.stderr)
    if isinstance(error, RegistryContradicted):  # both notes together are the proof
        print(f"\n{error.held}\n{error.offered}", file=sys.stderr)
