"""What the web asks about who comes. `main` puts the real thing behind it."""

from typing import Protocol

from treering.domain.role import Credentials, Person


class AccessServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def person(self, given: Credentials) -> Person | None:
        """None for whoever shows nothing; NotAuthenticated for what opens nothing."""
