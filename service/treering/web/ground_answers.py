"""The ground as the API's answers."""

from collections.abc import Iterator

from treering.domain.due import Due
from treering.domain.ground import Exhibit, LotBook, Site
from treering.domain.instant import SHANGHAI
from treering.domain.land.outline import rounded
from treering.domain.lot import Standing
from treering.domain.survival import Survival
from treering.domain.view import LotView, StatementView
from treering.web.models.ground import (
    CountOut,
    DisputeOut,
    DueOut,
    ExhibitOut,
    FactOut,
    GroundOut,
    PartyOut,
    SiteOut,
    SurvivalOut,
)

# A count's name, the contract's word for it, and the stage that states it.
_COUNTS = (
    ("endorsed", "endorsed", "ENDORSEMENT"),
    ("minted", "minted", None),
    ("accepted", "accepted", "ACCEPTANCE"),
    ("alive", "surveyed", "SURVEY"),
    ("deficit", "deficit", None),
)


def ground(view: LotView, book: LotBook, base_url: str) -> GroundOut:
    known = book.ground
    return GroundOut(
        site=site(known.site) if known.site else None,
        parties=[PartyOut.model_validate(each, from_attributes=True) for each in known.parties],
        facts={
            name: FactOut.model_validate(fact, from_attributes=True)
            for name, fact in known.facts.items()
        },
        density_band=known.band,
        in_band=known.in_band,
        counts=list(counts(view)),
        survival=_survival(book.survival) if book.survival else None,
        due=due(book.due) if book.due else None,
        disputes=[
            DisputeOut.model_validate(each, from_attributes=True) for each in known.disputes
        ],
        evidence=[exhibit(each, base_url) for each in known.evidence],
        sheets={"0x" + hash_.hex(): dict(sheet) for hash_, sheet in book.sheets.items()},
    )


def counts(view: LotView) -> Iterator[CountOut]:
    """Each with who stated it and when, or with the block that the contract was read at."""
    facts = view.facts
    for name, word, stage in _COUNTS:
        stated = _newest(view, stage) if stage else None
        yield CountOut(
            name=name,
            value=getattr(facts, word) if facts else None,
            source="statement" if stage else "contract",
            by_en=stated.party_en if stated else None,
            by_zh=stated.party_zh if stated else None,
            stated_on=stated.inspected_at.astimezone(SHANGHAI).date() if stated else None,
            as_of=facts.as_of if facts else None,
            block=facts.block if facts else None,
        )


def site(known: Site) -> SiteOut:
    return SiteOut(
        code=known.code,
        project_en=known.project_en,
        project_zh=known.project_zh,
        zone=known.zone,
        area_m2=round(known.area_m2, 1),
        declared_m2=known.declared_m2,
        outline=rounded(known.geometry),
        standing=Standing(known.standing),
        source=known.source,
    )


def exhibit(known: Exhibit, base_url: str) -> ExhibitOut:
    plain = {
        name: getattr(known, name)
        for name in ExhibitOut.model_fields
        if name not in ("hash", "received", "url")
    }
    return ExhibitOut(
        hash=known.hash.hex(),
        received=known.received.hex(),
        url=f"{base_url}/v1/evidence/{known.hash.hex()}/file",
        **plain,
    )


def due(known: Due) -> DueOut:
    return DueOut(
        lot=known.lot,
        stage=known.stage.name,
        why=known.why,
        begins=known.begins,
        ends=known.ends,
        overdue=known.is_overdue,
    )


def _newest(view: LotView, stage: str) -> StatementView | None:
    return next((each for each in reversed(view.statements) if each.stage == stage), None)


def _survival(found: Survival) -> SurvivalOut:
    return SurvivalOut(
        alive=found.alive,
        planted=found.planted,
        per_mille=found.per_mille,
        outcome=found.outcome,
        measure=found.rule.measure,
        measured_on=found.measured_on,
        passes_percent=found.rule.passes,
        replant_percent=found.rule.replant,
        standard=found.rule.standard,
        from_sheet=found.is_sheet,
    )
