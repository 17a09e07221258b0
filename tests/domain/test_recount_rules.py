"""Every rule the recount checks, each broken once: its code, where, and nothing else stops."""

import pytest

from tests.domain.test_recount import MID_2019, numbered, replayed, roles_of
from tests.fakes.ledger import ADMIN, INSPECTOR, PAUSER, FakeLedger
from treering.domain.merkle import batch_root
from treering.domain.recount import events as told
from treering.domain.recount.difference import Code
from treering.domain.recount.duties import ADMIN_ROLE
from treering.domain.recount.replay import KEPT
from treering.domain.recount.summary import lot_lines, sum_lines

LOT, GRASS, CLOSED, OTHER = 1 << 32 | 277, 1 << 32 | 9, 1 << 32 | 3, 2 << 32 | 1
UNOPENED = 1 << 32 | 999
ANNA, BERT, CAROL = ("0x" + letter * 20 for letter in ("a1", "b2", "c3"))
SITE, SAXAUL = b"150000/277".ljust(32, b"\0"), b"SAXAUL".ljust(16, b"\0")
A, B, ZERO = b"\1" * 32, b"\2" * 32, bytes(32)
REGISTRAR, MINTER, _ = roles_of(1)
TREE = LOT << 32


@pytest.fixture
def history() -> list[told.Event]:
    """Four lots: 10 trees of 20 minted, 5 plants, one closed, one of another programme."""
    ledger = FakeLedger()
    ledger.open_programme(1, b"ANT_FOREST".ljust(32, b"\0"), roles_of(1))
    ledger.open_programme(2, b"GFOREST".ljust(32, b"\0"), roles_of(2))
    ledger.grant(INSPECTOR, ANNA)
    ledger.grant(PAUSER, ADMIN)
    ledger.grant(MINTER, BERT)
    for lot, unit in ((LOT, 1), (GRASS, 2), (CLOSED, 1), (OTHER, 1)):
        ledger.open_lot(lot, (SITE, SAXAUL, 2019, unit, A))
        ledger.state(lot, 1, 20, ANNA, MID_2019, lot.to_bytes(32, "big"))
    ledger.mint(LOT, bytes(range(200)))
    ledger.mint(GRASS, bytes(100))
    ledger.mint(OTHER, bytes(20))
    ledger.close_lot(CLOSED)
    ledger.revoke(TREE + 1, 2)
    ledger.replace(TREE + 2, TREE + 3)
    ledger.claim(A, TREE + 4)
    ledger.anchor(A, 10, A)
    ledger.set_key(1, A, b"key", 5)
    ledger.retire_key(1, A, 9)
    return [entry.event for entry in ledger.entries]


def stated(**changes) -> told.Stated:
    """A second endorsement of LOT that breaks no rule, but for the changes."""
    plain = {
        "lot": LOT,
        "stage": 1,
        "inspector": ANNA,
        "id": B,
        "old_count": 20,
        "new_count": 30,
        "inspected_at": MID_2019,
        "report": A,
        "supersedes": LOT.to_bytes(32, "big"),
        "nonce": 4,
    }
    return told.Stated(**plain | changes)


def minted(lot: int = LOT, first: int = 10, holders: bytes = bytes(20), root: bytes | None = None):
    if root is None:
        root = batch_root(lot << 32 | first, holders)
    return told.BatchMinted(lot, first, root, holders)


def opened(lot: int = UNOPENED, **changes) -> told.LotOpened:
    plain = {"site": SITE, "year": 2019, "species": SAXAUL, "unit": 1, "dossier": A}
    return told.LotOpened(lot, **plain | changes)


BROKEN = [
    (Code.EVENT_STRANGE, told.Stranger("Transfer")),
    (Code.PROGRAMME_REPEATED, told.ProgrammeOpened(1, SITE)),
    (Code.CODE_MALFORMED, told.ProgrammeOpened(3, ZERO)),
    (Code.PROGRAMME_UNKNOWN, opened(9 << 32)),
    (Code.CODE_MALFORMED, opened(site="内蒙古".encode().ljust(32, b"\0"))),
    (Code.CODE_MALFORMED, opened(species=b"\0SAXAUL".ljust(16, b"\0"))),
    (Code.LOT_YEAR, opened(year=1980)),
    (Code.LOT_UNIT, opened(unit=4)),
    (Code.VALUE_MISSING, opened(dossier=ZERO)),
    (Code.LOT_REPEATED, opened(LOT)),
    (Code.LOT_UNKNOWN, told.LotClosed(UNOPENED)),
    (Code.LOT_CLOSED, told.LotClosed(CLOSED)),
    (Code.LOT_UNKNOWN, stated(lot=UNOPENED)),
    (Code.STATEMENT_STAGE, stated(stage=4)),
    (Code.STATEMENT_STAGE, stated(stage=3, old_count=0, supersedes=ZERO)),
    (Code.STATEMENT_SEASON, stated(inspected_at=1_577_808_000)),  # 2020 begins in Shanghai
    (Code.STATEMENT_SEASON, stated(inspected_at=0)),
    (
        Code.STATEMENT_SEASON,
        stated(stage=2, old_count=0, supersedes=ZERO, inspected_at=1_546_271_999),
    ),
    (Code.STATEMENT_INSPECTOR, stated(inspector=BERT, nonce=0)),
    (Code.STATEMENT_NONCE, stated(nonce=5)),
    (Code.STATEMENT_CHAIN, stated(supersedes=A)),
    (Code.STATEMENT_COUNT, stated(old_count=21)),
    (Code.VALUE_MISSING, stated(report=ZERO)),
    (Code.SERIAL_UNEXPECTED, minted(first=9)),
    (Code.SERIAL_UNEXPECTED, minted(first=11)),
    (Code.CAP_EXCEEDED, minted(holders=bytes(220))),
    (Code.BATCH_SIZE, minted(root=A, holders=b"")),
    (Code.BATCH_SIZE, minted(root=A, holders=bytes(21))),
    (Code.BATCH_SIZE, minted(root=A, holders=bytes(20 * 6501))),
    (Code.BATCH_SIZE, minted(root=A, first=2**32 - 1, holders=bytes(40))),
    (Code.ROOT_DIFFERS, minted(root=A)),
    (Code.LOT_UNKNOWN, minted(UNOPENED, 0)),
    (Code.LOT_CLOSED, minted(CLOSED, 0)),
    (Code.PAUSE_REPEATED, told.Unpaused(ADMIN)),
    (Code.RECORD_UNKNOWN, told.RecordRevoked(TREE + 10, 1)),
    (Code.RECORD_UNKNOWN, told.RecordRevoked(UNOPENED << 32, 1)),
    (Code.RECORD_REVOKED_BEFORE, told.RecordRevoked(TREE + 1, 1)),
    (Code.RECORD_REASON, told.RecordRevoked(TREE, 6)),
    (Code.RECORD_REVOKED_BEFORE, told.RecordReplaced(TREE + 5, TREE + 5)),
    (Code.RECORD_PROGRAMME, told.RecordReplaced(TREE, OTHER << 32)),
    (Code.RECORD_SUCCESSOR, told.RecordReplaced(TREE, TREE + 3)),
    (Code.RECORD_NOT_A_TREE, told.RecordClaimed(GRASS << 32, B)),
    (Code.RECORD_CLAIMED, told.RecordClaimed(TREE + 4, B)),
    (Code.RECORD_REVOKED_BEFORE, told.RecordClaimed(TREE + 1, B)),
    (Code.VALUE_MISSING, told.RecordClaimed(TREE, ZERO)),
    (Code.RECORD_NOT_CLAIMED, told.ClaimReleased(TREE, A)),
    (Code.RECORD_NOT_CLAIMED, told.ClaimReleased(TREE, ZERO)),
    (Code.RECORD_NOT_CLAIMED, told.ClaimReleased(TREE + 4, B)),
    (Code.FEED_HEAD, told.FeedAnchored(A, 9, A, 11, B)),
    (Code.FEED_SHRINKS, told.FeedAnchored(A, 10, A, 9, A)),
    (Code.FEED_SHRINKS, told.FeedAnchored(A, 10, A, 10, B)),
    (Code.VALUE_MISSING, told.FeedAnchored(A, 10, A, 11, ZERO)),
    (Code.PROGRAMME_UNKNOWN, told.IssuerKeySet(9, A, b"key", 5)),
    (Code.KEY_REPEATED, told.IssuerKeySet(1, A, b"key", 5)),
    (Code.VALUE_MISSING, told.IssuerKeySet(1, B, b"", 5)),
    (Code.KEY_UNKNOWN, told.IssuerKeyRetired(1, B, 0, 5)),
    (Code.KEY_END, told.IssuerKeyRetired(1, A, 8, 5)),
    (Code.KEY_RETIRED, told.IssuerKeyRetired(1, A, 9, 9)),
    (Code.VALUE_MISSING, told.IssuerKeyRetired(1, A, 9, 0)),
    (Code.VALUE_MISSING, told.SuccessorNamed("0x" + "00" * 20)),
    (Code.ROLE_UNKNOWN, told.RoleGranted(A, ANNA, ADMIN)),
    (Code.ROLE_REPEATED, told.RoleGranted(INSPECTOR, ANNA, ADMIN)),
    (Code.ROLE_NOT_HELD, told.RoleRevoked(INSPECTOR, CAROL, ADMIN)),
    (Code.ROLE_LACKING, told.RoleGranted(INSPECTOR, CAROL, BERT)),
    (Code.ROLE_LACKING, told.RoleRevoked(INSPECTOR, ANNA, BERT)),
    (Code.DUTIES_CONFLICT, told.RoleGranted(MINTER, ANNA, ADMIN)),
    (Code.DUTIES_CONFLICT, told.RoleGranted(REGISTRAR, BERT, ADMIN)),
]


@pytest.mark.parametrize(
    ("code", "event"), BROKEN, ids=[f"{n}-{code}" for n, (code, _) in enumerate(BROKEN)]
)
def test_a_broken_rule_is_named_with_its_place_and_the_count_goes_on(history, code, event):
    entries = numbered([*history, event, told.RecordRevoked(TREE + 9, 1)])

    recount = replayed(entries)

    assert [difference.code for difference in recount.differences] == [code]
    assert recount.differences[0].place == entries[-2].place
    assert code.rule
    assert recount.books.lots[LOT].revoked == (4 if _takes_a_live_one(event) else 3)


def _takes_a_live_one(event: told.Event) -> bool:
    if isinstance(event, told.RecordRevoked):
        return event.tree in {TREE, TREE + 10}
    return isinstance(event, told.RecordReplaced)


@pytest.mark.parametrize(
    ("code", "events"),
    [
        (Code.MINTED_IN_PAUSE, [told.Paused(ADMIN), minted()]),
        (Code.PAUSE_REPEATED, [told.Paused(ADMIN), told.Paused(ADMIN)]),
        (Code.ROLE_LACKING, [told.RoleGranted(ADMIN_ROLE, ANNA, ANNA)]),
        (Code.ROLE_LACKING, [told.RoleRevoked(ADMIN_ROLE, ADMIN, ANNA)]),
        (
            Code.ROLE_LACKING,  # named, and called off again
            [
                told.HandoverPlanned("DefaultAdminTransferScheduled", ANNA),
                told.HandoverPlanned("DefaultAdminTransferCanceled"),
                told.RoleRevoked(ADMIN_ROLE, ADMIN, ANNA),
            ],
        ),
        (Code.ROLE_LACKING, [told.Paused(ANNA)]),
        (Code.SUCCESSOR_REPEATED, [told.SuccessorNamed(BERT), told.SuccessorNamed(BERT)]),
    ],
)
def test_a_rule_on_two_events_is_named_once(history, code, events):
    recount = replayed(numbered([*history, *events]))

    assert [difference.code for difference in recount.differences] == [code]


@pytest.mark.parametrize(
    "events",
    [
        [
            told.HandoverPlanned("DefaultAdminTransferScheduled", ANNA),
            told.HandoverPlanned("DefaultAdminDelayChangeScheduled"),
            told.RoleRevoked(ADMIN_ROLE, ADMIN, ANNA),
            told.RoleGranted(ADMIN_ROLE, ANNA, ANNA),
            told.RoleGranted(INSPECTOR, CAROL, ANNA),
        ],
        [told.RoleRevoked(INSPECTOR, ANNA, ANNA)],  # given up
        [told.RoleRevoked(MINTER, BERT, ADMIN), told.RoleGranted(REGISTRAR, BERT, ADMIN)],
        [told.RoleGranted(roles_of(2)[1], BERT, ADMIN)],
        [told.RoleGranted(roles_of(1)[2], BERT, ADMIN)],
        [told.ClaimReleased(TREE + 4, A), told.RecordClaimed(TREE + 4, B)],
        [stated(new_count=5)],
        [told.Paused(ADMIN), told.Unpaused(ADMIN), minted()],
    ],
)
def test_what_the_contract_allows_is_no_difference(history, events):
    assert replayed(numbered([*history, *events])).differences == []


def test_after_one_lost_batch_only_that_batch_is_missed(history):
    later = [minted(first=12), minted(first=13), minted(first=14)]

    recount = replayed(numbered([*history, *later]))

    assert [(d.code, d.expected, d.found) for d in recount.differences] == [
        (Code.SERIAL_UNEXPECTED, 10, 12)
    ]


def test_an_event_out_of_order_is_named(history):
    entries = numbered(history)

    recount = replayed([*entries, entries[5]])

    assert recount.differences[0].code is Code.EVENT_ORDER


def test_a_statement_on_a_lot_of_no_year_has_no_season(history):
    events = [*history, opened(year=0), stated(lot=UNOPENED, old_count=0, supersedes=ZERO)]

    codes = [difference.code for difference in replayed(numbered(events)).differences]

    assert codes == [Code.LOT_YEAR]


def test_a_flood_of_differences_is_counted_whole_and_kept_in_part():
    recount = replayed(numbered([told.Stranger("x")] * (KEPT + 5)))

    assert recount.found == KEPT + 5
    assert len(recount.differences) == KEPT


def test_codes_that_nobody_can_read_are_shown_in_hex_and_units_unknown_by_number(history):
    site = b"\x1b[31m".ljust(32, b"\0")
    events = [*history, opened(9 << 32 | 1, site=site, unit=7)]

    books = replayed(numbered(events)).books

    line = lot_lines(books)[-1]
    assert (line.lot, line.site, line.unit) == ("9/1", "0x" + site.hex(), "UNIT 7")
    assert "UNIT 7" in {sums.unit for sums in sum_lines(books)}


def test_a_province_is_what_stands_before_the_slash(history):
    lines = sum_lines(replayed(numbered(history)).books)

    assert {line.key for line in lines if line.by == "province"} == {"150000"}
