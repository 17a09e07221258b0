"""A TreeLedger in memory: the contract's rules and views, its logs as the recount takes them.

Written after the contract and not after the recount. tests/chain/test_fake_ledger.py holds
it to the real one. Who calls is not checked: only what a caller may never do.
"""

from collections import defaultdict
from dataclasses import dataclass, field

from treering.domain.keccak import keccak
from treering.domain.merkle import MerkleTree
from treering.domain.recount import events as told

ZERO = bytes(32)
NOBODY = "0x" + "00" * 20
ADMIN = "0x" + "ad" * 20
INSPECTOR = keccak(b"treering/inspector")
PAUSER = keccak(b"treering/pauser")


class Refused(Exception):
    """The contract would revert."""


def need(rule: bool) -> None:
    if not rule:
        raise Refused


@dataclass
class _Lot:
    terms: tuple
    counts: dict[int, int] = field(default_factory=dict)
    statements: dict[int, bytes] = field(default_factory=dict)
    minted: int = 0
    revoked: int = 0
    closed: bool = False

    @property
    def cap(self) -> int:
        return self.counts.get(2, self.counts.get(1, 0))


@dataclass
class _Status:
    revoked: int = 0
    replaced_by: int = 0
    replaces: int = 0
    claim: bytes = ZERO


class FakeLedger:
    def __init__(self, admin: str = ADMIN) -> None:
        self.entries: list[told.Entry] = []
        self.programmes: dict[int, bytes] = {}
        self.lots: dict[int, _Lot] = {}
        self.roots: dict[int, bytes] = {}
        self.statuses: defaultdict[int, _Status] = defaultdict(_Status)
        self.nonces: defaultdict[str, int] = defaultdict(int)
        self.feeds: dict[bytes, tuple[int, bytes]] = {}
        self.keys: dict[tuple[int, bytes], list] = {}
        self.totals: defaultdict[tuple, list[int]] = defaultdict(lambda: [0, 0])
        self.duty_of = {INSPECTOR: "inspect", ZERO: None}
        self.duty_of |= {
            keccak(b"treering/" + n): None for n in (b"registry", b"mirror", b"pauser")
        }
        self.holders: set[tuple[bytes, str]] = set()
        self.successor, self.paused, self.admin = NOBODY, False, admin
        self.grant(ZERO, admin, sender=admin)

    # ------------------------------------------------------------------ acts

    def open_programme(self, programme: int, code: bytes, roles: tuple[bytes, ...] = ()) -> None:
        """`roles` are the programme's registrar, minter and revoker."""
        need(programme not in self.programmes)
        self.programmes[programme] = code
        self.duty_of |= dict(zip(roles, ("register", "mint", None), strict=bool(roles)))
        self._tell(told.ProgrammeOpened(programme, code))

    def open_lot(self, lot: int, terms: tuple) -> None:
        """`terms` are site, species, year, unit and dossier."""
        need(lot >> 32 in self.programmes and lot not in self.lots)
        self.lots[lot] = _Lot(terms)
        site, species, year, unit, dossier = terms
        self._tell(told.LotOpened(lot, site, year, species, unit, dossier))

    def close_lot(self, lot: int) -> None:
        need(not self._lot(lot).closed)
        self.lots[lot].closed = True
        self._tell(told.LotClosed(lot))

    def state(
        self, lot: int, stage: int, count: int, inspector: str, inspected_at: int, digest: bytes
    ) -> None:
        found = self._lot(lot)
        need((INSPECTOR, inspector) in self.holders)
        need(stage == 1 or stage - 1 in found.statements)
        newest, old = found.statements.get(stage, ZERO), found.counts.get(stage, 0)
        found.statements[stage], found.counts[stage] = digest, count
        nonce = self.nonces[inspector]
        self.nonces[inspector] += 1
        report = b"\2" * 32
        self._tell(
            told.Stated(
                lot, stage, inspector, digest, old, count, inspected_at, report, newest, nonce
            )
        )

    def mint(self, lot: int, holders: bytes) -> None:
        found, size = self._lot(lot), len(holders) // 20
        need(not found.closed and not self.paused and size > 0)
        need(found.minted + size <= found.cap)
        first = lot << 32 | found.minted
        words = [(first + i).to_bytes(12, "big") + holders[20 * i :][:20] for i in range(size)]
        root = self.roots[first] = MerkleTree.over(words).root
        self._count(lot, 0, size)
        self._tell(told.BatchMinted(lot, found.minted, root, holders))
        found.minted += size

    def revoke(self, tree: int, reason: int) -> None:
        self._take_back(tree, reason)
        self._tell(told.RecordRevoked(tree, reason))

    def replace(self, old: int, new: int) -> None:
        need(old != new and old >> 64 == new >> 64 and self.statuses[new].replaces == 0)
        need(self._is_live(new))
        self._take_back(old, 6)
        self.statuses[new].replaces = old + 1
        self.statuses[old].replaced_by = new + 1
        self._tell(told.RecordReplaced(old, new))

    def claim(self, commitment: bytes, tree: int) -> None:
        need(self._is_live(tree) and self.lots[tree >> 32].terms[3] == 1)
        need(self.statuses[tree].claim == ZERO)
        self.statuses[tree].claim = commitment
        self._tell(told.RecordClaimed(tree, commitment))

    def release(self, tree: int) -> None:
        commitment = self.statuses[tree].claim
        need(commitment != ZERO)
        self.statuses[tree].claim = ZERO
        self._tell(told.ClaimReleased(tree, commitment))

    def anchor(self, feed: bytes, size: int, root: bytes) -> None:
        old = self.feeds.get(feed, (0, ZERO))
        need(size > old[0] or (size, root) == old)
        self.feeds[feed] = (size, root)
        self._tell(told.FeedAnchored(feed, *old, size, root))

    def set_key(self, programme: int, key_id: bytes, public: bytes, valid_from: int) -> None:
        need(programme in self.programmes and (programme, key_id) not in self.keys)
        self.keys[programme, key_id] = [public, valid_from, 0]
        self._tell(told.IssuerKeySet(programme, key_id, public, valid_from))

    def retire_key(self, programme: int, key_id: bytes, until: int) -> None:
        need((programme, key_id) in self.keys)
        key = self.keys[programme, key_id]
        need(key[2] == 0 or until < key[2])
        self._tell(told.IssuerKeyRetired(programme, key_id, key[2], until))
        key[2] = until

    def name_successor(self, successor: str) -> None:
        need(self.successor == NOBODY)
        self.successor = successor
        self._tell(told.SuccessorNamed(successor))

    def pause(self, account: str = ADMIN) -> None:
        need(not self.paused and (PAUSER, account) in self.holders)
        self.paused = True
        self._tell(told.Paused(account))

    def unpause(self, account: str = ADMIN) -> None:
        need(self.paused and (PAUSER, account) in self.holders)
        self.paused = False
        self._tell(told.Unpaused(account))

    def grant(self, role: bytes, account: str, sender: str = ADMIN) -> None:
        need(role in self.duty_of and (role, account) not in self.holders)
        duty = self.duty_of[role]
        held = {self.duty_of[other] for other, who in self.holders if who == account} - {None}
        need(duty is None or held <= {duty})
        self.holders.add((role, account))
        self._tell(told.RoleGranted(role, account, sender))

    def revoke_role(self, role: bytes, account: str, sender: str = ADMIN) -> None:
        need((role, account) in self.holders)
        self.holders.remove((role, account))
        self._tell(told.RoleRevoked(role, account, sender))

    # ----------------------------------------------------------------- views

    def ask(self, view: str, *arguments) -> tuple:
        """The view's answers in their order; a struct's fields stand singly."""
        return getattr(self, f"_{view}")(*arguments)

    def _lotOf(self, lot):
        at = self.lots.get(lot) or _Lot((ZERO, bytes(16), 0, 0, ZERO))
        flags = (2 in at.counts, 3 in at.counts, at.closed)
        return (
            *at.terms,
            *(at.counts.get(s, 0) for s in (1, 2, 3)),
            at.minted,
            at.revoked,
            *flags,
        )

    def _capOf(self, lot):
        return (self.lots[lot].cap if lot in self.lots else 0,)

    def _deficitOf(self, lot):
        return (max(0, self.lots[lot].minted - self.lots[lot].cap) if lot in self.lots else 0,)

    def _statementOf(self, lot, stage):
        return (self.lots[lot].statements.get(stage, ZERO) if lot in self.lots else ZERO,)

    def _rootOf(self, tree):
        return (self.roots.get(tree, ZERO),)

    def _status(self, tree):
        lot, at = self.lots.get(tree >> 32), self.statuses.get(tree, _Status())
        minted = lot is not None and tree & 0xFFFFFFFF < lot.minted
        return (minted, at.revoked, at.replaced_by, at.replaces, at.claim)

    def _nonceOf(self, inspector):
        return (self.nonces.get(inspector, 0),)

    def _programmeCode(self, programme):
        return (self.programmes.get(programme, ZERO),)

    def _totals(self, unit):
        return tuple(self.totals.get(("all", unit), (0, 0)))

    def _totalsOfProgramme(self, programme, unit):
        return tuple(self.totals.get(("programme", programme, unit), (0, 0)))

    def _totalsOfSite(self, site, year, unit):
        return tuple(self.totals.get(("site", site, year, unit), (0, 0)))

    def _totalsOfSpecies(self, species, unit):
        return tuple(self.totals.get(("species", species, unit), (0, 0)))

    def _totalsOfYear(self, year, unit):
        return tuple(self.totals.get(("year", year, unit), (0, 0)))

    def _feedHead(self, feed):
        return self.feeds.get(feed, (0, ZERO))

    def _issuerKey(self, programme, key_id):
        return tuple(self.keys.get((programme, key_id), (b"", 0, 0)))

    def _hasRole(self, role, account):
        return ((role, account) in self.holders,)

    def _defaultAdmin(self):
        return (self.admin,)

    def _successor(self):
        return (self.successor,)

    def _paused(self):
        return (self.paused,)

    # --------------------------------------------------------------- insides

    def _tell(self, event: told.Event) -> None:
        number = len(self.entries)
        place = told.Place(number // 3, number % 3, number.to_bytes(32, "big"))
        self.entries.append(told.Entry(place, event))

    def _lot(self, lot: int) -> _Lot:
        need(lot in self.lots)
        return self.lots[lot]

    def _is_live(self, tree: int) -> bool:
        minted, revoked, *_ = self.ask("status", tree)
        return minted and not revoked

    def _take_back(self, tree: int, reason: int) -> None:
        need(self._is_live(tree))
        self.statuses[tree].revoked = reason
        self.lots[tree >> 32].revoked += 1
        self._count(tree >> 32, 1, 1)

    def _count(self, lot: int, which: int, units: int) -> None:
        site, species, year, unit, _ = self.lots[lot].terms
        for key in (
            ("all", unit),
            ("programme", lot >> 32, unit),
            ("site", site, year, unit),
            ("species", species, unit),
            ("year", year, unit),
        ):
            self.totals[key][which] += units
