"""A node that does not answer is left in peace for a moment; one that is not there is not."""

import time
from threading import Event

import pytest

from tests.fakes.lying_node import Answer, lying_node
from tests.ports import free_port
from treering.chain.node import Node
from treering.chain.quiet import QuietNode
from treering.errors import ChainUnavailable


def test_after_a_time_out_the_next_questions_do_not_wait_and_then_it_is_asked_again(anvil: Node):
    thaw = Event()
    asked = 0

    def freeze(_method, _params, answer: Answer) -> Answer:
        nonlocal asked
        asked += 1
        thaw.wait()
        return answer

    with lying_node(anvil.url, freeze) as url:
        node = QuietNode(url, timeout_seconds=0.3, quiet_seconds=1.0)
        for why in ("Timeout", "a moment ago", "a moment ago"):
            with pytest.raises(ChainUnavailable, match=why):
                node.call("eth_chainId")
        assert asked == 1
        thaw.set()
        time.sleep(1.0)
        assert node.call("eth_chainId") == anvil.call("eth_chainId")


def test_a_node_that_just_started_is_not_waited_for(anvil: Node):
    node = QuietNode(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ChainUnavailable, match="ConnectError"):
        node.call("eth_chainId")
    node.url = anvil.url
    assert node.call("eth_chainId") == anvil.call("eth_chainId")
