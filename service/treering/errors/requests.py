"""Why a request is turned away whatever it asks for."""

from treering.errors.base import TreeringError


class NotAuthenticated(TreeringError):
    """The API key is missing or unknown."""

    code = "TR310"


class NotAllowed(TreeringError):
    """The API key belongs to another programme."""

    code = "TR311"


class RequestMalformed(TreeringError):
    """The request is not of the documented form."""

    code = "TR312"

    def __init__(self, why: str, field: str = "") -> None:
        super().__init__(f"{field}: {why}" if field else why)
        self.why = why
        self.field = field  # a JSON path, a header or a query parameter


class BodyTooLarge(TreeringError):
    """The request's body is larger than this address takes."""

    code = "TR316"


class BodyTooSlow(TreeringError):
    """The request's body did not come in time."""

    code = "TR331"


class TooManyConnections(TreeringError):
    """Too many connections are open already: come again in a moment."""

    code = "TR332"


class AnswerNotMade(TreeringError):
    """The answer was not made in time: ask again in a moment."""

    code = "TR334"


class TooManyGuesses(TreeringError):
    """Too many numbers that were never issued were asked for: come again in a minute."""

    code = "TR333"
