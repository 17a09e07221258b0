"""Examine: one question, whatever carries the certificate that is asked about.

A number, the text of a QR code, a PDF and a credential in JSON are four forms of it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from treering.domain import address
from treering.domain.verification import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Examiner:
    """What each form is judged by. `base_url` is the service's: no other address is followed."""

    base_url: str
    of_number: Callable[[str], Report]
    of_code: Callable[[str], Report]
    of_file: Callable[[bytes], Report]

    def examine(self, brought: bytes) -> Report:
        """NumberMistyped, CertificateNotFound, AddressRefused; CredentialMalformed for none of
        the four."""
        text = address.typed_in(brought)
        if text is None:
            return self.of_file(brought)
        led = address.led(text, self.base_url)
        return self.of_code(led.code) if led.code else self.of_number(led.number)
