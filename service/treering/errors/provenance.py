"""Why a question about where things come from has no answer."""

from treering.errors.base import TreeringError


class ChainNotFollowed(TreeringError):
    """The chain's events have not been read as far as that yet."""

    code = "TR362"


class ExportsBusy(TreeringError):
    """As many exports are under way as this service makes at once."""

    code = "TR363"
