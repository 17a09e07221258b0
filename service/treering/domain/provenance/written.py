"""A trace as W3C PROV: PROV-JSON (submission of 2013) and PROV-JSONLD (submission of 2024).

Both say the same statements. Names stand in a namespace of chain and contract, so that the
graphs of two certificates, or of two operators, can be laid over each other.
"""

from collections.abc import Iterator
from typing import Any

from treering.domain import instant
from treering.domain.provenance.graph import Fact, Kind, Link, Relation, Thing, Trace
from treering.domain.view import Network

VOCABULARY = "https://treering.example/vocab#"
_PROV = "http://www.w3.org/ns/prov#"
_XSD = "http://www.w3.org/2001/XMLSchema#"

# The two ends of each relation as PROV-DM calls them, and its class in PROV-O.
_ENDS: dict[Relation, tuple[str, str, str]] = {
    Relation.GENERATED: ("entity", "activity", "Generation"),
    Relation.USED: ("activity", "entity", "Usage"),
    Relation.DERIVED: ("generatedEntity", "usedEntity", "Derivation"),
    Relation.REVISED: ("generatedEntity", "usedEntity", "Derivation"),
    Relation.ASSOCIATED: ("activity", "agent", "Association"),
    Relation.ATTRIBUTED: ("entity", "agent", "Attribution"),
    Relation.INVALIDATED: ("entity", "activity", "Invalidation"),
    Relation.MEMBER: ("collection", "entity", "Membership"),
}
_KINDS = {Kind.ENTITY: "Entity", Kind.ACTIVITY: "Activity", Kind.AGENT: "Agent"}


def prov_json(trace: Trace, network: Network) -> dict[str, Any]:
    document: dict[str, Any] = {"prefix": _prefixes(network)}
    for thing in trace.things.values():
        document.setdefault(thing.kind.value, {})[_id(thing.id)] = dict(_attributes(thing))
    for number, link in enumerate(trace.links):
        section = Relation.DERIVED if link.relation is Relation.REVISED else link.relation
        subject, object_, _ = _ENDS[link.relation]
        stated = {f"prov:{subject}": _id(link.subject), f"prov:{object_}": _id(link.object)}
        document.setdefault(section.value, {})[f"_:l{number}"] = {**stated, **_said(link)}
    return document


def _attributes(thing: Thing) -> Iterator[tuple[str, Any]]:
    types = [_name(f"treering:{thing.type}")]
    if thing.type == "Batch":
        types.append(_name("prov:Collection"))
    yield "prov:type", types
    yield "prov:label", [{"$": thing.en, "lang": "en"}, {"$": thing.zh, "lang": "zh"}]
    if thing.at and thing.kind is Kind.ACTIVITY:
        yield "prov:startTime", instant.to_text(thing.at)
        yield "prov:endTime", instant.to_text(thing.at)
    elif thing.at:
        yield "treering:at", {"$": instant.to_text(thing.at), "type": "xsd:dateTime"}
    yield "treering:source", thing.source.value
    for name, value in thing.facts.items():
        yield f"treering:{name}", _plain(value)


def _said(link: Link) -> dict[str, Any]:
    if link.relation is Relation.REVISED:
        return {"prov:type": _name("prov:Revision")}
    return {"prov:role": _name(f"treering:{link.role}")} if link.role else {}


def prov_jsonld(trace: Trace, network: Network) -> dict[str, Any]:
    """Its context is its own, so that nobody has to fetch one."""
    graph = [_node(thing) for thing in trace.things.values()]
    graph += [_statement(link) for link in trace.links]
    return {"@context": [_prefixes(network), _context()], "@graph": graph}


def _node(thing: Thing) -> dict[str, Any]:
    types = [f"treering:{thing.type}", *(["prov:Collection"] if thing.type == "Batch" else [])]
    node: dict[str, Any] = {
        "@type": _KINDS[thing.kind],
        "@id": _id(thing.id),
        "type": types,
        "label": [_text(thing.en, "en"), _text(thing.zh, "zh")],
    }
    if thing.at and thing.kind is Kind.ACTIVITY:
        node |= {"startTime": instant.to_text(thing.at), "endTime": instant.to_text(thing.at)}
    elif thing.at:
        node["treering:at"] = [_typed(instant.to_text(thing.at), "dateTime")]
    node["treering:source"] = [_typed(thing.source.value, "string")]
    return node | {f"treering:{name}": [_literal(value)] for name, value in thing.facts.items()}


def _statement(link: Link) -> dict[str, Any]:
    subject, object_, type_ = _ENDS[link.relation]
    said: dict[str, Any] = {"@type": type_}
    ends = {subject: _id(link.subject), object_: _id(link.object)}
    if link.relation is Relation.REVISED:
        return {**said, "type": ["prov:Revision"], **ends}
    return {**said, **ends, **({"role": [f"treering:{link.role}"]} if link.role else {})}


def _prefixes(network: Network) -> dict[str, str]:
    place = f"urn:treering:{network.chain_id}:{network.contract.lower()}:"
    return {"ledger": place, "treering": VOCABULARY}


def _context() -> dict[str, Any]:
    """The terms of PROV that stand in our graphs, as the submission has them: a statement is a
    node of its own, which its first end points to."""
    moment = {"@type": "xsd:dateTime"}
    times = {
        "startTime": {"@id": "prov:startedAtTime", **moment},
        "endTime": {"@id": "prov:endedAtTime", **moment},
    }
    return {
        "@version": 1.1,
        "prov": _PROV,
        "provext": "https://openprovenance.org/ns/provext#",
        "xsd": _XSD,
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "type": {"@id": "rdf:type", "@type": "@id"},
        "label": {"@id": "rdfs:label"},
        "role": {"@id": "prov:hadRole", "@type": "@id"},
        "Entity": {"@id": "prov:Entity"},
        "Agent": {"@id": "prov:Agent"},
        "Activity": {"@id": "prov:Activity", "@context": times},
        **{type_: _class(subject, object_, type_) for subject, object_, type_ in _ENDS.values()},
    }


def _class(subject: str, object_: str, type_: str) -> dict[str, Any]:
    """The class of a statement with its two ends. PROV-O has none for membership."""
    space, target = ("provext", "member") if type_ == "Membership" else ("prov", object_)
    target = "entity" if object_ == "usedEntity" else target
    ends = {
        subject: {"@reverse": f"{space}:qualified{type_}", "@type": "@id"},
        object_: {"@id": f"{space}:{target}", "@type": "@id"},
    }
    return {"@id": f"{space}:{type_}", "@context": ends}


def _id(name: str) -> str:
    return f"ledger:{name}"


def _name(value: str) -> dict[str, str]:
    return {"$": value, "type": "prov:QUALIFIED_NAME"}


def _plain(value: Fact) -> Fact | dict[str, str]:
    """Whole numbers of any size: what JSON writes bare, PROV-JSON takes for 32 bits."""
    return {"$": str(value), "type": "xsd:integer"} if isinstance(value, int) else value


def _text(value: str, language: str) -> dict[str, str]:
    return {"@value": value, "@language": language}


def _typed(value: str, type_: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{type_}"}


def _literal(value: Fact) -> dict[str, str]:
    return _typed(str(value), "integer" if isinstance(value, int) else "string")
