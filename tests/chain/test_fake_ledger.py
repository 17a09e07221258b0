"""The ledger in memory tells, answers and refuses what the real one does."""

from collections.abc import Callable, Iterator

import pytest

from tests.chain_kit import PROGRAMME, Chain
from tests.fakes.ledger import FakeLedger, Refused
from tests.ledger_life import EMPTY, GRASS, TREES, live, lived_ledger
from treering.chain import roles
from treering.chain.history import first_block, history
from treering.chain.node import Node
from treering.chain.pinned import PinnedLedger
from treering.domain.recount import events as told
from treering.domain.recount.expectations import expectations
from treering.domain.recount.replay import Recount
from treering.domain.stage import Stage
from treering.errors import TransactionRefused

PROGRAMME_ROLES = (
    roles.registrar_of(PROGRAMME),
    roles.minter_of(PROGRAMME),
    roles.revoker_of(PROGRAMME),
)


def told_by(chain: Chain) -> list[told.Entry]:
    pinned = chain.node.block("latest")
    first = first_block(chain.node, chain.contract, pinned)
    return [e for span in history(chain.node, chain.contract, first, pinned) for e in span.entries]


def again(event: told.Event, ledger: FakeLedger) -> None:
    """Let the fake do what the real one told of."""
    match event:
        case told.ProgrammeOpened(programme, code):
            ledger.open_programme(programme, code, PROGRAMME_ROLES)
        case told.LotOpened(lot, site, year, species, unit, dossier):
            ledger.open_lot(lot, (site, species, year, unit, dossier))
        case told.LotClosed(lot):
            ledger.close_lot(lot)
        case told.Stated(lot, stage, who, digest, _, count, date):
            ledger.state(lot, stage, count, who, date, digest)
        case told.BatchMinted(lot, _, _, holders):
            ledger.mint(lot, holders)
        case told.RecordRevoked(tree, reason):
            ledger.revoke(tree, reason)
        case told.RecordReplaced(old, new):
            ledger.replace(old, new)
        case told.RecordClaimed(tree, commitment):
            ledger.claim(commitment, tree)
        case told.ClaimReleased(tree):
            ledger.release(tree)
        case _:
            again_beside_the_lots(event, ledger)


def again_beside_the_lots(event: told.Event, ledger: FakeLedger) -> None:
    match event:
        case told.FeedAnchored(feed, _, _, size, root):
            ledger.anchor(feed, size, root)
        case told.IssuerKeySet(programme, key_id, public, valid_from):
            ledger.set_key(programme, key_id, public, valid_from)
        case told.IssuerKeyRetired(programme, key_id, _, until):
            ledger.retire_key(programme, key_id, until)
        case told.SuccessorNamed(successor):
            ledger.name_successor(successor)
        case told.Paused(account):
            ledger.pause(account)
        case told.Unpaused(account):
            ledger.unpause(account)
        case told.RoleGranted(role, account, sender):
            ledger.grant(role, account, sender)
        case told.RoleRevoked(role, account, sender):
            ledger.revoke_role(role, account, sender)


def twin_of(entries: list[told.Entry]) -> FakeLedger:
    first, *others = [entry.event for entry in entries]
    ledger = FakeLedger(admin=first.account)
    for event in others:
        again(event, ledger)
    return ledger


def test_the_fake_tells_what_the_real_one_tells_and_answers_alike(chain):
    live(chain)
    entries = told_by(chain)
    fake = twin_of(entries)
    fake.admin = chain.account("deputy").address.lower()  # handed over at the end of its life
    real = PinnedLedger(chain.node, chain.contract, chain.node.block("latest"))
    recount = Recount()
    for entry in entries:
        recount.take(entry)

    plans = told.HandoverPlanned
    assert [entry.event for entry in fake.entries] == [
        entry.event for entry in entries if not isinstance(entry.event, plans)
    ]
    for question in expectations(recount.books):
        answer = real.ask(question.view, *question.arguments)
        assert fake.ask(question.view, *question.arguments) == answer, question


def tree(serial: int) -> int:
    return TREES << 32 | serial


FORBIDDEN: list[tuple[str, Callable[[FakeLedger], None], Callable[[Chain], object]]] = [
    (
        "a programme twice",
        lambda fake: fake.open_programme(PROGRAMME, b"X" * 32),
        lambda real: real.act("admin", "openProgramme", PROGRAMME, b"X" * 32),
    ),
    ("a lot twice", lambda fake: fake.open_lot(TREES, ()), lambda real: real.open_lot(277)),
    (
        "more than was accepted",
        lambda fake: fake.mint(TREES, bytes(20)),
        lambda real: real.mint(TREES, 358, bytes(20)),
    ),
    (
        "minting into a closed lot",
        lambda fake: fake.mint(GRASS, bytes(20)),
        lambda real: real.mint(GRASS, 50, bytes(20)),
    ),
    (
        "closing twice",
        lambda fake: fake.close_lot(GRASS),
        lambda real: real.act("registrar", "closeLot", GRASS),
    ),
    (
        "accepting what was never endorsed",
        lambda fake: fake.state(EMPTY, 2, 1, inspector_of(fake), 1, b"x"),
        lambda real: real.state(EMPTY, Stage.ACCEPTANCE, 1),
    ),
    (
        "revoking twice",
        lambda fake: fake.revoke(tree(3), 1),
        lambda real: real.act("revoker", "revoke", [tree(3)], 1),
    ),
    (
        "revoking what was never minted",
        lambda fake: fake.revoke(tree(358), 1),
        lambda real: real.act("revoker", "revoke", [tree(358)], 1),
    ),
    (
        "replacing by itself",
        lambda fake: fake.replace(tree(20), tree(20)),
        lambda real: real.act("revoker", "replace", tree(20), tree(20)),
    ),
    (
        "replacing two by one",
        lambda fake: fake.replace(tree(20), tree(6)),
        lambda real: real.act("revoker", "replace", tree(20), tree(6)),
    ),
    (
        "claiming twice",
        lambda fake: fake.claim(b"\7" * 32, tree(7)),
        lambda real: real.act("registry", "claim", b"\7" * 32, [tree(7)]),
    ),
    (
        "claiming a plant",
        lambda fake: fake.claim(b"\7" * 32, GRASS << 32),
        lambda real: real.act("registry", "claim", b"\7" * 32, [GRASS << 32]),
    ),
    (
        "releasing what was released",
        lambda fake: fake.release(tree(8)),
        lambda real: real.act("registry", "release", [tree(8)]),
    ),
    (
        "a feed that shrinks",
        lambda fake: fake.anchor(b"\1" * 32, 14, b"\4" * 32),
        lambda real: real.act("mirror", "anchor", b"\1" * 32, 14, b"\4" * 32),
    ),
    (
        "a feed of one size and another root",
        lambda fake: fake.anchor(b"\1" * 32, 15, b"\4" * 32),
        lambda real: real.act("mirror", "anchor", b"\1" * 32, 15, b"\4" * 32),
    ),
    (
        "a key twice",
        lambda fake: fake.set_key(PROGRAMME, b"\4" * 32, b"k", 1),
        lambda real: real.act("registrar", "setIssuerKey", PROGRAMME, b"\4" * 32, b"k", 1),
    ),
    (
        "a key that ends later than it ended",
        lambda fake: fake.retire_key(PROGRAMME, b"\4" * 32, 2_000_000_000),
        lambda real: real.act(
            "registrar", "retireIssuerKey", PROGRAMME, b"\4" * 32, 2_000_000_000
        ),
    ),
    ("going on twice", lambda fake: fake.unpause(), lambda real: real.act("pauser", "unpause")),
    (
        "an inspector who mints",
        lambda fake: fake.grant(PROGRAMME_ROLES[1], inspector_of(fake)),
        lambda real: real.send(
            "deputy",
            roles.grant(real.contract, PROGRAMME_ROLES[1], real.account("inspector").address),
        ),
    ),
]


def inspector_of(fake: FakeLedger) -> str:
    return next(who for role, who in fake.holders if role == roles.INSPECTOR)


@pytest.fixture(scope="module")
def lived(anvil: Node) -> Iterator[Chain]:
    with lived_ledger(anvil) as chain:
        yield chain


@pytest.mark.parametrize(
    ("fake_act", "real_act"), [pytest.param(*acts, id=name) for name, *acts in FORBIDDEN]
)
def test_both_refuse(lived, fake_act, real_act):
    with pytest.raises(Refused):
        fake_act(twin_of(told_by(lived)))
    with pytest.raises(TransactionRefused):
        real_act(lived)
