"""Transactions are signed apart from sending, and sending the same bytes twice is harmless."""

import pytest
from eth_account import Account

from tests.chain_kit import PROGRAMME, Chain, account
from tests.fakes.odd_node import answering, odd_node
from treering.chain import abi, sender
from treering.chain.node import Node, quantity
from treering.chain.sender import Call
from treering.domain.keccak import keccak
from treering.domain.record import lot_id
from treering.errors import ChainUnavailable, NodeRefused, TransactionRefused

HOLDERS = b"\x11" * 40
LOT = lot_id(PROGRAMME, 277)


@pytest.fixture
def forest(chain: Chain) -> Chain:
    chain.open_lot(277, endorsed=2)
    return chain


def mint(chain: Chain, holders: bytes = HOLDERS) -> Call:
    return Call(chain.contract, abi.call_data("mint", LOT, 0, holders))


def nonce(chain: Chain, name: str) -> int:
    address = chain.account(name).address
    return quantity(chain.node.call("eth_getTransactionCount", address, "latest"))


def signed(chain: Chain, name: str = "minter", call: Call | None = None) -> bytes:
    whose = chain.account(name)
    return sender.sign(chain.node, whose, call or mint(chain), nonce=nonce(chain, name))


def test_a_signed_transaction_is_not_sent(forest: Chain):
    signed(forest)
    forest.mine()
    assert forest.ledger.at("latest").root_of(LOT, 0) is None


def test_the_same_bytes_sent_twice_are_mined_once(forest: Chain):
    raw = signed(forest)
    digest = sender.send(forest.node, raw)
    assert sender.send(forest.node, raw) == digest == keccak(raw)
    forest.mine()
    assert sender.send(forest.node, raw) == digest  # harmless in a block, too
    facts = forest.ledger.at("latest").lot(LOT)
    assert facts
    assert facts.minted == 2


def test_another_transaction_of_a_nonce_that_is_taken_is_refused_by_the_node(forest: Chain):
    late = sender.sign(
        forest.node,
        forest.account("minter"),
        mint(forest, HOLDERS[:20]),
        nonce=nonce(forest, "minter"),
    )
    forest.act("minter", "mint", LOT, 0, HOLDERS)
    with pytest.raises(NodeRefused, match="nonce"):
        sender.send(forest.node, late)


@pytest.mark.parametrize("raw", [b"", b"\x02\xc0", b"not a transaction"])
def test_bytes_that_are_no_transaction_are_refused_by_the_node(forest: Chain, raw):
    with pytest.raises(NodeRefused):
        sender.send(forest.node, raw)


@pytest.mark.parametrize(
    ("name", "holders", "words"),
    [
        ("minter", HOLDERS * 2, r"CapExceeded\("),
        ("minter", b"", r"\w+\("),
        ("pauser", HOLDERS, r"AccessControlUnauthorizedAccount\(0x"),
    ],
)
def test_what_the_contract_would_refuse_is_not_signed_and_is_told_in_its_words(
    forest: Chain, name, holders, words
):
    with pytest.raises(TransactionRefused, match=f"^{words}"):
        signed(forest, name, mint(forest, holders))


def test_an_account_that_cannot_pay_is_told_so(forest: Chain):
    poor = Account.create()
    raw = sender.sign(forest.node, poor, Call(poor.address, b""), nonce=0)
    with pytest.raises(NodeRefused, match=r"(?i)insufficient funds"):
        sender.send(forest.node, raw)


def test_a_transaction_that_was_reverted_is_no_receipt(forest: Chain):
    first, second = signed(forest), forest.account("minter")
    late = sender.sign(forest.node, second, mint(forest), nonce=nonce(forest, "minter") + 1)
    sender.send(forest.node, first)
    digest = sender.send(forest.node, late)  # would mint what the first one mints
    forest.mine()
    with pytest.raises(TransactionRefused, match=digest.hex()):
        sender.wait_for(forest.node, digest)


def test_a_transaction_in_no_block_is_waited_for_so_long_and_no_longer(forest: Chain):
    digest = sender.send(forest.node, signed(forest))
    with pytest.raises(ChainUnavailable, match="in no block yet"):
        sender.wait_for(forest.node, digest, timeout_seconds=0.2)


def test_a_node_that_answers_nonsense_is_no_chain_to_sign_for():
    with odd_node(answering(result=None)) as url, pytest.raises(ChainUnavailable):
        sender.sign(Node(url), account("minter"), Call(None, b""), nonce=0)


@pytest.mark.parametrize(
    ("details", "words"),
    [
        (None, "no funds"),
        ("0x", "no funds"),
        ("0x08c3", "no funds"),
        ("Reverted 0x1234", "no funds"),
        ("0xdeadbeef", "revert 0xdeadbeef"),
    ],
)
def test_a_refusal_without_the_contracts_words_is_told_in_the_nodes(details, words):
    assert sender.words(NodeRefused("eth_call", "no funds", details)) == words
