"""What the registry's log, our mirror of it and its twin refuse."""

from typing import Self

from treering.errors.base import TreeringError


class RegistryUnavailable(TreeringError):
    """The registry's log did not answer."""

    code = "TR201"


class RegistryRefused(TreeringError):
    """The registry's log broke its own protocol; nothing of it was taken over."""

    code = "TR202"
    path = ""  # where the bytes came from that were refused, and those bytes, where there are any
    raw: bytes | None = None

    def because_of(self, path: str, raw: bytes | None) -> Self:
        """With the bytes that were refused, so that they can be kept."""
        if self.raw is None:
            self.path, self.raw = path, raw
        return self


class RegistryContradicted(RegistryRefused):
    """The registry signed two heads that cannot both be true."""

    code = "TR203"

    def __init__(self, message: str, held: str, offered: str) -> None:
        super().__init__(message)
        self.held = held  # both signed notes: together they prove it to anybody
        self.offered = offered
        self.found: object = None  # domain.contradiction.Contradiction, once it was looked into


class EntryRefused(RegistryRefused):
    """The registry's log holds an entry that cannot be."""

    code = "TR204"


class TreeUsedTwice(EntryRefused):
    """The tree was already used up for another fulfilment certificate."""

    code = "TR205"


class MirrorDamaged(TreeringError):
    """Our mirror's own rows do not agree with each other."""

    code = "TR206"


class MirrorBehind(MirrorDamaged):
    """Our mirror holds less of the registry's log than the ledger has the head of."""

    code = "TR244"


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


class RegistryForbids(RegistryRefused):
    """The registry does not let us read its log."""

    code = "TR212"


class RegistryElsewhere(RegistryRefused):
    """The registry's address leads elsewhere, which is not followed."""

    code = "TR213"


class RegistryNotProven(RegistryUnavailable):
    """The registry's server cannot prove who it is."""

    code = "TR214"


class TileUnknown(TreeringError):
    """The log has no such tile."""

    code = "TR215"


class MirrorStale(TreeringError):
    """The registry's mirror is missing or too old to lean on."""

    code = "TR216"


class MirrorContradicted(TreeringError):
    """The registry contradicted itself or another source about this; a person has to settle it."""

    code = "TR217"


class DropRefused(TreeringError):
    """A file from a registry cannot be taken over; nothing of it was."""

    code = "TR218"


class ProofRefused(TreeringError):
    """The file proves no misbehaviour of this log."""

    code = "TR219"
