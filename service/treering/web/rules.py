"""Rules of conversion over HTTP: those in force on a day, and what an act counts as by them."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, Field

from treering import errors
from treering.domain.lot import Standing
from treering.domain.reading import Act
from treering.domain.rules import Award, Counting, People, Rule
from treering.web.access import TheServices
from treering.web.audience import OpenRouter
from treering.web.refusals import refusals

router = OpenRouter(prefix="/v1/rules", tags=["rules"])
_DAY = "A day in Beijing; today if left out"


class RuleOut(BaseModel):
    """One rule. A placeholder stands where nothing was published: nothing is decided by it."""

    id: str
    hash: str = Field(description="SHA-256 over all of it: what a decision names")
    adcode: str = Field(description="000000 is everywhere; the narrowest place speaks alone")
    form: str
    unit: str
    from_quantity: Decimal
    sure_quantity: Decimal = Field(description="From here on it counts, wherever it was done")
    counting: Counting
    trees: int = Field(description="0: switched off")
    award: Award
    people: People
    from_day: date
    until_day: date | None = Field(description="The first day on which it holds no more")
    standing: Standing
    as_of: str
    note: str


class RulesOut(BaseModel):
    """The rules in force on a day."""

    day: date
    rules: list[RuleOut]


class ReadingOut(BaseModel):
    """What an act counts as. What is not settled gives no certificate."""

    trees: int
    award: Award
    settled: bool
    rule: RuleOut | None


@router.get(
    "", summary="The rules of conversion in force", responses=refusals(errors.RequestMalformed)
)
def read_rules(
    services: TheServices, on: Annotated[date | None, Query(description=_DAY)] = None
) -> RulesOut:
    day, rules = services.exchanges.rules(on)
    return RulesOut(day=day, rules=[_out(rule) for rule in rules])


@router.get(
    "/reading",
    summary="What an act counts as",
    responses=refusals(errors.RequestMalformed),
)
def read_act(
    services: TheServices,
    adcode: Annotated[str, Query(pattern=r"^[1-9][0-9]{5}$", description="Where one lives")],
    form: Annotated[Literal["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8"], Query()],
    unit: Annotated[str, Query(pattern=r"^[A-Z][A-Z0-9_]{0,39}$")],
    quantity: Annotated[Decimal, Query(gt=0, lt=10**9, max_digits=12, decimal_places=3)],
    eligible: Annotated[bool, Query(description="Whether one is, in that year")],
    on: Annotated[date | None, Query(description=_DAY)] = None,
) -> ReadingOut:
    day, _ = services.exchanges.rules(on)
    found = services.exchanges.read(
        Act(form=form, unit=unit, quantity=quantity, adcode=adcode, day=day, eligible=eligible)
    )
    return ReadingOut(
        trees=found.trees,
        award=found.award,
        settled=found.settled,
        rule=_out(found.rule) if found.rule else None,
    )


def _out(rule: Rule) -> RuleOut:
    values = {name: getattr(rule, name) for name in Rule.__slots__}
    return RuleOut(hash=rule.hash.hex(), **values)
