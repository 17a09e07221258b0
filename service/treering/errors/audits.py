"""What stands in the way of an audit, of its report and of its sample."""

from treering.errors.base import TreeringError


class ProvidersDisagree(TreeringError):
    """Two nodes that must agree tell different things."""

    code = "TR404"


class CheckpointUnusable(TreeringError):
    """The checkpoint is damaged, or of another audit."""

    code = "TR405"


class AuditReportUnreadable(TreeringError):
    """This is no signed audit report, or it was changed since it was signed."""

    code = "TR406"


class AuditInputUnreadable(TreeringError):
    """What was brought along to compare with cannot be read."""

    code = "TR407"


class SampleRefused(TreeringError):
    """The sample cannot be announced or drawn so."""

    code = "TR408"
