"""Why somebody is not let in, or not this far."""

from treering.errors.base import TreeringError


class SignInNeeded(TreeringError):
    """This is not open to everybody: sign in, or send a key."""

    code = "TR351"


class RoleNeeded(TreeringError):
    """Your role does not open this."""

    code = "TR352"


class OutsideProvinces(TreeringError):
    """This province is not among those that you may see."""

    code = "TR353"

    def __init__(self, province: str) -> None:
        super().__init__(f"province {province}")
        self.province = province


class AudienceMissing(TreeringError):
    """A route does not say whom it opens to."""

    code = "TR355"


class KeyNotFound(TreeringError):
    """No living key has this mark."""

    code = "TR354"
