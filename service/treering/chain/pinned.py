"""What the contract itself answers at one pinned block."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from treering.chain import abi, many, release
from treering.chain.node import Block, Node, data, quantity, understood
from treering.domain.keccak import keccak
from treering.errors import ChainUnavailable, NodeRefused, NotALedger

Question = tuple[str, tuple[object, ...]]  # a view and its arguments


_WIDEST = 1000  # bytes: more than any view's answer


class PinnedLedger:
    """A TreeLedger at one block. `code_hash` and `is_release` tell whose code it runs."""

    def __init__(self, node: Node, contract: str, block: Block) -> None:
        """Raises NotALedger if there is no TreeLedger at that address in that block."""
        self._node = node
        self.contract = contract
        self.block = block
        answered = node.call("eth_chainId")
        self.chain_id = understood(lambda: quantity(answered))
        code = self._code()
        self.code_hash = keccak(code)
        self.is_release = release.difference(abi.artefact(), code) is None
        self._check_domain()

    def ask(self, view: str, *arguments: object) -> tuple[Any, ...]:
        """The view's answers in their order; a struct's fields stand singly."""
        returned = self._node.read(self.contract, abi.call_data(view, *arguments), self.block)
        return _flat(abi.answer(view, returned))

    def ask_all(self, questions: Iterable[Question]) -> Iterator[tuple[Any, ...]]:
        """As `ask` answers each, in their order, as many as one request can carry at a time;
        none of the views answers with anything of no fixed length."""
        some, size = [], 0
        for view, arguments in questions:
            some.append((view, arguments))
            size += many.WORD + abi.answer_bytes(view)
            if size > many.MAX_ANSWER - _WIDEST:
                yield from self._together(some)
                some, size = [], 0
        yield from self._together(some)

    def _together(self, questions: Sequence[Question]) -> Iterator[tuple[Any, ...]]:
        calls = [abi.call_data(view, *arguments) for view, arguments in questions]
        found = many.asked(self._node, self.contract, calls, self.block) or [None] * len(calls)
        for (view, arguments), answer in zip(questions, found, strict=True):
            # Singly, a node says why it does not answer.
            yield self.ask(view, *arguments) if answer is None else _flat(abi.answer(view, answer))

    def still_stands(self) -> bool:
        """Whether the pinned block is still the chain's."""
        return self._node.block(self.block.number).hash == self.block.hash

    def _code(self) -> bytes:
        answered = self._node.call("eth_getCode", self.contract, self.block.place)
        code = understood(lambda: data(answered))
        if not code:
            raise NotALedger(f"{self.contract} has no code at block {self.block.number}")
        return code

    def _check_domain(self) -> None:
        """Every TreeLedger signs as Treering, of its own chain and address (EIP-5267)."""
        call = abi.call_data("eip712Domain")
        try:
            returned = self._node.read(self.contract, call, self.block)
        except NodeRefused as error:
            raise NotALedger(f"{self.contract} is another contract: {error}") from error
        try:
            _, *domain, _, _ = abi.answer("eip712Domain", returned)
        except (ChainUnavailable, UnicodeDecodeError) as error:
            raise NotALedger(f"{self.contract} is another contract") from error
        if domain != ["Treering", "1", self.chain_id, self.contract.lower()]:
            raise NotALedger(f"{self.contract} calls itself {domain}")


def _flat(answer: Any) -> tuple[Any, ...]:
    if not isinstance(answer, tuple):
        return (answer,)
    return tuple(value for part in answer for value in _flat(part))
