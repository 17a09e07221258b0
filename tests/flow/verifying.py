"""A real credential, what can be done to it, and what a report says of it."""

import copy
import json

import pytest

from treering.domain.claims import facts
from treering.domain.proof import secured
from treering.domain.record import lot_id
from treering.domain.verification import Check, Report
from treering.flow.parts import Parts

LOT = lot_id(1, 277)


CLAIM = b"\x0c" * 32


@pytest.fixture
def document(parts: Parts, numbers: list[str]) -> dict:
    return parts.office.credential(parts.office.find(numbers[1]))


def as_file(document: dict) -> bytes:
    return json.dumps(document).encode()


def code(report: Report, check: Check) -> str:
    (found,) = [finding.code for finding in report.findings if finding.check is check]
    return found


def unsecured(document: dict) -> dict:
    return {name: value for name, value in document.items() if name != "proof"}


def resigned(parts: Parts, document: dict) -> dict:
    """The changed document under a fresh signature of the programme's own key."""
    issuer = parts.office.issuer_of("ANT_FOREST")
    created = facts(document).created
    method = document["proof"][0]["verificationMethod"]
    return secured(unsecured(document), method=method, created=created, sign=issuer.sign)


def changed(document: dict, *path: str | int, to: object) -> dict:
    copied = copy.deepcopy(document)
    place = copied
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return copied
