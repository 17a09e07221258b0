"""The ledger's client, held to a real contract on a real node."""

import pytest

from tests.chain_kit import Chain
from treering.chain.ledger import Ledger
from treering.domain.merkle import MerkleTree
from treering.domain.record import Record, tree_id
from treering.domain.stage import Stage
from treering.errors import TransactionRefused, WrongChain


def test_a_batch_root_rebuilt_by_the_contract_is_ours(chain: Chain):
    lot = chain.open_lot(endorsed=10)
    holders = [bytes([i]) * 20 for i in range(1, 8)]
    chain.mint(lot, 0, b"".join(holders))
    words = [Record(lot, i, holder).word for i, holder in enumerate(holders)]
    now = chain.ledger.at("latest")
    assert now.root_of(lot, 0) == MerkleTree.over(words).root
    assert now.root_of(lot, 1) is None
    assert now.minted(1) == 7


def test_a_lot_tells_what_inspectors_stated(chain: Chain):
    lot = chain.open_lot(endorsed=10)
    chain.mint(lot, 0, b"\7" * 60)
    chain.state(lot, Stage.ACCEPTANCE, 2)
    facts = chain.ledger.at("latest").lot(lot)
    assert facts is not None
    assert (facts.site, facts.species, facts.year) == ("150000/277", "SAXAUL", 2019)
    assert (facts.endorsed, facts.accepted, facts.surveyed) == (10, 2, None)
    assert (facts.minted, facts.live, facts.deficit) == (3, 3, 1)


def test_an_unknown_lot_is_none(chain: Chain):
    assert chain.ledger.at("latest").lot(99) is None


def test_a_replaced_record_names_its_successor(chain: Chain):
    lot = chain.open_lot()
    chain.mint(lot, 0, b"\7" * 60)
    chain.act("revoker", "replace", tree_id(lot, 0), tree_id(lot, 2))
    status = chain.ledger.at("latest").status(tree_id(lot, 0))
    assert (status.is_minted, status.revoked, status.replaced_by) == (True, 6, tree_id(lot, 2))


def test_a_refusal_comes_in_the_contracts_own_words(chain: Chain):
    lot = chain.open_lot(endorsed=2)
    with pytest.raises(TransactionRefused, match=r"CapExceeded\(\d+, 2, 3\)"):
        chain.mint(lot, 0, b"\7" * 60)


def test_an_address_without_code_is_not_a_ledger(chain: Chain):
    with pytest.raises(WrongChain):
        Ledger(chain.node, "0x" + "11" * 20).identity()
