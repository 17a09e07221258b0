"""What stops a batch on its way to the chain."""

from treering.errors.base import TreeringError


class BatchMoved(TreeringError):
    """Another worker moved this batch first."""

    code = "TR321"


class Diverged(TreeringError):
    """The chain holds another root than our books: minting stops until a person has looked."""

    code = "TR322"
