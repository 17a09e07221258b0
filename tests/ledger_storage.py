"""A TreeLedger's whole storage, slot by slot, written from its events and from nothing else.

The slots are those of contracts/README.md. What is told by no event is what the constructor was
given: the first delay. A delay's change that has come into force is moved between two slots
without a word, at the next change: so the delay is left out here, and asked of the views.
"""

from collections import defaultdict
from typing import Any

from treering.chain import abi
from treering.chain.node import data
from treering.domain.keccak import keccak
from treering.domain.merkle import MerkleTree
from treering.domain.recount.duties import INSPECTOR_ROLE, programme_role

WORD = 2**256 - 1
DELAYS = {1: 26, 2: 20}  # bytes of these slots, from here up, hold the delay and its change
_INSPECT, _REGISTER, _MINT, _OTHER = 2, 3, 4, 1
_ROLES = {
    INSPECTOR_ROLE: _INSPECT,
    **{keccak(f"treering/{name}".encode()): _OTHER for name in ("registry", "mirror", "pauser")},
}
_PROGRAMME_ROLES = {"registrar": _REGISTER, "minter": _MINT, "revoker": _OTHER}


def word(value: Any) -> bytes:
    """One ABI word: numbers and addresses to the right, bytes to the left."""
    if isinstance(value, str):
        value = int(value, 16)
    return value.ljust(32, b"\0") if isinstance(value, bytes) else int(value).to_bytes(32, "big")


def number(value: bytes) -> int:
    return int.from_bytes(value, "big")


def at(slot: int, *keys: Any) -> int:
    """Where a mapping, or a mapping in it, keeps what belongs to the keys."""
    for key in keys:
        slot = number(keccak(word(key) + word(slot)))
    return slot


class Storage:
    """`slots` of the contract; zeros are as good as missing."""

    def __init__(self) -> None:
        self.slots: defaultdict[int, int] = defaultdict(int)
        for role, duty in _ROLES.items():
            self.slots[at(3, role)] = duty

    def take(self, log: dict[str, Any]) -> None:
        event = abi.event([data(topic) for topic in log["topics"]], data(log["data"]))
        assert event, "a log that TreeLedger never writes"
        getattr(self, f"_{event.name}")(*event.values.values())

    def filled(self) -> dict[int, int]:
        return {slot: value for slot, value in self.slots.items() if value}

    def _put(self, slot: int, value: int, offset: int = 0, size: int = 32) -> None:
        """`size` bytes of a slot, `offset` bytes from its lowest."""
        mask = (2 ** (8 * size) - 1) << 8 * offset
        self.slots[slot] = self.slots[slot] & ~mask & WORD | value << 8 * offset

    def _got(self, slot: int, offset: int, size: int) -> int:
        return self.slots[slot] >> 8 * offset & (2 ** (8 * size) - 1)

    # ------------------------------------------------------------- lots and statements

    def _ProgrammeOpened(self, programme: int, code: bytes) -> None:
        self.slots[at(5, programme)] = number(code)
        for name, duty in _PROGRAMME_ROLES.items():
            self.slots[at(3, programme_role(f"treering/{name}", programme))] = duty

    def _LotOpened(
        self, lot: int, site: bytes, year: int, species: bytes, unit: int, dossier: bytes
    ) -> None:
        terms = at(6, lot)
        self.slots[terms] = number(site)
        self.slots[terms + 1] = number(species) | year << 128 | unit << 144
        self.slots[terms + 2] = number(dossier)

    def _LotClosed(self, lot: int) -> None:
        self._put(at(6, lot) + 3, 1, 22, 1)

    def _Stated(
        self, lot: int, stage: int, inspector: str, digest: bytes, _: int, count: int, *_rest: Any
    ) -> None:
        self.slots[at(9, lot, stage)] = number(digest)
        self.slots[at(10, inspector)] += 1
        counts = at(6, lot) + 3
        self._put(counts, count, 4 * (stage - 1), 4)
        if stage > 1:
            self._put(counts, 1, 18 + stage, 1)

    # ------------------------------------------------------------------------- records

    def _BatchMinted(self, lot: int, first: int, _root: bytes, holders: bytes) -> None:
        size = len(holders) // 20
        begin = lot << 32 | first
        words = [(begin + i).to_bytes(12, "big") + holders[20 * i :][:20] for i in range(size)]
        self.slots[at(12, begin)] = number(MerkleTree.over(words).root)
        self._add(at(6, lot) + 3, 12, 4, size)
        for counter in self._counters(lot):
            self._add(counter, 0, 8, size)

    def _RecordRevoked(self, tree: int, reason: int) -> None:
        lot = tree >> 32
        self.slots[at(14, tree >> 6)] |= reason << 4 * (tree % 64)
        self._add(at(6, lot) + 3, 16, 4, 1)
        for counter in self._counters(lot):
            self._add(counter, 8, 8, 1)

    def _RecordReplaced(self, old: int, new: int) -> None:
        self._RecordRevoked(old, 6)
        self._put(at(15, old), new + 1, 0, 12)
        self._put(at(15, new), old + 1, 12, 12)

    def _RecordClaimed(self, tree: int, commitment: bytes) -> None:
        self.slots[at(16, tree)] = number(commitment)

    def _ClaimReleased(self, tree: int, _commitment: bytes) -> None:
        self.slots[at(16, tree)] = 0

    def _add(self, slot: int, offset: int, size: int, more: int) -> None:
        self._put(slot, self._got(slot, offset, size) + more, offset, size)

    def _counters(self, lot: int) -> list[int]:
        """Of the unit in all, of the programme, of site and year, of species, of the year."""
        terms = at(6, lot)
        year, unit = self._got(terms + 1, 16, 2), self._got(terms + 1, 18, 1)
        site = self.slots[terms].to_bytes(32, "big")
        species = self._got(terms + 1, 0, 16).to_bytes(16, "big")
        keys = [(0,), (1, lot >> 32), (2, site, year), (3, species), (4, year)]
        return [at(13, keccak(b"".join(word(part) for part in (*key, unit)))) for key in keys]

    # ------------------------------------------------------------------ feeds and keys

    def _FeedAnchored(self, feed: bytes, _size: int, _root: bytes, size: int, root: bytes) -> None:
        self.slots[at(17, feed)] = size
        self.slots[at(17, feed) + 1] = number(root)

    def _IssuerKeySet(self, programme: int, key_id: bytes, public: bytes, valid_from: int) -> None:
        slot = at(18, programme, key_id)
        self.slots[slot + 1] = valid_from
        if len(public) < 32:
            self.slots[slot] = number(word(public)) | 2 * len(public)
            return
        self.slots[slot] = 2 * len(public) + 1
        for place, begin in enumerate(range(0, len(public), 32)):
            self.slots[at_data(slot) + place] = number(word(public[begin : begin + 32]))

    def _IssuerKeyRetired(self, programme: int, key_id: bytes, _old: int, until: int) -> None:
        self._put(at(18, programme, key_id) + 1, until, 8, 8)

    def _SuccessorNamed(self, successor: str) -> None:
        self.slots[19] = int(successor, 16)

    # ----------------------------------------------------------------- roles and pause

    def _RoleGranted(self, role: bytes, account: str, _sender: str) -> None:
        self.slots[at(0, role, account)] = 1
        duty = self.slots[at(3, role)]
        if duty >= _INSPECT:
            roles = self._got(at(4, account), 1, 31) + 1
            self.slots[at(4, account)] = duty | roles << 8
        if not any(role):
            self._put(1, 0, 0, 26)
            self._put(2, int(account, 16), 0, 20)

    def _RoleRevoked(self, role: bytes, account: str, _sender: str) -> None:
        self.slots[at(0, role, account)] = 0
        if self.slots[at(3, role)] >= _INSPECT:
            self._add(at(4, account), 1, 31, -1)

    def _DefaultAdminTransferScheduled(self, admin: str, schedule: int) -> None:
        self._put(1, int(admin, 16) | schedule << 160, 0, 26)

    def _DefaultAdminTransferCanceled(self) -> None:
        self._put(1, 0, 0, 26)

    def _DefaultAdminDelayChangeScheduled(self, _delay: int, _schedule: int) -> None:
        """Asked of the views."""

    def _DefaultAdminDelayChangeCanceled(self) -> None:
        """Asked of the views."""

    def _Paused(self, _account: str) -> None:
        self.slots[11] = 1

    def _Unpaused(self, _account: str) -> None:
        self.slots[11] = 0


def at_data(slot: int) -> int:
    """Where long bytes begin."""
    return number(keccak(word(slot)))
