"""Every refusal, once. The docstring is the title that people read; the code never changes."""


class TreeringError(Exception):
    """Treering could not do what was asked."""

    code = "TR000"


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


class RegistryUnavailable(TreeringError):
    """The registry's log did not answer."""

    code = "TR201"


class RegistryRefused(TreeringError):
    """The registry's log broke its own protocol; nothing of it was taken over."""

    code = "TR202"
