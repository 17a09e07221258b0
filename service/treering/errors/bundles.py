"""What is wrong with a bundle, or stands in the way of making one."""

from treering.errors.base import TreeringError


class BundleUnreadable(TreeringError):
    """This is no bundle, or it is cut off or changed."""

    code = "TR411"


class BundleUnsigned(TreeringError):
    """The bundle is not signed by a key that was given with it."""

    code = "TR412"


class BundleTooNew(TreeringError):
    """The bundle is of a newer format than this program reads."""

    code = "TR413"


class BundleOfAnotherNetwork(TreeringError):
    """The bundle is of another chain or contract."""

    code = "TR414"


class BundleNotMade(TreeringError):
    """No bundle can be made of what the chain says there."""

    code = "TR415"


class BundleNotReady(TreeringError):
    """The bundle is still being made."""

    code = "TR416"


class BundleNotHeld(TreeringError):
    """No bundle of this block is kept here."""

    code = "TR417"
