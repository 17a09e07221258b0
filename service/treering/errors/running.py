"""What a command or process cannot start or go on without."""

from treering.errors.base import TreeringError


class ServiceUnavailable(TreeringError):
    """The service that shows the certificate did not answer."""

    code = "TR318"


class DatabaseUnavailable(TreeringError):
    """The database does not answer."""

    code = "TR319"


class ReportNotWritten(TreeringError):
    """What an audit writes could not be written."""

    code = "TR403"


class SettingsWrong(TreeringError):
    """A setting is missing or wrong."""

    code = "TR901"


class CannotStart(TreeringError):
    """A part that Treering needs could not be started."""

    code = "TR902"


class SchemaOutdated(TreeringError):
    """The database has fewer tables than this program needs: run treering migrate."""

    code = "TR911"


class SchemaTooNew(TreeringError):
    """The database belongs to a newer version of this program."""

    code = "TR912"


class DatabaseUnsafe(TreeringError):
    """The database's settings would lose what was acknowledged."""

    code = "TR913"


class KeystoreUnusable(TreeringError):
    """A key file is missing, open to others, or does not open with this password."""

    code = "TR914"


class MinterWithoutRole(TreeringError):
    """A programme's minter may not mint on this contract."""

    code = "TR915"


class MinterWithoutFunds(TreeringError):
    """A programme's minter cannot pay for one batch."""

    code = "TR916"


class IssuerKeyUnlisted(TreeringError):
    """The chain does not list the key that signs a programme's credentials."""

    code = "TR917"
