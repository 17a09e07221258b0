"""What became of records is followed on the chain, as far as it is final."""

from sqlalchemy import text

from tests.chain_kit import Chain
from treering.chain.ledger import Ledger
from treering.domain.provenance.search import Told
from treering.domain.record import LotId, lot_id, lot_of, serial_of
from treering.domain.recount.events import Reason
from treering.flow.parts import Parts
from treering.flow.tracing.follow import Follower
from treering.store.events import RecordEvents

LOT = lot_id(1, 277)


def told(parts: Parts, lot: LotId = LOT, block: int = 2**40):
    with parts.engine.connect() as connection:
        return RecordEvents(connection).of(lot, 0, 100, block)


def followed(parts: Parts):
    with parts.engine.connect() as connection:
        return RecordEvents(connection).followed()


def trees(parts: Parts, numbers):
    return [parts.office.find(number).number.tree for number in numbers]


def test_what_was_revoked_replaced_and_claimed_is_known(parts: Parts, numbers, forest: Chain):
    first, second, third = trees(parts, numbers)
    forest.act("revoker", "revoke", [first], int(Reason.FRAUD))
    forest.act("registry", "claim", b"\7" * 32, [third])
    forest.act("revoker", "replace", second, third)
    forest.finalise()
    assert parts.follower.step() is False
    assert told(parts) == {
        0: {Told.REVOKED: bytes([Reason.FRAUD])},
        1: {Told.REPLACED: third.to_bytes(12, "big")},
        2: {Told.CLAIMED: b"\7" * 32},
    }
    assert (lot_of(first), serial_of(third)) == (LOT, 2)


def test_a_claim_that_was_released_holds_no_more_but_did_then(
    parts: Parts, numbers, forest: Chain
):
    tree = trees(parts, numbers)[0]
    forest.act("registry", "claim", b"\7" * 32, [tree])
    then = forest.node.block("latest").number
    forest.act("registry", "release", [tree])
    forest.finalise()
    parts.follower.step()
    assert told(parts)[0] == {}
    assert told(parts, block=then)[0] == {Told.CLAIMED: b"\7" * 32}


def test_what_is_not_final_is_not_followed(parts: Parts, numbers, forest: Chain):
    parts.follower.step()
    forest.act("revoker", "revoke", trees(parts, numbers)[:1], int(Reason.FRAUD))
    parts.follower.step()
    assert told(parts) == {}
    forest.finalise()
    parts.follower.step()
    assert len(told(parts)) == 1
    assert followed(parts).block == parts.ledger.final_block().number


def test_a_long_history_is_read_in_several_turns(parts: Parts, numbers, forest: Chain):
    forest.mine(30)
    seconds = iter(range(10_000))
    slow = Follower(parts.engine, parts.ledger, monotonic=lambda: float(next(seconds)))
    turns = 1
    while slow.step():
        turns += 1
    assert turns > 2
    assert followed(parts).block == parts.ledger.final_block().number


def test_of_two_workers_one_follows(parts: Parts, numbers):
    with parts.engine.begin() as connection:
        assert RecordEvents(connection).is_mine()
        assert parts.follower.step() is False
    assert followed(parts) is None


def test_a_chain_that_is_another_one_is_read_anew(parts: Parts, numbers, forest: Chain):
    forest.act("revoker", "revoke", trees(parts, numbers)[:1], int(Reason.FRAUD))
    forest.finalise()
    parts.follower.step()
    with parts.engine.begin() as connection:
        connection.execute(text("UPDATE followed SET hash = decode(repeat('00', 32), 'hex')"))
        connection.execute(text("UPDATE record_events SET serial = 77"))
    forest.mine()
    parts.follower.step()
    assert list(told(parts)) == [0]


def test_a_node_that_lags_behind_is_waited_for(parts: Parts, numbers, forest: Chain):
    parts.follower.step()
    before = followed(parts)
    lagging = Ledger(forest.node, forest.contract, confirmations=0)
    lagging.final_block = lambda: forest.node.block(before.block - 3)
    assert Follower(parts.engine, lagging).step() is False
    assert followed(parts) == before
