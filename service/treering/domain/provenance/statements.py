"""What both written forms of a trace say: the same things, links and prefixes.

Names stand in a namespace of chain and contract, so that the graphs of two certificates, or
of two operators, can be laid over each other.
"""

from treering.domain.provenance.graph import Fact, Kind, Link, Relation, Source, Thing, Trace
from treering.domain.view import Network

VOCABULARY = "https://treering.example/vocab#"

# The two ends of each relation as PROV-DM calls them, and its class in PROV-O.
ENDS: dict[Relation, tuple[str, str, str]] = {
    Relation.GENERATED: ("entity", "activity", "Generation"),
    Relation.USED: ("activity", "entity", "Usage"),
    Relation.DERIVED: ("generatedEntity", "usedEntity", "Derivation"),
    Relation.REVISED: ("generatedEntity", "usedEntity", "Derivation"),
    Relation.ASSOCIATED: ("activity", "agent", "Association"),
    Relation.ATTRIBUTED: ("entity", "agent", "Attribution"),
    Relation.INVALIDATED: ("entity", "activity", "Invalidation"),
    Relation.MEMBER: ("collection", "entity", "Membership"),
}


def all_things(trace: Trace) -> list[Thing]:
    """Those of the graph, and the tracing itself: what was checked, and what is missing."""
    checked = tuple(f"{check.name} {check.value} {check.verdict}" for check in trace.checks)
    at: dict[str, Fact] = (
        {}
        if trace.block is None or trace.block_hash is None
        else {"block": trace.block, "blockHash": f"0x{trace.block_hash.hex()}"}
    )
    found: dict[str, Fact] = {
        "verdict": trace.verdict.value,
        **at,
        "checked": checked,
        "missing": tuple(f"{gap.name} after {gap.after}" for gap in trace.gaps),
    }
    told = Thing(
        id=_told(trace),
        kind=Kind.ENTITY,
        type="Trace",
        en=f"Trace of {trace.number}",
        zh=f"{trace.number} 的溯源",
        source=Source.BOOKS,
        at=trace.as_of,
        facts={name: fact for name, fact in found.items() if fact != ()},
    )
    return [*trace.things.values(), told]


def all_links(trace: Trace) -> list[Link]:
    return [*trace.links, Link(Relation.DERIVED, _told(trace), f"certificate-{trace.number}")]


def prefixes(network: Network) -> dict[str, str]:
    place = f"urn:treering:{network.chain_id}:{network.contract.lower()}:"
    return {"ledger": place, "treering": VOCABULARY}


def qualified(name: str) -> str:
    return f"ledger:{name}"


def _told(trace: Trace) -> str:
    return f"trace-{trace.number}"
