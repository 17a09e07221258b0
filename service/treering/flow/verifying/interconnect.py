"""Check 8: the fulfilment certificate that a record was exchanged for.

The chain says whether the record was used up, and for which (salted) certificate; the mirror
says what became of that certificate. Without a claim there is nothing to look up.
"""

from collections.abc import Callable
from datetime import datetime

from treering.domain.claims import Facts
from treering.domain.fulfilment import Interconnection
from treering.domain.instant import national_year
from treering.domain.record import TreeId
from treering.flow.mirroring.state import MAX_AGE
from treering.flow.verifying.checks import Status, World
from treering.flow.verifying.findings import Answer, Evidence

MIRROR_MAX_AGE = MAX_AGE

Mirror = Callable[[TreeId], Interconnection | None]


def check_exchange(
    facts: Facts, world: World, status: Status | None, mirror: Mirror | None, now: datetime
) -> Answer:
    """`mirror` is None where there is none."""
    assert status, "without a status the chain is not asked"
    known = mirror(facts.tree) if mirror else None
    if status.claim is None:
        return _unclaimed(known, now)
    if known is None:
        return Answer("EXCHANGE_UNCHECKED", "there is no mirror")
    code = _code(facts, world, status.claim, known, now)
    return Answer(code, f"0x{status.claim.hex()}", _evidence(known, now), known.held.head.time)


def _unclaimed(known: Interconnection | None, now: datetime) -> Answer:
    if known is None:
        return Answer("NOT_EXCHANGED")
    evidence, as_of = _evidence(known, now), known.held.head.time
    if known.uses_tree:
        # An exchange on its way, or one that a node has lost: neither side lies for certain.
        why = "the registry lists the record, the chain does not yet"
        return Answer("EXCHANGE_UNCHECKED", why, evidence, as_of)
    return Answer("NOT_EXCHANGED", "", evidence)


def _code(facts: Facts, world: World, claim: bytes, known: Interconnection, now: datetime) -> str:
    if known.age(now) > MIRROR_MAX_AGE:
        return "EXCHANGE_UNCHECKED"
    if known.doubt:
        return "EXCHANGE_DISPUTED"
    if (
        known.unheard or known.behind
    ):  # two sources are followed and one speaks; the ledger knows more
        return "EXCHANGE_UNCHECKED"
    fulfilment = known.of(claim)
    if fulfilment is None:
        # The registry writes before the chain does: only a head from after the claim can tell.
        claimed_at = world.claimed_at(facts.tree)
        too_old = claimed_at is None or known.held.head.time <= claimed_at
        return "EXCHANGE_UNCHECKED" if too_old else "EXCHANGE_UNKNOWN"
    if not fulfilment.active:
        return "EXCHANGE_WITHDRAWN"
    same_year = fulfilment.entry.year == national_year(facts.redeemed_at)
    lists_it = facts.tree in fulfilment.entry.trees
    return "EXCHANGE_OK" if same_year and lists_it else "EXCHANGE_DIFFERS"


def _evidence(known: Interconnection, now: datetime) -> Evidence:
    head = known.held.head
    found: Evidence = {
        "mirror_size": head.size,
        "mirror_root": head.root.hex(),
        "mirror_age_seconds": int(known.age(now).total_seconds()),
    }
    found |= {"second_source": known.unheard} if known.unheard else {}
    return found | ({"ledger": known.behind} if known.behind else {})
