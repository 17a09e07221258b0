"""A bundle as bytes: COSE_Sign1 over one deterministic CBOR array, as docs/bundle.md says.

Who signed is looked at before anything that the bundle says, and he must be known from
elsewhere. One bundle has one writing: the same block gives the same bytes.
"""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from treering.domain import cose
from treering.domain.bundle.contents import Batches, Bundle, LotLine
from treering.domain.issuer_key import IssuerKey, Sign
from treering.domain.record import LotId, TreeId
from treering.domain.recount.books import IssuerKey as KeyBook
from treering.domain.recount.books import Terms
from treering.errors import (
    BundleTooNew,
    BundleUnreadable,
    BundleUnsigned,
    CredentialMalformed,
)

MAGIC, FORMAT = "treering-bundle", 2
MAX_BYTES = 64 << 20  # thirteen times all that was ever planted
_TREE_BYTES = 12

_Whole = Annotated[int, Meta(ge=0)]
_Hash = Annotated[bytes, Meta(min_length=32, max_length=32)]
_Tree = Annotated[bytes, Meta(min_length=_TREE_BYTES, max_length=_TREE_BYTES)]
_Lot = Annotated[bytes, Meta(min_length=8, max_length=8)]
_Code = Annotated[bytes, Meta(min_length=1, max_length=32)]


class _Row(msgspec.Struct, array_like=True, forbid_unknown_fields=True, frozen=True):
    """An array of exactly these fields."""


class _KeyRow(_Row, frozen=True):
    programme: _Whole
    key_id: _Hash
    public: bytes
    valid_from: _Whole
    until: _Whole


class _LotRow(_Row, frozen=True):
    lot: _Lot
    site: bytes
    species: bytes
    year: _Whole
    unit: _Whole
    dossier: _Hash
    endorsed: _Whole
    accepted: _Whole | None
    surveyed: _Whole | None
    closed: bool
    runs: tuple[tuple[_Whole, _Whole], ...]
    roots: bytes


class _First(_Row, frozen=True):
    """What a bundle of the first format holds, and each later one."""

    magic: str
    format: int
    chain_id: _Whole
    contract: Annotated[bytes, Meta(min_length=20, max_length=20)]
    block: _Whole
    block_hash: _Hash
    block_time: _Whole
    keys: tuple[_KeyRow, ...]
    lots: tuple[_LotRow, ...]
    revoked: tuple[tuple[_Tree, _Whole], ...]
    replaced: tuple[tuple[_Tree, _Tree], ...]
    claimed: bytes


class _Payload(_First, frozen=True):
    programmes: tuple[tuple[_Whole, _Code], ...]


_FORMS: dict[int, type[_First]] = {1: _First, FORMAT: _Payload}


def written(bundle: Bundle, key: IssuerKey, sign: Sign) -> bytes:
    """The file's bytes; its header names the key by its whole id."""
    return cose.sign(cose.encoded(_plain(bundle)), key.id, sign)


def read(data: bytes, keys: Sequence[IssuerKey]) -> tuple[Bundle, IssuerKey]:
    """What the bundle says, and which of these keys signed it.

    BundleUnreadable for what is no bundle, or a part of one; BundleUnsigned where none of the
    keys signed it; BundleTooNew for a later format.
    """
    try:
        message = cose.read(data, longest=MAX_BYTES)
        signer = _signer(message, keys)
        fields = cose.decoded(message.payload, longest=MAX_BYTES)
        payload = msgspec.convert(fields, _form_of(fields), builtin_types=(bytes,))
        return _bundle(payload), signer
    except (CredentialMalformed, ValueError, msgspec.ValidationError) as error:
        raise BundleUnreadable(str(error)) from error


def _signer(message: cose.Signed, keys: Sequence[IssuerKey]) -> IssuerKey:
    named = f"it says that it is signed by the key 0x{message.key_id.hex()}"
    signer = next((key for key in keys if key.id == message.key_id), None)
    if signer is None:
        raise BundleUnsigned(f"{named}, which is none of the {len(keys)} keys given here")
    if not message.is_by(signer):
        raise BundleUnsigned(f"{named}, which did not sign these bytes")
    return signer


def _form_of(fields: Any) -> type[_First]:
    head = fields[:2] if isinstance(fields, list) else []
    if len(head) != 2 or head[0] != MAGIC or type(head[1]) is not int:
        raise ValueError("it is signed, but it is no bundle")
    if head[1] > FORMAT:
        raise BundleTooNew(f"format {head[1]}; this program reads up to {FORMAT}")
    if head[1] not in _FORMS:
        raise ValueError(f"there is no format {head[1]}")
    return _FORMS[head[1]]


def _plain(bundle: Bundle) -> Any:
    payload = _Payload(
        magic=MAGIC,
        format=FORMAT,
        chain_id=bundle.chain_id,
        contract=bytes.fromhex(bundle.contract.removeprefix("0x")),
        block=bundle.block,
        block_hash=bundle.block_hash,
        block_time=bundle.block_time,
        keys=tuple(
            _KeyRow(programme, key_id, key.public_key, key.valid_from, key.until)
            for (programme, key_id), key in sorted(bundle.keys.items())
        ),
        lots=tuple(_lot_row(lot, line) for lot, line in sorted(bundle.lots.items())),
        revoked=tuple((_tree(tree), why) for tree, why in sorted(bundle.revoked.items())),
        replaced=tuple((_tree(old), _tree(new)) for old, new in sorted(bundle.replaced.items())),
        claimed=b"".join(map(_tree, sorted(bundle.claimed))),
        programmes=tuple((n, code.encode()) for n, code in sorted(bundle.programmes.items())),
    )
    return msgspec.to_builtins(payload, builtin_types=(bytes,))


def _lot_row(lot: LotId, line: LotLine) -> _LotRow:
    terms = line.terms
    return _LotRow(
        lot.to_bytes(8, "big"),
        terms.site.rstrip(b"\0"),
        terms.species.rstrip(b"\0"),
        terms.year,
        terms.unit,
        terms.dossier,
        line.endorsed,
        line.accepted,
        line.surveyed,
        line.closed,
        line.batches.runs,
        line.batches.roots,
    )


def _bundle(payload: _First) -> Bundle:
    """ValueError where its parts do not fit together."""
    return Bundle(
        chain_id=payload.chain_id,
        contract="0x" + payload.contract.hex(),
        block=payload.block,
        block_hash=payload.block_hash,
        block_time=payload.block_time,
        keys={
            (row.programme, row.key_id): KeyBook(row.public, row.valid_from, row.until)
            for row in payload.keys
        },
        lots={LotId(int.from_bytes(row.lot, "big")): _line(row) for row in payload.lots},
        revoked={_tree_of(tree): why for tree, why in payload.revoked},
        replaced={_tree_of(old): _tree_of(new) for old, new in payload.replaced},
        claimed=frozenset(_trees(payload.claimed)),
        programmes=_codes(payload) if isinstance(payload, _Payload) else {},
    )


def _codes(payload: _Payload) -> dict[int, str]:
    return {number: code.decode("ascii") for number, code in payload.programmes}


def _line(row: _LotRow) -> LotLine:
    terms = Terms(row.site, row.species, row.year, row.unit, row.dossier)
    batches = Batches(row.runs, row.roots)
    return LotLine(terms, row.endorsed, row.accepted, row.surveyed, row.closed, batches)


def _trees(together: bytes) -> Iterable[TreeId]:
    if len(together) % _TREE_BYTES:
        raise ValueError("a tree id has 12 bytes")
    starts = range(0, len(together), _TREE_BYTES)
    return (_tree_of(together[start : start + _TREE_BYTES]) for start in starts)


def _tree(tree: TreeId) -> bytes:
    return tree.to_bytes(_TREE_BYTES, "big")


def _tree_of(tree: bytes) -> TreeId:
    return TreeId(int.from_bytes(tree, "big"))
