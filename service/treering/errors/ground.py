"""What is refused of land, evidence and inspections."""

from treering.errors.base import TreeringError


class GroundUnreadable(TreeringError):
    """The file is no GeoJSON of sites and claims as we read it."""

    code = "TR601"


class PolygonRefused(TreeringError):
    """The polygon cannot be the land that it is said to be."""

    code = "TR602"

    def __init__(self, fault: str, detail: str) -> None:
        super().__init__(f"{fault}: {detail}")
        self.fault = fault  # one of domain/land/faults.py


class RolesConflict(TreeringError):
    """An inspector neither plants nor funds what he inspects."""

    code = "TR603"


class PartyNotFound(TreeringError):
    """No party has this code."""

    code = "TR604"


class SiteStands(TreeringError):
    """The site has another polygon already, which loading does not replace."""

    code = "TR605"


class GroundRefused(TreeringError):
    """What is told of the lot's planting cannot be."""

    code = "TR606"


class EvidenceRefused(TreeringError):
    """The file is no picture or PDF that can be kept as evidence."""

    code = "TR611"


class EvidenceUsed(TreeringError):
    """The file is evidence of a lot already, and belongs to no other."""

    code = "TR612"

    def __init__(self, lot: str) -> None:
        super().__init__(f"it is evidence of {lot}")
        self.lot = lot


class EvidenceNotFound(TreeringError):
    """No evidence has this hash."""

    code = "TR613"


class EvidenceLost(TreeringError):
    """The file that was kept under this hash is gone or altered."""

    code = "TR614"


class StoreUnavailable(TreeringError):
    """The store of evidence does not answer."""

    code = "TR615"


class SheetRefused(TreeringError):
    """The inspection's own figures do not agree."""

    code = "TR621"


class StatementRefused(TreeringError):
    """The inspector's statement cannot stand."""

    code = "TR622"


class StatementNotFound(TreeringError):
    """No statement has this id."""

    code = "TR623"


class SiteNotFound(TreeringError):
    """Nobody has given the lot's polygon."""

    code = "TR607"
