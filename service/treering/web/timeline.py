"""A record's way in steps: what happened, when, by which source; else what it waits for.

No step is guessed: each stands on its own source, and one that cannot be looked up now
says so. Texts are keys of the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from treering.domain.batch import Batch, BatchState
from treering.domain.verification import State
from treering.domain.view import CertificateView
from treering.web.waiting import waits_for


class Progress(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`note` is a key of the catalogue, filled with `values`; `reference` a hash to look up."""

    name: str
    progress: Progress
    note: str
    values: Mapping[str, object] = field(default_factory=dict)
    when: datetime | None = None
    reference: str = ""


def timeline(view: CertificateView) -> list[Step]:
    steps = [_redeemed(view), _minted(view.batch), _final(view.batch), _accepted(view)]
    if view.state in (State.REVOKED, State.REPLACED):
        name = view.state.lower()
        steps.append(Step(name=name, progress=Progress.STOPPED, note=f"timeline.{name}.note"))
    return steps


def _redeemed(view: CertificateView) -> Step:
    return Step(
        name="redeemed",
        progress=Progress.DONE,
        note="timeline.redeemed.note",
        values={"programme": view.programme.name},
        when=view.redemption.redeemed_at,
    )


def _minted(batch: Batch | None) -> Step:
    if batch is None or batch.inclusion is None:
        waits = waits_for(batch)
        progress = Progress.STOPPED if waits == "person" else Progress.WAITING
        return Step(name="minted", progress=progress, note=f"timeline.minted.{waits}")
    return Step(
        name="minted",
        progress=Progress.DONE,
        note="timeline.minted.note",
        values={"block": batch.inclusion.block_number},
        reference="0x" + batch.inclusion.transaction.hex(),
        when=batch.inclusion.block_time,
    )


def _final(batch: Batch | None) -> Step:
    if batch is None or batch.state is not BatchState.FINAL or batch.inclusion is None:
        return Step(name="final", progress=Progress.WAITING, note="timeline.final.waits")
    return Step(
        name="final",
        progress=Progress.DONE,
        note="timeline.final.note",
        values={"block": batch.inclusion.block_number},
    )


def _accepted(view: CertificateView) -> Step:
    facts = view.lot_facts
    if facts is None:
        return Step(name="accepted", progress=Progress.UNKNOWN, note="timeline.accepted.unknown")
    if facts.accepted is None:
        return Step(
            name="accepted",
            progress=Progress.WAITING,
            note="timeline.accepted.waits",
            values={"year": facts.year},
        )
    return Step(
        name="accepted",
        progress=Progress.DONE,
        note="timeline.accepted.note",
        values={"count": f"{facts.accepted:,}", "block": facts.block},
    )
