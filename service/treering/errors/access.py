"""Why somebody is not let in, or not this far."""

from treering.errors.base import TreeringError


class SignInNeeded(TreeringError):
    """This is not open to everybody: sign in, or send a key."""

    code = "TR351"


class RoleNeeded(TreeringError):
    """Your role does not open this."""

    code = "TR352"


class ScopeNeeded(TreeringError):
    """Your key was not made for this."""

    code = "TR368"


class OutsideProvinces(TreeringError):
    """This province is not among those that you may see."""

    code = "TR353"

    def __init__(self, province: str) -> None:
        super().__init__(f"province {province}")
        self.province = province


class AudienceMissing(TreeringError):
    """A route does not say whom it opens to."""

    code = "TR355"


class TokenRefused(TreeringError):
    """What the sign-in brought is not accepted."""

    code = "TR358"


class ProviderUnavailable(TreeringError):
    """The sign-in service does not answer."""

    code = "TR359"


class SignInOff(TreeringError):
    """Nobody signs in here: no sign-in service is set up."""

    code = "TR365"


class ProvinceNotFound(TreeringError):
    """There is no such province."""

    code = "TR357"


class LogBroken(TreeringError):
    """The log of administrative acts does not follow from itself."""

    code = "TR356"

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"entry {number}: {why}")
        self.number = number


class KeyNotFound(TreeringError):
    """No living key has this mark."""

    code = "TR354"
