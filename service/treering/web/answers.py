"""Facts of the domain as the API's answers."""

from typing import Any

import msgspec

from treering.domain.codes import CODES
from treering.domain.verification import Check, Finding, Report, State
from treering.domain.view import Counts, LotFacts, LotView, Redeemed, StatementView
from treering.web.models import (
    Bilingual,
    CountsOut,
    FactsOut,
    FindingOut,
    LotOut,
    RedemptionOut,
    ReportOut,
    SpeciesOut,
    StatementOut,
)

CHECK_NUMBERS = {check: number for number, check in enumerate(Check, start=1)}


def redemption(redeemed: Redeemed, base_url: str) -> RedemptionOut:
    return RedemptionOut(**_members(redeemed, base_url))


def redemption_json(redeemed: Redeemed, base_url: str) -> bytes:
    """As `redemption` is written, without its being checked: a crowd waits."""
    return msgspec.json.encode(_members(redeemed, base_url))


def _members(redeemed: Redeemed, base_url: str) -> dict[str, Any]:
    """RedemptionOut's, in their order."""
    facts = redeemed.redemption
    return {
        "id": facts.id,
        "programme": facts.programme,
        "lot": redeemed.lot_slug,
        "first_serial": facts.first_serial,
        "count": facts.count,
        "numbers": redeemed.numbers,
        "urls": [f"{base_url}/c/{number}" for number in redeemed.numbers],
        "price_grams": facts.price_grams,
        "campaign": facts.campaign,
        "redeemed_at": facts.redeemed_at,
        "replayed": redeemed.replayed,
    }


def report(found: Report, state: State) -> ReportOut:
    return ReportOut(
        number=found.number,
        state=state,
        verdict=found.verdict,
        findings=[_finding(finding) for finding in found.findings],
    )


def lot(view: LotView, base_url: str) -> LotOut:
    facts = view.lot
    return LotOut(
        lot=facts.slug,
        id=facts.id,
        programme=view.programme.code,
        site=facts.site,
        site_en=facts.site_en,
        site_zh=facts.site_zh,
        adcode=facts.adcode,
        province_en=facts.province_en,
        province_zh=facts.province_zh,
        species=SpeciesOut.model_validate(facts.species, from_attributes=True),
        unit=facts.unit.name,
        planting_year=facts.year,
        area_m2=facts.area_m2,
        capacity=facts.capacity,
        asked=facts.asked,
        left=view.left,
        implementer_en=facts.implementer_en,
        implementer_zh=facts.implementer_zh,
        inspector_en=facts.inspector_en,
        inspector_zh=facts.inspector_zh,
        inspected_on=facts.inspected_on,
        standing=facts.standing,
        note=facts.note,
        url=f"{base_url}/lots/{facts.slug}",
        facts=_facts(view.facts) if view.facts else None,
        statements=[_statement(statement) for statement in view.statements],
    )


def counts(row: Counts) -> CountsOut:
    return CountsOut.model_validate(row, from_attributes=True)


def _finding(finding: Finding) -> FindingOut:
    code = CODES[finding.code]
    return FindingOut(
        number=CHECK_NUMBERS[finding.check],
        check=finding.check,
        verdict=finding.verdict,
        code=finding.code,
        text=Bilingual(en=code.en, zh=code.zh),
        next=Bilingual(en=code.next_en, zh=code.next_zh) if code.next_en else None,
        detail=finding.detail,
        evidence=finding.evidence,
        as_of=finding.as_of,
    )


def _facts(facts: LotFacts) -> FactsOut:
    return FactsOut(
        endorsed=facts.endorsed,
        accepted=facts.accepted,
        surveyed=facts.surveyed,
        minted=facts.minted,
        revoked=facts.revoked,
        live=facts.live,
        deficit=facts.deficit,
        closed=facts.closed,
        dossier="0x" + facts.dossier.hex(),
        block=facts.block,
        block_hash="0x" + facts.block_hash.hex(),
        as_of=facts.as_of,
    )


def _statement(statement: StatementView) -> StatementOut:
    return StatementOut(
        stage=statement.stage,
        inspector=statement.inspector,
        party_en=statement.party_en,
        party_zh=statement.party_zh,
        count=statement.count,
        inspected_at=statement.inspected_at,
        report="0x" + statement.report.hex(),
        transaction="0x" + statement.transaction.hex(),
        id="0x" + statement.id.hex(),
        supersedes="0x" + statement.supersedes.hex() if statement.supersedes else None,
    )
