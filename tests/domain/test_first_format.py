"""The first format of credentials: it is read and verified for ever.

What it does not need it leaves unread; what it reads has its one shape.
"""

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.example import (
    CONTRACT,
    FINAL,
    ISSUER,
    METHOD,
    NOW,
    NUMBER,
    a_certificate,
    a_first_credential,
    at,
    paths,
)
from treering.domain.claims import Facts, facts
from treering.domain.proof import is_signed
from treering.errors import CredentialMalformed

SAYS = Facts(
    number=str(NUMBER),
    method=METHOD,
    created=NOW,
    record=FINAL.records()[1],
    lot="ANT_FOREST-277",
    serial=8,
    site="150000/277",
    species="SAXAUL",
    unit="TREE",
    year=2019,
    redeemed_at=datetime(2026, 11, 21, 16, 30, tzinfo=UTC),
    first_serial=7,
    root=FINAL.root,
    proof=a_certificate().proof,
    chain_id=31337,
    contract=CONTRACT,
    block=1234,
)
SUBJECT, LEDGER = ("credentialSubject",), ("evidence", 0)
TEXTS = {
    *((*SUBJECT, name) for name in ("number", "lot", "site", "species", "unit")),
    (*LEDGER, "contract"),
    ("proof", "verificationMethod"),
}
SIBLINGS = (*LEDGER, "merkleProof")
READ = TEXTS | {
    *((*SUBJECT, name) for name in ("serial", "plantingYear", "redeemedAt")),
    *((*LEDGER, name) for name in ("record", "firstSerial", "root", "chainId", "block")),
    *((*SIBLINGS, i) for i in range(3)),
    *(("proof", name) for name in ("type", "cryptosuite", "proofPurpose")),
    *(SUBJECT, LEDGER, SIBLINGS, ("evidence",), ("proof",), ("proof", "created")),
}
WRONG = [None, [], {}, -1, 1.5, 8.0, True, "", 2**64, 10**5000, "x" * 100_000, "\ud800", [[]]]


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    document = a_first_credential()
    at(document, path[:-1])[path[-1]] = copy.deepcopy(value)
    return document


def test_what_it_says_is_what_the_certificate_says():
    assert facts(a_first_credential()) == SAYS
    assert SAYS.tree == FINAL.records()[1].tree_id


def test_the_first_format_is_read_and_verified_for_ever():
    kept = a_first_credential()
    assert is_signed(kept, ISSUER)
    assert facts(kept) == SAYS


def test_further_evidence_is_somebody_elses():
    document = a_first_credential()
    document["evidence"].append({"type": "Photograph"})
    assert facts(document) == SAYS


@pytest.mark.parametrize("path", paths(a_first_credential()), ids=str)
def test_every_wrong_value_is_refused_wherever_it_is_read(path):
    for wrong in WRONG:
        document = changed(path, wrong)
        well_typed = (path in TEXTS and isinstance(wrong, str)) or (path, wrong) == (SIBLINGS, [])
        if path in READ and not well_typed:
            with pytest.raises(CredentialMalformed) as refused:
                facts(document)
            assert len(str(refused.value)) < 300
        elif path not in READ:
            assert facts(document) == SAYS
        else:
            assert facts(document) != SAYS


@pytest.mark.parametrize("path", paths(a_first_credential()), ids=str)
def test_every_missing_part_is_refused_wherever_it_is_read(path):
    document = a_first_credential()
    del at(document, path[:-1])[path[-1]]
    if path in READ and path[:-1] != SIBLINGS:
        with pytest.raises(CredentialMalformed):
            facts(document)
    else:
        assert (facts(document) == SAYS) is (path not in READ)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(paths(a_first_credential())), JSON)
def test_no_value_anywhere_leads_to_another_error(path, value):
    try:
        facts(changed(path, value))
    except CredentialMalformed:
        return


@given(JSON)
def test_no_other_document_leads_to_another_error(document):
    with pytest.raises(CredentialMalformed):
        facts(document)


def test_nesting_without_end_is_refused():
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for path in READ:
        with pytest.raises(CredentialMalformed):
            facts(changed(path, None) | {path[0]: deep})


@pytest.mark.parametrize(
    "written",
    [
        FINAL.root.hex(),
        "0x" + FINAL.root.hex().upper(),
        "0X" + FINAL.root.hex(),
        "0x0x" + FINAL.root.hex(),
        "0x " + FINAL.root.hex(),
        "0x" + FINAL.root.hex(" "),
        "0x" + FINAL.root.hex() + "\n",
        "0x" + FINAL.root.hex()[:-1],
        "0x" + FINAL.root.hex()[:-2],
        "0x" + FINAL.root.hex() + "00",
        "0x" + "０" * 64,
    ],
)
def test_a_hash_has_one_writing(written):
    for path in [(*LEDGER, "root"), (*LEDGER, "record"), (*SIBLINGS, 0)]:
        with pytest.raises(CredentialMalformed):
            facts(changed(path, written))


@pytest.mark.parametrize("written", ["2026-11-22T08:00:00+00:00", "2026-1-2T3:4:5Z", "2026-11-22"])
def test_an_instant_has_one_writing(written):
    for path in [("proof", "created"), (*SUBJECT, "redeemedAt")]:
        with pytest.raises(CredentialMalformed):
            facts(changed(path, written))


def test_a_proof_is_at_most_as_long_as_a_lot_is_deep():
    assert len(facts(changed(SIBLINGS, ["0x" + "00" * 32] * 32)).proof) == 32
    with pytest.raises(CredentialMalformed, match="at most 32"):
        facts(changed(SIBLINGS, ["0x" + "00" * 32] * 33))


def test_whole_numbers_reach_as_far_as_the_chains():
    assert facts(changed((*LEDGER, "chainId"), 2**64 - 1)).chain_id == 2**64 - 1
