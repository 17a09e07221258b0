"""The checks of a credential, one function each; `verify` calls them in their order."""

from datetime import datetime, timedelta
from typing import Any, Protocol

from treering.domain import number
from treering.domain.claims import Facts
from treering.domain.issuer_key import IssuerKey, ListedKey, has_come
from treering.domain.lot import Unit
from treering.domain.merkle import root_from
from treering.domain.proof import is_signed
from treering.domain.record import LotId, TreeId, lot_number_of, programme_of
from treering.domain.recount.events import reason_name
from treering.domain.view import LotFacts
from treering.errors import NumberMistyped
from treering.flow.verifying.findings import Answer

KEEPING_UP = timedelta(days=1)  # no node that follows its network is further behind it


class Status(Protocol):
    """What the ledger says of a record."""

    @property
    def revoked(self) -> int: ...
    @property
    def replaced_by(self) -> TreeId | None: ...
    @property
    def replaces(self) -> TreeId | None: ...
    @property
    def claim(self) -> bytes | None: ...
    @property
    def is_minted(self) -> bool: ...


class World(Protocol):
    """The ledger at one block. Every method raises ChainUnavailable.

    `is_snapshot` where it was taken once and kept, as in a bundle: then what came later is
    not unknown to the chain, only here. `programme_code` is None where nobody told it.
    """

    @property
    def is_snapshot(self) -> bool: ...
    @property
    def as_of(self) -> datetime: ...
    @property
    def height(self) -> int: ...
    def root_of(self, lot: LotId, first_serial: int) -> bytes | None: ...
    def status(self, tree: TreeId) -> Status: ...
    def lot(self, lot: LotId) -> LotFacts | None: ...
    def issuer_key(self, programme: int, key_id: bytes) -> ListedKey | None: ...
    def claimed_at(self, tree: TreeId) -> datetime | None: ...
    def programme_code(self, programme: int) -> str | None: ...


def signer(document: dict[str, Any], facts: Facts) -> IssuerKey | None:
    """The key that signed the document; None if the signature is broken."""
    did, _, fragment = facts.method.partition("#")
    key = IssuerKey.from_multikey(fragment)
    issuer = document.get("issuer")
    same_issuer = isinstance(issuer, dict) and issuer.get("id") == did
    return key if is_signed(document, key) and same_issuer else None


def check_number(facts: Facts) -> Answer:
    try:
        tree = number.parse(facts.number).tree
    except NumberMistyped as error:
        return Answer("NUMBER_MISTYPED", str(error))
    return Answer("NUMBER_OK" if tree == facts.tree else "NUMBER_OF_ANOTHER_RECORD", facts.number)


class Placed(Protocol):
    """What a document or code says of its record's place."""

    @property
    def lot_id(self) -> LotId: ...
    @property
    def lot(self) -> str: ...
    @property
    def species(self) -> str: ...
    @property
    def year(self) -> int: ...
    @property
    def unit(self) -> str: ...


def check_key(facts: Facts, key: IssuerKey, world: World, now: datetime) -> Answer:
    listed = world.issuer_key(programme_of(facts.record.lot), key.id)
    if listed is None and (outruns(facts.created, world, now) or _is_newer(facts, world)):
        return Answer("SIGNATURE_UNCHECKED", f"{reach(world)}, the signature is younger")
    if listed is None:
        return Answer("KEY_NOT_LISTED", key.multikey)
    held = listed.vouches(facts.created, max(now, world.as_of))
    return Answer("SIGNATURE_OK" if held else "KEY_NOT_OF_ITS_TIME", key.multikey)


def outruns(signed: datetime, world: World, now: datetime) -> bool:
    """Whether the signature is later than what is known here: by a key, perhaps, that came later.

    An old record is signed anew once its programme's key was replaced (0064). A node that keeps
    up with its network knows every key; one that is far behind, and a snapshot, do not (0149)."""
    later = world.as_of <= signed and has_come(signed, now)
    return later and (world.is_snapshot or now - world.as_of > KEEPING_UP)


def _is_newer(facts: Facts, world: World) -> bool:
    """Whether a snapshot was taken before the record came."""
    return world.is_snapshot and lags(facts, world)


def check_document(facts: Facts) -> Answer:
    record = facts.record
    said = (facts.serial, facts.lot.rpartition("-")[2])
    same = said == (record.serial, str(lot_number_of(record.lot)))
    same = same and facts.issuer_code == facts.programme_code
    return Answer("DOCUMENT_OK" if same and facts.agrees else "DOCUMENT_DIFFERS", facts.lot)


def check_proof(facts: Facts) -> Answer:
    leads = root_from(facts.record.word, facts.proof) == facts.root
    return Answer("PROOF_OK" if leads else "PROOF_BROKEN", f"0x{facts.root.hex()}")


def lags(facts: Facts, world: World) -> bool:
    """Whether this block is older than the one that brought the record: it cannot know it.

    Of a record that a snapshot holds, a document says in vain that it came later."""
    if world.height >= facts.block:
        return False
    return not (world.is_snapshot and world.status(facts.tree).is_minted)


def holds_root(facts: Facts, world: World) -> bool:
    return world.root_of(facts.record.lot, facts.first_serial) == facts.root


def check_record(status: Status) -> Answer:
    """The trees of a chain of replacements stand in the evidence: both ways can be walked."""
    replaces = {} if status.replaces is None else {"replaces": f"0x{status.replaces:024x}"}
    if status.replaced_by is not None:
        successor = f"0x{status.replaced_by:024x}"
        return Answer("RECORD_REPLACED", successor, {"replaced_by": successor, **replaces})
    if status.revoked:
        reason = reason_name(status.revoked)
        return Answer("RECORD_REVOKED", reason, {"reason": reason, **replaces})
    return Answer("RECORD_OK", "", {**replaces})


def behind(facts: Facts, world: World) -> str:
    return f"{reach(world)}, the document is of block {facts.block}"


def reach(world: World) -> str:
    """How far its knowledge goes, in words."""
    verb = "bundle ends" if world.is_snapshot else "node is"
    return f"the {verb} at block {world.height}"


def check_lot(facts: Placed, world: World, site: str | None = None) -> Answer:
    """`site` is None where the code has no room for it."""
    lot = world.lot(facts.lot_id)
    said = (facts.species, facts.year, facts.unit)
    if lot is None or said != (lot.species, lot.year, Unit(lot.unit).name):
        return Answer("LOT_DIFFERS", facts.lot)
    if site is not None and (site != lot.site or not _is_called_so(facts, world)):
        return Answer("LOT_DIFFERS", facts.lot)
    names = "site species year endorsed accepted surveyed minted revoked deficit".split()
    evidence = {name: getattr(lot, name) for name in names}
    return Answer("LOT_IN_DEFICIT" if lot.deficit else "LOT_OK", facts.lot, evidence)


def _is_called_so(facts: Placed, world: World) -> bool:
    """Whether the chain calls the programme as the document does; true where that is not told."""
    told = world.programme_code(programme_of(facts.lot_id))
    return told in (None, facts.lot.rpartition("-")[0])
