"""treering mirror: follow the registry's log, say what it says or said, and where it contradicted
itself.

Exit status: 0 done, 1 the registry broke its protocol (nothing was taken over) or a file proves
nothing, 2 the registry could not be reached or nothing is mirrored yet.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Protocol, TextIO

from treering.domain import instant, misbehaviour
from treering.domain.contradiction import Kept
from treering.domain.registry_head import HeldHead, VerifierKey
from treering.errors import (
    DropRefused,
    ProofRefused,
    RegistryContradicted,
    RegistryRefused,
    SettingsWrong,
    TreeringError,
)
from treering.flow.mirroring.drops import DropReport
from treering.flow.mirroring.mirror import SyncReport
from treering.flow.mirroring.state import MirrorStatus, Spoken, on_ledger

Facts = dict[str, Any]


class Desk(Protocol):
    """What the command asks; flow.mirror_desk.MirrorDesk."""

    @property
    def key(self) -> VerifierKey: ...
    def sync(self) -> list[SyncReport]: ...
    def status(self, moment: datetime | None = None) -> list[MirrorStatus]: ...
    def spoken(self) -> Spoken: ...
    def settle(self, number: int, because: str) -> bool: ...
    def proof(self, kept: Kept) -> dict[str, object]: ...


class Keeper(Protocol):
    """Keeps the log of a registry's drops; flow.mirror_drops.Keeper."""

    def take(self, name: str, raw: bytes) -> DropReport: ...
    def replay(self) -> int: ...


def main(
    argv: Sequence[str],
    desk: Callable[[], Desk],
    keeper: Callable[[str], Keeper],
    out: TextIO = sys.stdout,
) -> int:
    """`desk`, and the `keeper` of a registry's drops, are opened only by what needs them."""
    options = _parser().parse_args(argv)
    try:
        if options.act in {"drop", "replay"}:
            facts: list[Facts] | None = _dropped(options, keeper(options.registry))
        else:
            facts = _ACTS[options.act](options, desk)
    except (RegistryRefused, ProofRefused, DropRefused) as error:
        _complain(error)
        return 1
    except SettingsWrong:
        raise
    except TreeringError as error:
        _complain(error)
        return 2
    if facts is None:
        words = "of that day is known" if options.act == "status" and options.at else "is mirrored"
        print(f"treering mirror: nothing {words} yet; run: treering mirror sync", file=sys.stderr)
        return 2
    _show(facts, out, as_json=options.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="treering mirror", description=__doc__)
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("sync", help="fetch and verify what is new")
    status = acts.add_parser("status", help="what we hold, and how its sources stand")
    status.add_argument(
        "--at", type=_moment, metavar="DATE", help="as of then: 2024-12-31, the whole day in China"
    )
    told = acts.add_parser("contradictions", help="what a log signed and cannot be true")
    told.add_argument("--export", type=Path, metavar="FILE", help="the newest as a proof for all")
    told.add_argument("--number", type=int, help="another than the newest")
    settle = acts.add_parser("settle", help="a person's word that ends a contradiction")
    settle.add_argument("number", type=int)
    settle.add_argument("--because", required=True)
    prove = acts.add_parser("prove", help="what a proof of misbehaviour proves; needs no database")
    prove.add_argument("file", type=Path)
    prove.add_argument(
        "--key", type=_key, help="the log's verifier key; else the one that we follow"
    )
    dropped = acts.add_parser("drop", help="a registry's CSV, XLSX or JSON into a log of our own")
    dropped.add_argument("file", type=Path)
    replay = acts.add_parser("replay", help="whether the drops still come to the log that we hold")
    for act in (dropped, replay):
        act.add_argument("--registry", required=True, metavar="NAME", help="registry.example")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", help="one JSON object a line")
    return parser


def _key(text: str) -> VerifierKey:
    try:
        return VerifierKey.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _moment(text: str) -> datetime:
    """An instant, or the end of a day in China."""
    try:
        return instant.from_text(text)
    except ValueError:
        pass
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=instant.SHANGHAI)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2024-12-31") from error
    return datetime.combine(day, time(23, 59, 59), instant.SHANGHAI).astimezone(UTC)


def _sync(_: argparse.Namespace, desk: Callable[[], Desk]) -> list[Facts]:
    return [_head(report.held) | {"added": report.added} for report in desk().sync()]


def _status(options: argparse.Namespace, desk: Callable[[], Desk]) -> list[Facts] | None:
    at_desk = desk()
    found = [_standing(status) for status in at_desk.status(options.at)]
    if options.at is None:
        spoken = at_desk.spoken()
        found = [one | _source(spoken, one["feed"]) for one in found]
    return found or None


def _source(spoken: Spoken, feed: str) -> Facts:
    """How a source stands, and how much speaks against it."""
    told: Facts = {}
    for standing in [one for one in spoken.sources if one.feed == feed]:
        told = {"state": standing.state, "since": instant.to_text(standing.since)}
        told |= {"why": f"{standing.code} {standing.why}"} if standing.code else {}
    for one in [one for one in spoken.sources if one.feed == on_ledger(feed)]:
        told["ledger"] = f"{one.state}: {one.why}" if one.code else one.state
    open_ones = [k for k in spoken.contradictions if k.contradiction.feed == feed]
    disputed = [d for d in spoken.disputes if feed in (d.feed, d.other)]
    return told | {
        "contradictions": sum(kept.settled_at is None for kept in open_ones),
        "disputes": len(disputed),
    }


def _contradictions(options: argparse.Namespace, desk: Callable[[], Desk]) -> list[Facts]:
    at_desk = desk()
    kept = list(at_desk.spoken().contradictions)
    if options.export:
        chosen = [one for one in kept if options.number in (None, one.id)]
        if not chosen:
            raise ProofRefused("there is no such contradiction to export")
        proof = json.dumps(at_desk.proof(chosen[-1]), indent=2, ensure_ascii=False)
        options.export.write_text(proof + "\n", "utf-8")
        kept = chosen[-1:]
    return [_told(one) for one in kept]


def _settle(options: argparse.Namespace, desk: Callable[[], Desk]) -> list[Facts]:
    if not desk().settle(options.number, options.because):
        raise ProofRefused(f"no contradiction {options.number} is open")
    return [{"number": options.number, "settled_because": options.because}]


def _prove(options: argparse.Namespace, desk: Callable[[], Desk]) -> list[Facts]:
    key = options.key or desk().key
    try:
        raw = options.file.read_bytes()
    except OSError as error:
        raise ProofRefused(str(error)) from error
    return [{"log": str(key), "proven": misbehaviour.verify(raw, key)}]


def _dropped(options: argparse.Namespace, keeper: Keeper) -> list[Facts]:
    if options.act == "replay":
        return [{"registry": options.registry, "entries": keeper.replay()}]
    try:
        raw = options.file.read_bytes()
    except OSError as error:
        raise DropRefused(str(error)) from error
    report = keeper.take(options.file.name, raw)
    counts = {"rows": report.rows, "certificates": report.said, "added": report.added}
    left = [f"row {one.line}: {one.why}" for one in report.left]
    return [_head(report.held) | counts | ({"left_out": left} if left else {})]


_ACTS: dict[str, Callable[[argparse.Namespace, Callable[[], Desk]], list[Facts] | None]] = {
    "sync": _sync,
    "status": _status,
    "contradictions": _contradictions,
    "settle": _settle,
    "prove": _prove,
}


def _standing(status: MirrorStatus) -> Facts:
    return _head(status.held) | {"age_seconds": int(status.age.total_seconds())}


def _head(held: HeldHead) -> Facts:
    return {
        "feed": held.head.origin,
        "size": held.head.size,
        "root": held.head.root.hex(),
        "head_time": instant.to_text(held.head.time),
        "fetched_at": instant.to_text(held.fetched_at),
    }


def _told(kept: Kept) -> Facts:
    found = kept.contradiction
    return {
        "number": kept.id,
        "feed": found.feed,
        "kind": found.kind,
        "why": found.why,
        "entry": found.index,
        "lots": list(found.lots),
        "found_at": instant.to_text(kept.found_at),
        "seen_at": instant.to_text(kept.seen_at),
        "settled_because": kept.settled_because,
    }


def _show(all_facts: list[Facts], out: TextIO, *, as_json: bool) -> None:
    for number, facts in enumerate(all_facts):
        if as_json:
            print(json.dumps(facts, ensure_ascii=False), file=out)
            continue
        lines = dict(facts)
        if "age_seconds" in lines:
            lines["age"] = str(timedelta(seconds=lines.pop("age_seconds")))
        print("\n" * bool(number), end="", file=out)
        for name, fact in lines.items():
            print(f"{name.replace('_', ' '):<12} {fact}", file=out)


def _complain(error: TreeringError) -> None:
    print(f"treering mirror: {error.code} {type(error).__doc__} {error}", file=sys.stderr)
    if isinstance(error, RegistryContradicted):  # both notes together are the proof
        print(f"\n{error.held}\n{error.offered}", file=sys.stderr)
