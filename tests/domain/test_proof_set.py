"""The set of two proofs: each stands alone, and a document holds only if each that it has does."""

import copy
import json
from typing import Any

import pytest

from tests.domain.example import (
    BASE_URL,
    DID,
    ISSUER,
    KEY,
    METHOD,
    NOW,
    a_certificate,
    a_credential,
    at,
    paths,
)
from treering.domain import multibase, rdf
from treering.domain.claims import facts
from treering.domain.credential import unsigned
from treering.domain.issuer_key import IssuerKey
from treering.domain.proof import BOTH, JCS, RDFC, is_signed, secured
from treering.errors import CredentialMalformed

UNSIGNED = unsigned(a_certificate(), issuer=DID, base_url=BASE_URL)


def signed_by(*suites: str) -> dict[str, Any]:
    return secured(UNSIGNED, method=METHOD, created=NOW, sign=KEY.sign, suites=suites)


def holds(document: dict[str, Any]) -> bool:
    """As the flow asks: only what was read is held against its signatures."""
    try:
        facts(document)
        return is_signed(document, ISSUER)
    except CredentialMalformed:
        return False


def test_both_proofs_hold_and_each_alone_is_the_same():
    document = a_credential()
    assert holds(document)
    assert [proof["cryptosuite"] for proof in document["proof"]] == list(BOTH)
    assert signed_by(JCS)["proof"] == document["proof"][:1]
    assert signed_by(RDFC)["proof"] == document["proof"][1:]


def test_the_quick_proof_alone_is_enough():
    assert holds(signed_by(JCS))


@pytest.mark.parametrize("suites", [(RDFC,), (RDFC, JCS), (JCS, JCS), (JCS, RDFC, JCS), ()])
def test_other_sets_are_not_ours(suites):
    with pytest.raises(CredentialMalformed, match="proof"):
        is_signed(signed_by(*suites), ISSUER)
    with pytest.raises(CredentialMalformed):
        facts(signed_by(*suites))


@pytest.mark.parametrize("path", paths(a_credential()), ids=str)
def test_no_part_of_it_can_be_changed_taken_away_or_added_to(path):
    right = at(a_credential(), path)
    for other in [None, [], {}, 0, True, "", "x", f"{right} "]:
        document = a_credential()
        at(document, path[:-1])[path[-1]] = other
        assert document == a_credential() or not holds(document), other
    document = a_credential()
    del at(document, path[:-1])[path[-1]]
    # Without its second proof it is the quick form, which holds.
    assert holds(document) is (path == ("proof", 1))
    if isinstance(right, dict | list):
        document = a_credential()
        place = at(document, path)
        place.append("x") if isinstance(place, list) else place.update(extra=1)
        assert not holds(document)


def test_a_broken_second_proof_breaks_the_first():
    document = a_credential()
    first, second = document["proof"]
    second["proofValue"] = first["proofValue"]
    assert is_signed(document, ISSUER) is False


def test_another_key_signed_neither():
    assert is_signed(a_credential(), IssuerKey(b"\x2b" * 32)) is False


def test_the_canonical_statements_are_what_is_signed():
    document = a_credential()
    options = document.pop("proof")[1]
    value = multibase.decode(options.pop("proofValue"))
    statements = rdf.canonical(document).decode().splitlines()
    assert statements == sorted(statements)
    assert any('#holderName> "张*" .' in statement for statement in statements)
    changed = copy.deepcopy(document)
    changed["credentialSubject"]["holderName"] = "李*"
    assert rdf.canonical(changed) != rdf.canonical(document)
    assert len(value) == 64


def test_every_word_of_it_means_something():
    """A word that no context knows would fall out of the statements, unsigned."""
    for path in paths(UNSIGNED):
        if path[0] == "@context" or not isinstance(at(UNSIGNED, path), str | int):
            continue
        document = copy.deepcopy(UNSIGNED)
        was = at(document, path)
        at(document, path[:-1])[path[-1]] = was + 1 if type(was) is int else not_(was)
        assert rdf.canonical(document) != rdf.canonical(UNSIGNED), path


def not_(was: str | bool) -> str | bool:
    return (not was) if isinstance(was, bool) else was + "x"


def test_the_meaning_of_words_is_never_fetched():
    for context in ("https://evil.example/v1", "https://www.w3.org/ns/did/v1"):
        with pytest.raises(CredentialMalformed, match="no canonical form"):
            rdf.canonical(UNSIGNED | {"@context": [context]})


def test_many_services_leave_no_more_behind_than_few():
    for i in range(150):
        rdf.canonical({"@context": [f"https://{i}.example/ns/treering/v2"], "type": "x:y"})
    assert len(rdf._resolved) <= 101
    assert holds(a_credential())


def test_it_survives_a_journey_as_json():
    text = json.dumps(a_credential(), ensure_ascii=True, indent=3, sort_keys=True)
    assert holds(json.loads(text))
