"""What all refusals have in common."""


class TreeringError(Exception):
    """Treering could not do what was asked."""

    code = "TR000"
