"""The checks of a credential, one function each; `verify` calls them in their order."""

from datetime import datetime
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
    not unknown to the chain, only here.
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
    if listed is None and _is_younger(facts, world, now):
        return Answer("SIGNATURE_UNCHECKED", f"{reach(world)}, the signature is younger")
    if listed is None:
        return Answer("KEY_NOT_LISTED", key.multikey)
    held = listed.vouches(facts.created, max(now, world.as_of))
    return Answer("SIGNATURE_OK" if held else "KEY_NOT_OF_ITS_TIME", key.multikey)


def _is_younger(facts: Facts, world: World, now: datetime) -> bool:
    """Whether a snapshot was taken before the signature: by a key, perhaps, that came later.

    An old record is signed anew once its programme's key was replaced (0064)."""
    signed_later = world.as_of <= facts.created and has_come(facts.created, now)
    return world.is_snapshot and (signed_later or lags(facts, world))


def check_document(facts: Facts) -> Answer:
    record = facts.record
    said = (facts.serial, facts.lot.rpartition("-")[2])
    same = said == (record.serial, str(lot_number_of(record.lot)))
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
    other_site = lot is not None and site not in (None, lot.site)
    if lot is None or other_site or said != (lot.species, lot.year, Unit(lot.unit).name):
        return Answer("LOT_DIFFERS", facts.lot)
    names = "site species year endorsed accepted surveyed minted revoked deficit".split()
    evidence = {name: getattr(lot, name) for name in names}
    return Answer("LOT_IN_DEFICIT" if lot.deficit else "LOT_OK", facts.lot, evidence)
