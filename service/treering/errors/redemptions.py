"""Why a redemption is not taken."""

from treering.errors.base import TreeringError


class LotNotFound(TreeringError):
    """There is no such lot."""

    code = "TR304"


class LotFull(TreeringError):
    """The lot has fewer units left than were asked for."""

    code = "TR305"

    def __init__(self, slug: str, *, left: int, asked: int) -> None:
        super().__init__(f"{slug} has {left} left, {asked} were asked for")
        self.left = left


class UnitMismatch(TreeringError):
    """The lot is counted in another unit."""

    code = "TR306"


class YearMismatch(TreeringError):
    """The lot has another planting year."""

    code = "TR307"


class RedemptionInFuture(TreeringError):
    """A redemption cannot be dated after today."""

    code = "TR308"


class KeyReused(TreeringError):
    """This Idempotency-Key came before with another body."""

    code = "TR309"


class RedemptionNotFound(TreeringError):
    """There is no such redemption."""

    code = "TR313"


class ProgrammeNotFound(TreeringError):
    """There is no such programme."""

    code = "TR317"


class LaneFull(TreeringError):
    """Too many redemptions wait already: come again in a moment."""

    code = "TR320"


class HolderNotFound(TreeringError):
    """There is no such holder."""

    code = "TR360"


class ErasureTooSoon(TreeringError):
    """The holder cannot be erased yet, or not by this key."""

    code = "TR366"


class GuardianRefuses(TreeringError):
    """The guardian of a person under 14 has not consented."""

    code = "TR367"


class NotWithdrawn(TreeringError):
    """The holder of this certificate has not withdrawn."""

    code = "TR364"


class HolderWaits(TreeringError):
    """The holder cannot withdraw yet: a record or an exchange of his is still on its way."""

    code = "TR361"


class LoadUnreadable(TreeringError):
    """The file cannot be read as what it is said to be."""

    code = "TR330"
