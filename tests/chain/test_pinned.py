"""The contract at one block of a real Anvil: whose code it is, and what it answers."""

from typing import Any

import pytest
from eth_abi.abi import encode

from tests.chain_kit import Chain, account
from tests.fakes.lying_node import Answer, lying_node, with_id
from treering.chain.node import Node
from treering.chain.pinned import PinnedLedger
from treering.errors import ChainUnavailable, NodeRefused, NotALedger

ELSEWHERE = "0x" + "e1" * 20


def pinned(chain: Chain, address: str | None = None) -> PinnedLedger:
    return PinnedLedger(chain.node, address or chain.contract, chain.node.block("latest"))


def returning(answer: bytes) -> str:
    """Code that answers every call with these bytes, which stand behind it."""
    return f"0x61{len(answer):04x}600c5f3961{len(answer):04x}5ff3" + answer.hex()


def test_a_ledger_of_this_release_is_known_by_its_code(chain):
    ledger = pinned(chain)

    assert ledger.is_release
    assert ledger.chain_id == 31337
    assert len(ledger.code_hash) == 32


def test_structs_are_answered_field_by_field(chain):
    lot = chain.open_lot(277, endorsed=7)

    site, _, year, unit, _, endorsed, *_ = pinned(chain).ask("lotOf", lot)

    assert site.startswith(b"150000/277")
    assert (year, unit, endorsed) == (2019, 1, 7)


def test_answers_are_of_the_pinned_block_whatever_comes_after(chain):
    ledger = pinned(chain)
    lot = chain.open_lot(277, endorsed=7)

    assert ledger.ask("capOf", lot) == (0,)
    assert pinned(chain).ask("capOf", lot) == (7,)


def test_a_ledger_with_other_code_is_one_but_not_of_this_release(chain):
    code = chain.node.call("eth_getCode", chain.contract, "latest")
    chain.node.call("anvil_setCode", chain.contract, code + "00")
    chain.mine()

    assert not pinned(chain).is_release


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("0x00", id="answers nothing"),
        pytest.param("0x5f5ffd", id="reverts"),
        pytest.param(returning(b"\xff" * 64), id="answers nonsense"),
        pytest.param(
            returning(
                encode(
                    ["bytes1", "string", "string", "uint256", "address", "bytes32", "uint256[]"],
                    [b"\x0f", "Pebbles", "1", 31337, ELSEWHERE, bytes(32), []],
                )
            ),
            id="has another name",
        ),
        pytest.param(
            returning(
                encode(
                    ["bytes1", "bytes", "string", "uint256", "address", "bytes32", "uint256[]"],
                    [b"\x0f", b"\xff\xfe", "1", 31337, ELSEWHERE, bytes(32), []],
                )
            ),
            id="has a name that is no text",
        ),
    ],
)
def test_another_contract_is_not_taken_for_a_ledger(chain, code):
    chain.node.call("anvil_setCode", ELSEWHERE, code)
    chain.mine()

    with pytest.raises(NotALedger):
        pinned(chain, ELSEWHERE)


def test_a_persons_address_is_no_ledger(chain):
    with pytest.raises(NotALedger, match="no code"):
        pinned(chain, account("somebody").address)


def test_a_node_of_another_chain_is_found_out(chain):
    def elsewhere(method: str, params: list[Any], answer: Answer) -> Answer:
        return with_id(answer, result="0x1") if method == "eth_chainId" else answer

    with lying_node(chain.node.url, elsewhere) as url:
        node = Node(url)
        with pytest.raises(NotALedger, match="31337"):
            PinnedLedger(node, chain.contract, node.block("latest"))
        node.close()


def test_an_answer_that_is_no_number_is_no_chain(chain):
    def nonsense(method: str, params: list[Any], answer: Answer) -> Answer:
        return with_id(answer, result="one") if method == "eth_chainId" else answer

    with lying_node(chain.node.url, nonsense) as url:
        node = Node(url)
        with pytest.raises(ChainUnavailable):
            PinnedLedger(node, chain.contract, node.block("latest"))
        node.close()


def questions(lot: int, count: int) -> list[tuple[str, tuple[object, ...]]]:
    return [("lotOf", (lot,)), ("paused", ()), ("totals", (1,)), ("capOf", (lot + 1,))] * count


def test_many_views_are_answered_in_a_few_requests_as_each_alone(chain):
    lot = chain.open_lot(277, endorsed=7)
    ledger, heard = pinned(chain), []

    def listening(method: str, params: list[Any], answer: Answer) -> Answer:
        heard.append(method)
        return answer

    with lying_node(chain.node.url, listening) as url:
        asking = PinnedLedger(Node(url), chain.contract, ledger.block)
        heard.clear()
        found = list(asking.ask_all(questions(lot, 50)))

    assert found == [ledger.ask(view, *arguments) for view, arguments in questions(lot, 50)]
    assert heard == ["eth_call"] * 2
    assert list(ledger.ask_all([])) == []


@pytest.mark.parametrize("told", ["0x", "0x00", "0x" + "00" * 64, None, "a creation"])
def test_a_node_that_answers_no_such_code_is_asked_view_by_view(chain, told):
    lot = chain.open_lot(277, endorsed=7)

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_call" and "to" not in params[0]:
            return with_id(answer, result=told)
        return answer

    with lying_node(chain.node.url, lie) as url:
        asking = PinnedLedger(Node(url), chain.contract, pinned(chain).block)

        assert [found[0] for found in asking.ask_all(questions(lot, 1))][1:] == [False, 0, 0]


def test_a_node_that_refuses_creations_is_asked_view_by_view(chain):
    lot = chain.open_lot(277, endorsed=7)

    def lie(method: str, params: list[Any], answer: Answer) -> Answer:
        if method == "eth_call" and "to" not in params[0]:
            return with_id(answer, error={"code": -32000, "message": "max code size exceeded"})
        return answer

    with lying_node(chain.node.url, lie) as url:
        asking = PinnedLedger(Node(url), chain.contract, pinned(chain).block)

        assert next(iter(asking.ask_all(questions(lot, 1))))[5] == 7


def test_a_view_that_reverts_says_so_itself_and_holds_no_other_back(chain):
    lot = chain.open_lot(277, endorsed=7)
    asking = pinned(chain).ask_all([("capOf", (lot,)), ("totals", (9,)), ("paused", ())])

    assert next(asking) == (7,)
    with pytest.raises(NodeRefused):
        next(asking)
