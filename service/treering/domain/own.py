"""The holder's own copy: the public credential, untouched, and what opens it to those to whom
he shows it.

Two things can be opened, apart or together. The **id**: the opening and the programme's
reference to the holder hash to the commitment in the record, so the chain itself says whose it
is. The **name**: the programme signed a salted hash of it; the salt is the holder's to show.
What was not opened, the copy does not tell. Who asks "is it yours?" names a word of his own, and
finds it in the signed statement.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from treering.domain import name as names
from treering.domain.holder import HolderSecret, commitment, reference_hash
from treering.domain.issuer_key import IssuerKey
from treering.domain.proof import Document, is_signed
from treering.domain.record import Record
from treering.domain.shape import PROOFS, has_shape
from treering.errors import CredentialMalformed, NameRefused, NotTheHolder

TYPE = "TreeringOwnCopy"
PARTS = ("id", "name")
Parts = dict[str, dict[str, str]]
_CONTEXT = ["urn:treering:own-copy:1"]  # the proof signs it, nothing reads it
_STATEMENT = {"@context": [str], "type": [str], "record": str, "madeFor": str, "nameDigest": str}
_SIGNED = _STATEMENT | {"proof": (PROOFS[0],)}
_OPENED = {"id": {"opening": str, "reference": str}, "name": {"salt": str, "name": str}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """`holder` is the programme's reference, `made_for` the word of whoever will look, `parts`
    what of "id" and "name" to open. Without a name, none can be opened."""

    holder: str
    name: str | None = None
    made_for: str = ""
    parts: tuple[str, ...] = PARTS


@dataclass(frozen=True, slots=True)
class OwnCopy:
    """As it was read; nothing is checked yet."""

    credential: Document
    statement: Document
    opened: Parts

    @property
    def made_for(self) -> str:
        said: str = self.statement["madeFor"]
        return said


def drawn_up(
    record: Record, masked_name: str, secret: HolderSecret, asked: Asked
) -> tuple[Document, Parts]:
    """The statement for the programme to sign, and what is opened beside it.

    NameRefused; NotTheHolder if the reference or the name is not of this record's holder.
    """
    name = names.accepted(asked.name) if asked.name is not None else ""
    if secret.reference_hash != reference_hash(asked.holder):
        raise NotTheHolder("the reference is not of this certificate's holder")
    if name and names.masked(name) != masked_name:
        raise NotTheHolder("the name is not masked as this certificate has it")
    salt = secret.name_salt(record.tree_id)
    statement: Document = {
        "@context": _CONTEXT,
        "type": ["TreeringHolderStatement"],
        "record": "0x" + record.word.hex(),
        "madeFor": asked.made_for,
        "nameDigest": _digest(salt, name),
    }
    parts: Parts = {}
    if "id" in asked.parts:
        opening = secret.opening(record.tree_id)
        parts["id"] = {"opening": "0x" + opening.hex(), "reference": asked.holder}
    if "name" in asked.parts and name:
        parts["name"] = {"salt": "0x" + salt.hex(), "name": name}
    return statement, parts


def copy(credential: Document, signed: Document, parts: Parts) -> Document:
    return {"type": TYPE, "credential": credential, "statement": signed, "opened": parts}


def of_another(own: Document, credential: Document) -> Document:
    """The same statement and openings beside a credential that came another way."""
    return {**own, "credential": credential}


def is_one(document: Document) -> bool:
    return document.get("type") == TYPE


def read(document: Document) -> OwnCopy:
    """CredentialMalformed for what is no own copy."""
    parts: Any = document.get("opened")
    whole = document.keys() == {"type", "credential", "statement", "opened"}
    known = isinstance(parts, dict) and parts.keys() <= _OPENED.keys()
    if not (
        whole
        and known
        and isinstance(document["credential"], dict)
        and has_shape(document["statement"], _SIGNED)
        and all(has_shape(part, _OPENED[name]) for name, part in parts.items())
    ):
        raise CredentialMalformed("it has another shape than a holder's own copy")
    return OwnCopy(document["credential"], document["statement"], parts)


def is_stated(own: OwnCopy, record: Record, key: IssuerKey) -> bool:
    """Whether the key that signed the credential signed the statement on this record, too."""
    (proof,) = own.statement["proof"]
    same_key = proof["verificationMethod"].endswith(f"#{key.multikey}")
    same_record = own.statement["record"] == "0x" + record.word.hex()
    try:
        return same_key and same_record and is_signed(own.statement, key)
    except CredentialMalformed:
        return False


def opens_id(part: dict[str, str], record: Record) -> bool:
    """Whether the id that was opened is the one that the record commits to."""
    opening = _bytes(part["opening"])
    return commitment(opening, reference_hash(part["reference"])) == record.holder


def opens_name(own: OwnCopy) -> bool:
    """Whether the name that was opened is the one that the programme signed, and is masked as
    the credential has it."""
    part = own.opened["name"]
    try:
        mask = names.masked(part["name"])
    except NameRefused:
        return False
    same_mask = bool(own.credential["credentialSubject"].get("holderName") == mask)
    return same_mask and own.statement["nameDigest"] == _digest(_bytes(part["salt"]), part["name"])


def _digest(salted: bytes, name: str) -> str:
    return "0x" + sha256(b"treering/own/name/v1" + salted + name.encode()).hexdigest()


def _bytes(text: Any) -> bytes:
    """32 bytes; empty for any other text."""
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        return b""
    return found if len(found) == 32 else b""
