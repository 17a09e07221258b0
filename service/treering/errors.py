"""Every refusal, once. The docstring is the title that people read; the code never changes."""


class TreeringError(Exception):
    """Treering could not do what was asked."""

    code = "TR000"


class ChainUnavailable(TreeringError):
    """The Ethereum node did not answer."""

    code = "TR101"


class WrongChain(TreeringError):
    """The node answers for another chain or contract than ours."""

    code = "TR102"


class LogsIncomplete(TreeringError):
    """The node's logs do not agree with themselves or with the contract."""

    code = "TR103"


class NodeRefused(TreeringError):
    """The node answered with an error of its own."""

    code = "TR104"

    def __init__(self, method: str, message: str, data: str | None) -> None:
        super().__init__(f"{method}: {message}")
        self.message = message
        self.data = data  # revert data in hex, where there is any


class TransactionRefused(TreeringError):
    """The contract refuses this act."""

    code = "TR105"


class RegistryUnavailable(TreeringError):
    """The registry's log did not answer."""

    code = "TR201"


class RegistryRefused(TreeringError):
    """The registry's log broke its own protocol; nothing of it was taken over."""

    code = "TR202"


class RegistryContradicted(RegistryRefused):
    """The registry signed two heads that cannot both be true."""

    code = "TR203"

    def __init__(self, message: str, held: str, offered: str) -> None:
        super().__init__(message)
        self.held = held  # both signed notes: together they prove it to anybody
        self.offered = offered


class EntryRefused(RegistryRefused):
    """The registry's log holds an entry that cannot be."""

    code = "TR204"


class TreeUsedTwice(EntryRefused):
    """The tree was already used up for another fulfilment certificate."""

    code = "TR205"


class MirrorDamaged(TreeringError):
    """Our mirror's own rows do not agree with each other."""

    code = "TR206"


class ApplicationRefused(TreeringError):
    """The application's id was already used for another application."""

    code = "TR207"


class ApplicationMalformed(TreeringError):
    """The registry's twin cannot read the request."""

    code = "TR208"


class SubmitterUnknown(TreeringError):
    """Only those with the submit key may apply for or withdraw a fulfilment certificate."""

    code = "TR209"


class FulfilmentUnknown(TreeringError):
    """No fulfilment certificate has this commitment."""

    code = "TR210"


class JournalUnusable(TreeringError):
    """The synthetic twin's journal cannot be used."""

    code = "TR211"


class ExchangeRefused(TreeringError):
    """These certificates cannot be exchanged for a fulfilment certificate."""

    code = "TR220"


class NumberMistyped(TreeringError):
    """This is not a certificate number: a character is missing, wrong or swapped."""

    code = "TR301"


class CertificateNotFound(TreeringError):
    """No certificate has this number."""

    code = "TR302"


class NameRefused(TreeringError):
    """The name cannot be printed on a certificate."""

    code = "TR303"


class LotNotFound(TreeringError):
    """There is no such lot."""

    code = "TR304"


class LotFull(TreeringError):
    """The lot has fewer units left than were asked for."""

    code = "TR305"

    def __init__(self, slug: str, *, left: int, asked: int) -> None:
        super().__init__(f"{slug} has {left} left, {asked} were asked for")
        self.left = left


class UnitMismatch(TreeringError):
    """The lot is counted in another unit."""

    code = "TR306"


class YearMismatch(TreeringError):
    """The lot has another planting year."""

    code = "TR307"


class RedemptionInFuture(TreeringError):
    """A redemption cannot be dated after today."""

    code = "TR308"


class KeyReused(TreeringError):
    """This Idempotency-Key came before with another body."""

    code = "TR309"


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


class RedemptionNotFound(TreeringError):
    """There is no such redemption."""

    code = "TR313"


class CredentialMalformed(TreeringError):
    """The document is not a Treering credential."""

    code = "TR314"


class NotFinal(TreeringError):
    """The certificate is not final yet: its record still waits for the chain."""

    code = "TR315"

    def __init__(self, number: str, waits_for: str = "") -> None:
        super().__init__(f"{number} waits for {waits_for}" if waits_for else number)
        self.waits_for = waits_for  # batch, block, finality or person


class BodyTooLarge(TreeringError):
    """The request's body is larger than this address takes."""

    code = "TR316"


class ProgrammeNotFound(TreeringError):
    """There is no such programme."""

    code = "TR317"


class ServiceUnavailable(TreeringError):
    """The service that shows the certificate did not answer."""

    code = "TR318"


class DatabaseUnavailable(TreeringError):
    """The database does not answer."""

    code = "TR319"


class LaneFull(TreeringError):
    """Too many redemptions wait already: come again in a moment."""

    code = "TR320"


class BatchMoved(TreeringError):
    """Another worker moved this batch first."""

    code = "TR321"


class Diverged(TreeringError):
    """The chain holds another root than our books: minting stops until a person has looked."""

    code = "TR322"


class BodyTooSlow(TreeringError):
    """The request's body did not come in time."""

    code = "TR331"


class NotALedger(TreeringError):
    """There is no TreeLedger at this address."""

    code = "TR401"


class PinMoved(TreeringError):
    """The block that the audit was made at left the chain meanwhile."""

    code = "TR402"


class ReportNotWritten(TreeringError):
    """The audit's report could not be written."""

    code = "TR403"


class FontsMissing(TreeringError):
    """The fonts of the PDF are not installed."""

    code = "TR340"


class CertificateFallen(TreeringError):
    """The certificate does not stand any more, so no PDF is made of it."""

    code = "TR341"


class OperatorOnly(TreeringError):
    """This page opens to an operator's key."""

    code = "TR350"


class SettingsWrong(TreeringError):
    """A setting is missing or wrong."""

    code = "TR901"


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


class CannotStart(TreeringError):
    """A part that Treering needs could not be started."""

    code = "TR902"
