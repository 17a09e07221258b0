"""What the Ethereum node and the contract refuse."""

from treering.errors.base import TreeringError


class ChainUnavailable(TreeringError):
    """The Ethereum node did not answer."""

    code = "TR101"


class WrongChain(TreeringError):
    """The node answers for another chain or contract than ours."""

    code = "TR102"


class LogsIncomplete(TreeringError):
    """The node's logs do not agree with themselves or with the contract."""

    code = "TR103"


class NodeRefused(TreeringError):
    """The node answered with an error of its own."""

    code = "TR104"

    def __init__(self, method: str, message: str, data: str | None) -> None:
        super().__init__(f"{method}: {message}")
        self.message = message
        self.data = data  # revert data in hex, where there is any


class TransactionRefused(TreeringError):
    """The contract refuses this act."""

    code = "TR105"


class NotALedger(TreeringError):
    """There is no TreeLedger at this address."""

    code = "TR401"


class PinMoved(TreeringError):
    """The block that the audit was made at left the chain meanwhile."""

    code = "TR402"
