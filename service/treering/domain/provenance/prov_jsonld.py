"""A trace as PROV-JSONLD, the W3C submission of 2024, with a context of its own: nobody has to
fetch one."""

from typing import Any

from treering.domain import instant
from treering.domain.provenance.graph import Fact, Kind, Link, Relation, Thing, Trace
from treering.domain.provenance.statements import ENDS, all_links, all_things, prefixes, qualified
from treering.domain.view import Network

_PROV = "http://www.w3.org/ns/prov#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_KINDS = {Kind.ENTITY: "Entity", Kind.ACTIVITY: "Activity", Kind.AGENT: "Agent"}


def prov_jsonld(trace: Trace, network: Network) -> dict[str, Any]:
    graph = [_node(thing) for thing in all_things(trace)]
    graph += [_statement(link) for link in all_links(trace)]
    return {"@context": [prefixes(network), _context()], "@graph": graph}


def _node(thing: Thing) -> dict[str, Any]:
    types = [f"treering:{thing.type}", *(["prov:Collection"] if thing.type == "Batch" else [])]
    node: dict[str, Any] = {
        "@type": _KINDS[thing.kind],
        "@id": qualified(thing.id),
        "type": types,
        "label": [_text(thing.en, "en"), _text(thing.zh, "zh")],
    }
    if thing.at and thing.kind is Kind.ACTIVITY:
        node |= {"startTime": instant.to_text(thing.at), "endTime": instant.to_text(thing.at)}
    elif thing.at:
        node["treering:at"] = [_typed(instant.to_text(thing.at), "dateTime")]
    node["treering:source"] = [_typed(thing.source.value, "string")]
    return node | {f"treering:{name}": _literals(value) for name, value in thing.facts.items()}


def _statement(link: Link) -> dict[str, Any]:
    subject, object_, type_ = ENDS[link.relation]
    said: dict[str, Any] = {"@type": type_}
    ends = {subject: qualified(link.subject), object_: qualified(link.object)}
    if link.relation is Relation.REVISED:
        return {**said, "type": ["prov:Revision"], **ends}
    return {**said, **ends, **({"role": [f"treering:{link.role}"]} if link.role else {})}


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
        **{type_: _class(subject, object_, type_) for subject, object_, type_ in ENDS.values()},
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


def _text(value: str, language: str) -> dict[str, str]:
    return {"@value": value, "@language": language}


def _typed(value: str, type_: str) -> dict[str, str]:
    return {"@value": value, "@type": f"xsd:{type_}"}


def _literals(value: Fact) -> list[dict[str, str]]:
    if isinstance(value, tuple):
        return [_typed(each, "string") for each in value]
    return [_typed(str(value), "integer" if isinstance(value, int) else "string")]
