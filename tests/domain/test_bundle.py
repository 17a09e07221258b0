"""The bundle: all that a verifier asks of the chain, small, signed, and with one writing only."""

from dataclasses import replace
from typing import Any

import cbor2
import pytest

from tests.domain.example import ISSUER, KEY, VECTORS
from treering.domain import cose
from treering.domain.bundle import form
from treering.domain.bundle.contents import Batches, Bundle, LotLine
from treering.domain.issuer_key import IssuerKey
from treering.domain.record import lot_id, tree_id
from treering.domain.recount.books import IssuerKey as KeyBook
from treering.domain.recount.books import Terms
from treering.errors import BundleTooNew, BundleUnreadable, BundleUnsigned

LOT, OTHER = lot_id(1, 277), lot_id(2, 9)
ROOTS = b"".join(bytes([n]) * 32 for n in range(1, 5))
TERMS = Terms(b"150000/277", b"SAXAUL", 2019, 1, b"\1" * 32)
BUNDLE = Bundle(
    chain_id=31337,
    contract="0x" + "ab" * 20,
    block=12,
    block_hash=b"\7" * 32,
    block_time=1_600_000_000,
    keys={
        (1, ISSUER.id): KeyBook(ISSUER.public, 1),
        (2, b"\4" * 32): KeyBook(b"\5" * 32, 1, 2**62),
    },
    lots={
        LOT: LotLine(TERMS, 40, 20, 19, False, Batches.of([10, 10, 5, 10], ROOTS)),
        OTHER: LotLine(TERMS, 40, None, None, True, Batches()),
    },
    revoked={tree_id(LOT, 3): 4, tree_id(LOT, 5): 6},
    replaced={tree_id(LOT, 5): tree_id(LOT, 6)},
    claimed=frozenset([tree_id(LOT, 7)]),
    programmes={1: "ANT_FOREST", 2: "GFOREST"},
)
DATA = form.written(BUNDLE, ISSUER, KEY.sign)


def signed_over(payload: Any) -> bytes:
    return cose.sign(cose.encoded(payload), ISSUER.id, KEY.sign)


def fields() -> list[Any]:
    found: list[Any] = cbor2.loads(cbor2.loads(DATA).value[2])
    return found


def changed(place: int, to: Any) -> bytes:
    other = fields()
    other[place] = to
    return signed_over(other)


def test_what_was_written_is_read_and_its_signer_is_known():
    read, signer = form.read(DATA, [IssuerKey(b"\x2b" * 32), ISSUER])
    assert (read, signer) == (BUNDLE, ISSUER)
    assert form.written(read, ISSUER, KEY.sign) == DATA


def test_it_answers_for_its_block_as_the_ledger_would():
    assert (BUNDLE.height, BUNDLE.as_of.isoformat()) == (12, "2020-09-13T12:26:40+00:00")
    starts = {first: BUNDLE.root_of(LOT, first) for first in (0, 10, 20, 25)}
    assert b"".join(root for root in starts.values() if root) == ROOTS
    assert {BUNDLE.root_of(LOT, first) for first in (1, 24, 35, 10**9)} == {None}
    assert BUNDLE.root_of(lot_id(1, 1), 0) is None
    lot, other = BUNDLE.lot(LOT), BUNDLE.lot(OTHER)
    assert lot
    assert other
    assert (lot.site, lot.minted, lot.revoked, lot.deficit) == ("150000/277", 35, 2, 15)
    assert (other.minted, other.revoked, other.deficit, other.closed) == (0, 0, 0, True)
    assert BUNDLE.lot(lot_id(1, 1)) is None


def test_it_knows_what_befell_single_records():
    five, six = (BUNDLE.status(tree_id(LOT, serial)) for serial in (5, 6))
    assert (five.revoked, five.replaced_by, five.replaces) == (6, tree_id(LOT, 6), None)
    assert (six.revoked, six.replaced_by, six.replaces) == (0, None, tree_id(LOT, 5))
    assert BUNDLE.status(tree_id(LOT, 7)).claim is not None
    assert six.claim is None
    assert BUNDLE.claimed_at(tree_id(LOT, 7)) is None
    minted = [BUNDLE.status(tree_id(LOT, n)).is_minted for n in (0, 34, 35)]
    assert minted == [True, True, False]
    assert not BUNDLE.status(tree_id(lot_id(1, 1), 0)).is_minted


def test_it_knows_the_keys_and_their_times():
    listed, retired = BUNDLE.issuer_key(1, ISSUER.id), BUNDLE.issuer_key(2, b"\4" * 32)
    assert listed
    assert retired
    assert (listed.public, listed.retired) == (ISSUER.public, None)
    assert retired.retired
    assert BUNDLE.issuer_key(2, ISSUER.id) is None


def test_a_key_that_is_valid_for_ever_is_no_fault():
    for_ever = {(1, ISSUER.id): KeyBook(ISSUER.public, 1, 2**64 - 1)}
    whole = replace(BUNDLE, keys=for_ever)
    read, _ = form.read(form.written(whole, ISSUER, KEY.sign), [ISSUER])
    key = read.issuer_key(1, ISSUER.id)
    assert key
    assert key.retired
    assert key.retired.year == 9999


def test_the_roots_of_all_619_million_trees_fit_in_five_megabytes():
    batches, lots = 619_000_000 // 4096 + 1, 1000
    each = batches // lots + 1
    line = LotLine(TERMS, 10**6, 10**6, 10**6, False, Batches(((4096, each),), bytes(32 * each)))
    whole = replace(BUNDLE, lots={lot_id(1, number): line for number in range(lots)})
    assert sum(lot.batches.minted for lot in whole.lots.values()) > 619_000_000
    data = form.written(whole, ISSUER, KEY.sign)
    assert len(data) < 5_000_000
    assert form.read(data, [ISSUER])[0] == whole


@pytest.mark.parametrize("end", [0, 1, 100, len(DATA) - 1])
def test_a_bundle_that_was_cut_off_is_refused(end):
    with pytest.raises(BundleUnreadable):
        form.read(DATA[:end], [ISSUER])
    with pytest.raises(BundleUnreadable):
        form.read(DATA + DATA[:end] + b"\0", [ISSUER])


def test_each_changed_byte_is_found():
    for place in range(0, len(DATA), 7):
        other = DATA[:place] + bytes([DATA[place] ^ 1]) + DATA[place + 1 :]
        with pytest.raises((BundleUnreadable, BundleUnsigned)):
            form.read(other, [ISSUER])


def test_a_key_that_nobody_gave_is_named_by_its_fingerprint_and_not_believed():
    with pytest.raises(BundleUnsigned, match=ISSUER.id.hex()):
        form.read(DATA, [])
    lied = cose.sign(cose.encoded(fields()), ISSUER.id, lambda _: bytes(64))
    with pytest.raises(BundleUnsigned, match="did not sign"):
        form.read(lied, [ISSUER])


def test_a_newer_format_is_told_from_a_broken_one_once_its_signature_is_good():
    with pytest.raises(BundleTooNew):
        form.read(signed_over([form.MAGIC, form.FORMAT + 1, {"quite": "other"}]), [ISSUER])
    with pytest.raises(BundleUnsigned):
        form.read(cose.sign(b"\0", b"\0", KEY.sign), [ISSUER])


@pytest.mark.parametrize(
    "data",
    [
        signed_over(fields()[:-1]),
        signed_over([*fields(), 0]),
        signed_over({}),
        signed_over([form.MAGIC]),
        changed(0, "another"),
        changed(1, True),
        changed(1, 0),
        changed(2, -1),
        changed(3, b"\1" * 19),
        changed(1, 1),
        changed(11, b"\1" * 11),
        changed(12, [[1, b""]]),
        changed(12, [[1, b"\xff"]]),
        changed(12, [[1, b"A" * 33]]),
        changed(12, [[-1, b"A"]]),
        changed(8, [[*fields()[8][0][:-1], ROOTS[:-32]]]),
        changed(8, [[*fields()[8][0][:-2], [[0, 4]], ROOTS]]),
    ],
)
def test_what_is_signed_but_of_another_form_is_refused(data):
    with pytest.raises(BundleUnreadable):
        form.read(data, [ISSUER])


def test_a_bundle_of_the_first_format_is_read_for_ever():
    """It does not tell what programmes are called; all else is as it was."""
    first, signer = form.read((VECTORS.parent / "bundle_1.cbor").read_bytes(), [ISSUER])
    assert (first, signer) == (replace(BUNDLE, programmes={}), ISSUER)
    assert first.programme_code(1) is None


def test_a_bundle_of_the_second_format_is_read_for_ever():
    assert (VECTORS.parent / "bundle_2.cbor").read_bytes() == DATA
    assert [BUNDLE.programme_code(number) for number in (1, 2, 3)] == [
        "ANT_FOREST",
        "GFOREST",
        None,
    ]


def test_any_cbor_library_reads_it_as_the_guide_says():
    protected, unprotected, payload, signature = cbor2.loads(DATA).value
    assert cbor2.loads(protected) == {1: -8, 4: ISSUER.id}
    KEY.public_key().verify(
        signature, cbor2.dumps(["Signature1", protected, b"", payload], canonical=True)
    )
    magic, version, chain_id, contract, block, *_, lots, revoked, replaced, claimed, codes = (
        fields()
    )
    assert codes == [[1, b"ANT_FOREST"], [2, b"GFOREST"]]
    assert (magic, version, chain_id, contract.hex()) == ("treering-bundle", 2, 31337, "ab" * 20)
    assert (block, unprotected) == (12, {})
    assert lots[0][0] == LOT.to_bytes(8, "big")
    assert lots[0][-2:] == [[[10, 2], [5, 1], [10, 1]], ROOTS]
    assert len(revoked) == 2
    assert replaced[0][1] == tree_id(LOT, 6).to_bytes(12, "big")
    assert claimed == tree_id(LOT, 7).to_bytes(12, "big")
