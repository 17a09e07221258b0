"""What keeps a reconciliation from being made, and what it cannot answer."""

from treering.errors.base import TreeringError


class ReconciliationNotMade(TreeringError):
    """The sides could not be compared: nothing is known of their differences now."""

    code = "TR501"


class ChainDisagrees(ReconciliationNotMade):
    """The chain's events do not add up to the contract's own counters."""

    code = "TR503"


class CountsUnreadable(ReconciliationNotMade):
    """The file of accepted counts cannot be read."""

    code = "TR504"


class DifferenceNotFound(TreeringError):
    """No difference has this id, or it is of a province that is not yours."""

    code = "TR505"


class CensusUnknown(TreeringError):
    """The registry's numbers at that time are not known here."""

    code = "TR506"
