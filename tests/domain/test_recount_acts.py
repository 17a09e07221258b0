"""Who acted, and by which call: held against the roles of the moment and against the events."""

from dataclasses import replace

import pytest
from coincurve import PrivateKey

from tests.domain.test_recount_rules import (  # noqa: F401 - history is a fixture
    ANNA,
    BERT,
    CAROL,
    GRASS,
    LOT,
    SAXAUL,
    SITE,
    TREE,
    A,
    B,
    history,
    minted,
    numbered,
    opened,
    replayed,
    stated,
)
from treering.domain.keccak import keccak
from treering.domain.recount import events as told
from treering.domain.recount.calls import Call, held_to
from treering.domain.recount.difference import Code
from treering.domain.recount.duties import MIRROR_ROLE, Duties
from treering.domain.recount.testimony import Domain, statement_digest
from treering.domain.signer import recovered, signer_of

DOMAIN = Domain(31337, "0x" + "5a" * 20)
KEY = PrivateKey(keccak(b"an inspector"))
SIGNER = "0x" + keccak(KEY.public_key.format(compressed=False)[1:])[12:].hex()
SAID = (LOT, 1, 30, 1_561_939_200, A, B, 4, 2**63)


def signature(digest: bytes, key: PrivateKey = KEY) -> bytes:
    made = key.sign_recoverable(digest, hasher=None)
    return made[:64] + bytes([27 + made[64]])


def call(function: str, *arguments: object) -> Call:
    return Call(b"\7" * 32, BERT, function, arguments)


ACTS = [
    told.ProgrammeOpened(7, SITE),
    told.SuccessorNamed(CAROL),
    opened(),
    told.LotClosed(LOT),
    told.IssuerKeySet(1, B, b"key", 5),
    told.IssuerKeyRetired(1, A, 9, 8),
    minted(),
    told.BatchRebuilt(LOT, 10, A, bytes(20), A),
    told.RecordRevoked(TREE, 1),
    told.RecordReplaced(TREE, TREE + 5),
    told.RecordClaimed(TREE, B),
    told.ClaimReleased(TREE + 4, A),
    told.FeedAnchored(A, 10, A, 11, B),
]


@pytest.mark.parametrize("event", ACTS, ids=lambda event: type(event).__name__)
def test_an_act_by_somebody_without_its_role_is_named_with_the_role(history, event):  # noqa: F811
    *before, last = numbered([*history, event])

    unseen = replayed([*before, last])
    seen = replayed([*before, replace(last, sender=CAROL)])

    assert unseen.differences == []
    assert [d.code for d in seen.differences] == [Code.ROLE_LACKING]
    assert seen.differences[0].subject == f"account {CAROL}"


def test_an_act_by_the_one_who_holds_its_role_then_is_no_difference(history):  # noqa: F811
    *before, batch = numbered([*history, minted()])
    taken = told.RoleRevoked(next(iter(_minters(history))), BERT, "0x" + "ad" * 20)

    held = replayed([*before, replace(batch, sender=BERT)])
    lost = numbered([*history, taken, minted()])
    lost[-1] = replace(lost[-1], sender=BERT)

    assert held.differences == []
    assert [(d.code, d.expected) for d in replayed(lost).differences] == [
        (Code.ROLE_LACKING, "minter 1")
    ]


def _minters(events):
    return [e.role for e in events if isinstance(e, told.RoleGranted) and e.account == BERT]


def test_a_role_that_is_none_of_the_contracts_is_named_in_hex():
    assert Duties().name(MIRROR_ROLE) == "mirror"
    assert Duties().name(A) == "0x" + A.hex()


@pytest.mark.parametrize(
    ("made", "events"),
    [
        (call("openProgramme", 3, SITE), [told.ProgrammeOpened(3, SITE)]),
        (call("openLot", LOT, (SITE, SAXAUL, 2019, 1, A)), [opened(LOT)]),
        (call("closeLot", LOT), [told.LotClosed(LOT)]),
        (call("mint", LOT, 10, bytes(20)), [minted()]),
        (
            call("revoke", (TREE, TREE + 1), 2),
            [told.RecordRevoked(TREE, 2), told.RecordRevoked(TREE + 1, 2)],
        ),
        (call("replace", TREE, TREE + 1), [told.RecordReplaced(TREE, TREE + 1)]),
        (call("claim", A, (TREE,)), [told.RecordClaimed(TREE, A)]),
        (call("release", (TREE,)), [told.ClaimReleased(TREE, B)]),
        (call("anchor", A, 5, B), [told.FeedAnchored(A, 3, A, 5, B)]),
        (call("setIssuerKey", 1, A, b"k", 5), [told.IssuerKeySet(1, A, b"k", 5)]),
        (call("retireIssuerKey", 1, A, 9), [told.IssuerKeyRetired(1, A, 0, 9)]),
        (call("nameSuccessor", ANNA), [told.SuccessorNamed(ANNA)]),
        (call("pause"), [told.Paused(ANNA)]),
        (call("unpause"), [told.Unpaused(ANNA)]),
        (call("grantRole", A, ANNA), [told.RoleGranted(A, ANNA, BERT)]),
    ],
    ids=lambda made: made.function if isinstance(made, Call) else "",
)
def test_a_calls_events_are_those_it_names(made, events):
    assert list(held_to(made, events, DOMAIN)) == []
    if made.function == "grantRole":  # its event tells who acted
        return
    for less in (events[:-1], [*events, told.LotClosed(GRASS)]):
        assert [d.code for d in held_to(made, less, DOMAIN)] == [Code.CALL_DIFFERS]


def test_a_claim_that_is_withheld_within_its_transaction_is_found():
    made = call("claim", A, (TREE, TREE + 1, TREE + 2))

    (found,) = held_to(
        made, [told.RecordClaimed(TREE, A), told.RecordClaimed(TREE + 2, A)], DOMAIN
    )

    assert found.subject == "transaction 0x" + "07" * 32
    assert str(found.expected).startswith("3 × RecordClaimed(")
    assert str(found.found).startswith("2 × RecordClaimed(")


def statement_event(**changes) -> told.Stated:
    digest = statement_digest(DOMAIN, SAID)
    return stated(inspector=SIGNER, supersedes=B, **{"id": digest} | changes)


def test_a_statement_signed_by_its_inspector_is_no_difference():
    digest = statement_digest(DOMAIN, SAID)
    made = call("state", SAID, SIGNER, signature(digest))

    assert list(held_to(made, [statement_event()], DOMAIN)) == []


def test_a_statement_signed_by_somebody_else_is_named_with_the_signer():
    other = PrivateKey(keccak(b"somebody else"))
    made = call("state", SAID, SIGNER, signature(statement_digest(DOMAIN, SAID), other))

    (found,) = held_to(made, [statement_event()], DOMAIN)

    assert (found.code, found.lot, found.expected) == (Code.STATEMENT_SIGNATURE, LOT, SIGNER)
    assert str(found.found).startswith("0x")


def test_a_statement_without_a_signature_and_with_another_id_is_both():
    made = call("state", SAID, SIGNER, b"\1" * 64)

    found = list(held_to(made, [statement_event(id=A)], DOMAIN))

    assert [d.code for d in found] == [Code.STATEMENT_DIGEST, Code.STATEMENT_SIGNATURE]
    assert found[1].found == "64 bytes that recover to nobody"


def test_a_signature_that_contracts_refuse_is_nobodys():
    digest = keccak(b"anything")
    good = signature(digest)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    upper = (order - int.from_bytes(good[32:64], "big")).to_bytes(32, "big")

    assert signer_of(digest, good) == SIGNER
    assert signer_of(digest, good[:64] + bytes([good[64] - 27])) is None
    assert signer_of(digest, good[:32] + upper + bytes([55 - good[64]])) is None
    assert recovered(digest, bytes(64), 0) is None
