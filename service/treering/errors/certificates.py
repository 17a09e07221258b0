"""What is wrong with a certificate, its number, its document or its print."""

from treering.errors.base import TreeringError


class NumberMistyped(TreeringError):
    """This is not a certificate number: a character is missing, wrong or swapped."""

    code = "TR301"

    def __init__(self, detail: str, kind: str, **values: object) -> None:
        """`kind` and `values` tell people the same: mistyped.KIND of the catalogues."""
        super().__init__(detail)
        self.kind, self.values = kind, values


class CertificateNotFound(TreeringError):
    """No certificate has this number."""

    code = "TR302"


class NameRefused(TreeringError):
    """The name cannot be printed on a certificate."""

    code = "TR303"


class CredentialMalformed(TreeringError):
    """The document is not a Treering credential."""

    code = "TR314"


class AddressRefused(TreeringError):
    """This is not the address of a certificate of this service."""

    code = "TR342"


class NotTheHolder(TreeringError):
    """The certificate is of another holder than the one named."""

    code = "TR343"


class NotFinal(TreeringError):
    """The certificate is not final yet: its record still waits for the chain."""

    code = "TR315"

    def __init__(self, number: str, waits_for: str = "") -> None:
        super().__init__(f"{number} waits for {waits_for}" if waits_for else number)
        self.waits_for = waits_for  # batch, block, finality or person


class FontsMissing(TreeringError):
    """The fonts of the PDF are not installed."""

    code = "TR340"


class CertificateFallen(TreeringError):
    """The certificate does not stand any more, so no PDF is made of it."""

    code = "TR341"
