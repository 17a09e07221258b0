"""What a credential claims, read and typed, whichever format it has.

The first format was plain JSON: what it does not need is left unread. The second is Open
Badge 3.0 as well, its words mean something to strangers, so it is read as a whole: it has
exactly our shape, or it is refused.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from treering.domain import contexts, instant
from treering.domain.credential import TYPES
from treering.domain.proof import Document, proofs_of
from treering.domain.record import LotId, Record, TreeId
from treering.domain.shape import DOCUMENT, PROOFS, has_shape
from treering.errors import CredentialMalformed


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a credential claims, read and typed. Nothing here is checked yet."""

    number: str
    method: str
    created: datetime
    record: Record
    lot: str
    serial: int
    site: str
    species: str
    unit: str
    year: int
    redeemed_at: datetime
    first_serial: int
    root: bytes
    proof: tuple[bytes, ...]
    chain_id: int
    contract: str
    block: int
    agrees: bool = True  # whether what the document says twice it says alike

    @property
    def tree(self) -> TreeId:
        return self.record.tree_id

    @property
    def lot_id(self) -> LotId:
        return self.record.lot

    @property
    def programme_code(self) -> str:
        """As the lot's name has it."""
        return self.lot.rpartition("-")[0]

    @property
    def issuer_code(self) -> str:
        """As the issuer's DID has it, did:web:…:programmes:CODE."""
        return self.method.partition("#")[0].rpartition(":")[2]


def facts(document: Document) -> Facts:
    """What the document claims; CredentialMalformed if it is not one of ours."""
    try:
        if isinstance(document["proof"], list):
            _read_whole(document)
        return _facts(document)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise CredentialMalformed(
            f"a part is missing or of another kind: {error!r:.200}"
        ) from error


def _facts(document: Document) -> Facts:
    about = document["credentialSubject"]
    ledger = document["evidence"][0]
    proof = proofs_of(document)[0]
    return Facts(
        number=_text(about["number"]),
        method=_text(proof["verificationMethod"]),
        created=instant.from_text(_text(proof["created"])),
        record=Record.from_word(_bytes(ledger["record"], 32)),
        lot=_text(about["lot"]),
        serial=_whole(about["serial"]),
        site=_text(about["site"]),
        species=_text(about["species"]),
        unit=_text(about["unit"]),
        year=_whole(about["plantingYear"]),
        redeemed_at=instant.from_text(_text(about["redeemedAt"])),
        first_serial=_whole(ledger["firstSerial"]),
        root=_bytes(ledger["root"], 32),
        proof=_siblings(ledger["merkleProof"]),
        chain_id=_whole(ledger["chainId"]),
        contract=_text(ledger["contract"]),
        block=_whole(ledger["block"]),
        agrees=not isinstance(document["proof"], list) or _agrees(document),
    )


def _read_whole(document: Document) -> None:
    """ValueError unless the second format's every part has its place and its kind."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if not has_shape(unsecured, DOCUMENT):
        raise ValueError("it has not the shape of a credential of ours")
    for proof, shape in zip(proofs_of(document), PROOFS, strict=False):
        if not has_shape(proof, shape):
            raise ValueError("a proof has not the shape of ours")
    if document["type"] != TYPES or not contexts.are_ours(document["@context"]):
        raise ValueError("it is of another type or context")


def _agrees(document: Document) -> bool:
    """Whether what is said twice is said alike: proofs, status, and the holder's commitment."""
    ledger, status = document["evidence"][0], document["credentialStatus"]
    record = Record.from_word(_bytes(ledger["record"], 32))
    signed = {(p["verificationMethod"], p["created"]) for p in document["proof"]}
    return (
        len(signed) == 1
        and (status["chainId"], status["contract"]) == (ledger["chainId"], ledger["contract"])
        and status["treeId"] == f"0x{record.tree_id:024x}"
        and document["credentialSubject"]["identifier"][0]["identityHash"]
        == "0x" + record.holder.hex()
    )


def _siblings(values: Any) -> tuple[bytes, ...]:
    if not isinstance(values, list) or len(values) > 32:
        raise ValueError("a proof has at most 32 hashes")
    return tuple(_bytes(value, 32) for value in values)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a {type(value).__name__} is not a text")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int or value not in range(2**64):
        raise TypeError(f"a {type(value).__name__} is not a whole number below 2^64")
    return value


def _bytes(value: Any, length: int) -> bytes:
    """Lower case after 0x: one value has one writing, as everything that is signed."""
    decoded = bytes.fromhex(_text(value).removeprefix("0x"))
    if len(decoded) != length or "0x" + decoded.hex() != value:
        raise ValueError(f"{length} bytes were expected in lower case after 0x")
    return decoded
