"""Check 8: the fulfilment certificate that a record was exchanged for.

The chain says whether the record was used up, and for which (salted) certificate; the mirror
says what became of that certificate. Without a claim there is nothing to look up.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from treering.domain.credential import Facts
from treering.domain.fulfilment import Interconnection
from treering.domain.instant import national_year
from treering.domain.record import TreeId
from treering.flow.checks import Status
from treering.flow.findings import Answer

MIRROR_MAX_AGE = timedelta(days=2)  # the registry publishes daily; twice that is too old

Mirror = Callable[[TreeId], Interconnection | None]


def check_exchange(
    facts: Facts, status: Status | None, mirror: Mirror | None, now: datetime
) -> Answer:
    """`status` is None while the chain cannot be asked; `mirror` where there is none."""
    if status is None:
        return Answer("EXCHANGE_UNCHECKED", "the node is silent")
    if status.claim is None:
        return Answer("NOT_EXCHANGED")
    known = mirror(facts.tree) if mirror else None
    if known is None:
        return Answer("EXCHANGE_UNCHECKED", "there is no mirror")
    head = known.held.head
    evidence: dict[str, str | int | bool | None] = {
        "mirror_size": head.size,
        "mirror_root": head.root.hex(),
        "mirror_age_seconds": int(known.age(now).total_seconds()),
    }
    code = _code(facts, status.claim, known, now)
    return Answer(code, f"0x{status.claim.hex()}", evidence, as_of=head.time)


def _code(facts: Facts, claim: bytes, known: Interconnection, now: datetime) -> str:
    if known.age(now) > MIRROR_MAX_AGE:
        return "EXCHANGE_UNCHECKED"
    fulfilment = known.fulfilment
    if fulfilment is None or fulfilment.entry.certificate != claim:
        return "EXCHANGE_UNKNOWN"
    if not fulfilment.active:
        return "EXCHANGE_WITHDRAWN"
    same_year = fulfilment.entry.year == national_year(facts.redeemed_at)
    return "EXCHANGE_OK" if same_year and known.uses_tree else "EXCHANGE_DIFFERS"
