"""F11 to F14: no memory, no file descriptors; a node killed or frozen."""

import resource
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from tests.faults.processes import until
from tests.faults.town import Town
from treering.main import DIVERGED


def test_f12_a_service_without_file_descriptors_says_so_and_recovers_alone(town: Town):
    web = town.serve(limits={resource.RLIMIT_NOFILE: 64})
    where = urlsplit(web.url)
    crowd = [socket.create_connection((where.hostname, where.port)) for _ in range(200)]
    answers = []
    until(lambda: answers.append(web.redeem("in the crowd")) or answers[-1].status == 503)
    assert answers[-1].body["code"] == "TR332"
    assert answers[-1].headers["retry-after"] == "1"
    for connection in crowd:
        connection.close()
    until(lambda: web.redeem("after").status == 201, web.check)
    town.replay(web)
    assert town.settle().records == len(town.journal.granted)


def test_f13_a_node_that_comes_back_shorter_stops_the_worker(town: Town):
    """Our own node's end is minted again (`tests/e2e`); any other's is a person's to judge."""
    web, worker = town.serve(), town.worker()
    assert web.redeem("one").status == 201
    until(town.settled, worker.check)
    town.node.dump()
    assert web.redeem("two").status == 201
    until(town.settled, worker.check)
    worker.end()
    town.mines.clear()
    port = int(town.node.url.rsplit(":", 1)[1])
    town.node.kill()
    town.start_node(port)
    town.mines.set()
    back = town.worker()
    # Anvil makes another genesis when it loads its state, so that is noticed first.
    assert back.ended() in (2, DIVERGED)
    assert "TR102" in back.said or "TR322" in back.said


def test_f14_a_frozen_node_holds_up_no_redemption_and_no_page_and_is_used_again(town: Town):
    web, worker = town.serve(), town.worker()
    (number,) = web.redeem("one").numbers
    until(town.settled, worker.check)
    assert web.state(number) == "FINAL"
    town.node.process.send_signal(signal.SIGSTOP)
    # What is known of a final block is told for some seconds (docs/decisions/0050).
    until(lambda: web.state(number) == "CANNOT_CHECK_NOW", web.check)
    with ThreadPoolExecutor(60) as pool:  # more than the process has threads
        asked = [pool.submit(web.state, number) for _ in range(60)]
        assert web.redeem("two").status == 201
        assert {answer.result() for answer in asked} == {"CANNOT_CHECK_NOW"}
    town.node.process.send_signal(signal.SIGCONT)
    until(lambda: web.state(number) == "FINAL", web.check)
    until(town.settled, worker.check)
    worker.end()
    assert town.agree().records == 2
