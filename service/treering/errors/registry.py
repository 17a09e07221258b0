"""What the registry's log, our mirror of it and its twin refuse."""

from treering.errors.base import TreeringError


class RegistryUnavailable(TreeringError):
    """The registry's log did not answer."""

    code = "TR201"


class RegistryRefused(TreeringError):
    """The registry's log broke its own protocol; nothing of it was taken over."""

    code = "TR202"


class RegistryContradicted(RegistryRefused):
    """The registry signed two heads that cannot both be true."""

    code = "TR203"

    def __init__(self, message: str, held: str, offered: str) -> None:
        super().__init__(message)
        self.held = held  # both signed notes: together they prove it to anybody
        self.offered = offered


class EntryRefused(RegistryRefused):
    """The registry's log holds an entry that cannot be."""

    code = "TR204"


class TreeUsedTwice(EntryRefused):
    """The tree was already used up for another fulfilment certificate."""

    code = "TR205"


class MirrorDamaged(TreeringError):
    """Our mirror's own rows do not agree with each other."""

    code = "TR206"


class ApplicationRefused(TreeringError):
    """The application's id was already used for another application."""

    code = "TR207"


class ApplicationMalformed(TreeringError):
    """The registry's twin cannot read the request."""

    code = "TR208"


class SubmitterUnknown(TreeringError):
    """Only those with the submit key may apply for or withdraw a fulfilment certificate."""

    code = "TR209"


class FulfilmentUnknown(TreeringError):
    """No fulfilment certificate has this commitment."""

    code = "TR210"


class JournalUnusable(TreeringError):
    """The synthetic twin's journal cannot be used."""

    code = "TR211"
