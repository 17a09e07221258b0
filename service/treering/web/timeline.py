"""A record's way in steps: what happened, when, by which source; else what it waits for.

No step is guessed: each stands on its own source, and one that cannot be looked up now
says so. Texts are keys of the catalogue.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from treering.domain.batch import Batch, BatchState
from treering.domain.lot import Unit
from treering.domain.stage import Stage
from treering.domain.verification import State
from treering.domain.view import CertificateView, StatementView
from treering.web.waiting import waits_for

_STATED = {Stage.ACCEPTANCE: "accepted", Stage.SURVEY: "surveyed"}


class Progress(StrEnum):
    DONE = "done"
    WAITING = "waiting"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`note` is a key of the catalogue, filled with `values`; `reference` a hash to look up.

    `statement` is the inspector's own, where the step rests on one; `reason` is why a record
    was revoked, and `link` the number of the certificate that took its place.
    """

    name: str
    progress: Progress
    note: str
    values: Mapping[str, object] = field(default_factory=dict)
    when: datetime | None = None
    reference: str = ""
    statement: StatementView | None = None
    reason: str = ""
    link: str = ""


def timeline(view: CertificateView) -> list[Step]:
    steps = [_redeemed(view), _minted(view.batch), _final(view.batch)]
    if view.lot.unit is not Unit.M2:  # an area is protected, not planted
        steps.append(_planted(view))
    steps += [_stated(view, Stage.ACCEPTANCE), _stated(view, Stage.SURVEY)]
    if view.state in (State.REVOKED, State.REPLACED):
        steps.append(_fallen(view))
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


def _planted(view: CertificateView) -> Step:
    """By the inspector's acceptance alone: a planting year is a promise."""
    facts = view.lot_facts
    if facts is None:
        return Step(name="planted", progress=Progress.UNKNOWN, note="timeline.unknown")
    if facts.accepted and facts.deficit:  # of one record nobody can say whether it stands
        values = {"accepted": facts.accepted, "minted": facts.minted, "deficit": facts.deficit}
        told = {name: f"{value:,}" for name, value in values.items()}
        note = "timeline.planted.deficit"
        return Step(name="planted", progress=Progress.UNKNOWN, note=note, values=told)
    accepted = bool(facts.accepted)
    return Step(
        name="planted",
        progress=Progress.DONE if accepted else Progress.WAITING,
        note="timeline.planted.note" if accepted else "timeline.planted.waits",
        values={"year": facts.year},
    )


def _stated(view: CertificateView, stage: Stage) -> Step:
    """What an inspector said of the whole lot: ACCEPTANCE or SURVEY."""
    name = _STATED[stage]
    facts = view.lot_facts
    if facts is None:
        return Step(name=name, progress=Progress.UNKNOWN, note="timeline.unknown")
    count = facts.accepted if stage is Stage.ACCEPTANCE else facts.surveyed
    if count is None:
        return Step(name=name, progress=Progress.WAITING, note=f"timeline.{name}.waits")
    is_short = stage is Stage.ACCEPTANCE and facts.deficit > 0
    newest = [one for one in view.statements if one.stage == stage.name and one.count == count]
    return Step(
        name=name,
        progress=Progress.DONE,
        note=f"timeline.{name}.{'deficit' if is_short else 'note'}",
        values={
            "count": f"{count:,}",
            "block": facts.block,
            **({"deficit": f"{facts.deficit:,}"} if is_short else {}),
        },
        statement=newest[-1] if newest else None,
    )


def _fallen(view: CertificateView) -> Step:
    name = view.state.lower()
    return Step(
        name=name,
        progress=Progress.STOPPED,
        note=f"timeline.{name}.note",
        when=view.fallen_at,
        reason=view.reason or "",
        link=view.successor or "",
    )
