"""Many views of one contract in one `eth_call`, all at one block.

A node may need a tenth of a second to find an old block's state, whatever is asked of it. So
the questions are sent as the code of a contract that is never made: it asks them one after
the other and returns the answers where a constructor would return its code. Every node runs
it as it runs any creation; nothing stands on chain for it.

    code     the program, then for each question two bytes of length and its call data
    answer   for each question one word, the answer's length, then the answer; the word's
             highest bit is set where the view reverted
"""

from collections.abc import Sequence

from treering.chain.node import Block, Node, data, understood
from treering.errors import ChainUnavailable, NodeRefused

# What a constructor returns may have 24,576 bytes (EIP-170), and code 49,152 (EIP-3860).
MAX_ANSWER, MAX_CODE = 20_000, 40_000
WORD = 32  # bytes before each answer
_REVERTED = 1 << 255
_PROGRAM = (
    "61005a 6000"  # in: where the questions begin; out: where the answers do
    "5b 38 82 10 15 6056 57"  # while in < the code's size
    "6020 82 82 39 80 51 60f0 1c"  # the question's length
    "91 6002 01 91"
    "80 83 83 39"  # the question itself, where its answer will stand
    "6000 6000 82 84 73 {contract} 5a fa"  # asked: it can change nothing
    "15 60ff 1b 3d 17 82 52"  # the answer's length, and whether it reverted
    "90 91 01 90"
    "6020 01 3d 6000 82 3e 3d 01"  # the answer
    "6005 56"
    "5b 6000 f3"
)


def asked(
    node: Node, contract: str, questions: Sequence[bytes], at: Block
) -> list[bytes | None] | None:
    """Each question's answer, None for one that reverted; None where the node runs no such code.

    A question has less than 64 KB; all together stay below MAX_CODE, their answers below
    MAX_ANSWER. ChainUnavailable when the node falls silent.
    """
    framed = b"".join(len(each).to_bytes(2, "big") + each for each in questions)
    program = bytes.fromhex(_PROGRAM.format(contract=contract.removeprefix("0x")))
    try:
        told = node.call("eth_call", {"data": "0x" + (program + framed).hex()}, at.place)
    except NodeRefused:
        return None
    try:
        return _answers(understood(lambda: data(told)), len(questions))
    except ChainUnavailable:
        return None  # another node's habit: what it says of a creation is not its answer


def _answers(returned: bytes, count: int) -> list[bytes | None]:
    answers: list[bytes | None] = []
    at = 0
    for _ in range(count):
        size = int.from_bytes(returned[at : at + WORD], "big")
        reverted, size = size >= _REVERTED, size % _REVERTED
        at += WORD + size
        answers.append(None if reverted else returned[at - size : at])
    if at != len(returned):
        raise ChainUnavailable(f"{len(returned)} bytes are not {count} answers")
    return answers
