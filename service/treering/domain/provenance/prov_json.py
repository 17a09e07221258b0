"""A trace as PROV-JSON, the W3C submission of 2013."""

from collections.abc import Iterator
from typing import Any

from treering.domain import instant
from treering.domain.provenance.graph import Fact, Kind, Link, Relation, Thing, Trace
from treering.domain.provenance.statements import ENDS, all_links, all_things, prefixes, qualified
from treering.domain.view import Network


def prov_json(trace: Trace, network: Network) -> dict[str, Any]:
    document: dict[str, Any] = {"prefix": prefixes(network)}
    for thing in all_things(trace):
        document.setdefault(thing.kind.value, {})[qualified(thing.id)] = dict(_attributes(thing))
    for number, link in enumerate(all_links(trace)):
        section = Relation.DERIVED if link.relation is Relation.REVISED else link.relation
        subject, object_, _ = ENDS[link.relation]
        stated = {
            f"prov:{subject}": qualified(link.subject),
            f"prov:{object_}": qualified(link.object),
        }
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


def _plain(value: Fact) -> Any:
    """Whole numbers of any size: what JSON writes bare, PROV-JSON takes for 32 bits."""
    if isinstance(value, tuple):
        return list(value)
    return {"$": str(value), "type": "xsd:integer"} if isinstance(value, int) else value


def _name(value: str) -> dict[str, str]:
    return {"$": value, "type": "prov:QUALIFIED_NAME"}
