"""`treering audit` as tests run it."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from tests.chain_kit import Chain
from tests.fakes.lying_node import Answer, lying_node, with_id
from treering.chain import abi
from treering.cli.audit import main
from treering.settings import Settings

FONTS = Settings.from_environ({}).fonts


def run(*words: object) -> tuple[int, str, str]:
    """Status, output and complaints."""
    out, err = StringIO(), StringIO()
    status = main([str(word) for word in words], out, err, fonts=FONTS)
    return status, out.getvalue(), err.getvalue()


def audit(lived: Chain, *more: object, url: str | None = None) -> tuple[int, str, str]:
    return run("--rpc", url or lived.node.url, "--contract", lived.contract, *more)


@contextmanager
def second_node(lived: Chain) -> Iterator[str]:
    """Another provider's address, who tells the truth."""
    with lying_node(lived.node.url, lambda _, __, answer: answer) as url:
        yield url


def without_one_batch(method: str, params: list[Any], answer: Answer) -> Answer:
    if method == "eth_getLogs":
        topic = "0x" + abi.event_topic("BatchMinted").hex()
        kept = [log for log in answer["result"] if log["topics"][0] != topic]
        return with_id(answer, result=kept)
    return answer
