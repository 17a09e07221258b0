"""What the web asks about who comes. `main` puts the real thing behind it."""

from typing import Protocol

from treering.domain.role import Credentials, Person


class AccessServices(Protocol):
    """As in `Services`, every method raises the refusals of `errors`."""

    def look(
        self, by: Person, subject: str, province: str | None = ..., request: str = ...
    ) -> None:
        """Before anything personal is shown, which is told; so is a refusal, OutsideProvinces."""

    def person(self, given: Credentials) -> Person | None:
        """None for whoever shows nothing; NotAuthenticated for what opens nothing."""

    def away(self) -> tuple[str, str]:
        """Where to sign in, and what the browser keeps meanwhile; SignInOff."""

    def returned(self, kept: str, state: str, code: str, former: str | None) -> str:
        """The secret of a new session; TokenRefused, ProviderUnavailable, SignInOff."""

    def leave(self, session: str) -> None:
        """Ends it."""
