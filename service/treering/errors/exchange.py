"""Why certificates are not exchanged for a fulfilment certificate, and what to do about it."""

from treering.errors.base import TreeringError


class ExchangeRefused(TreeringError):
    """These certificates cannot be exchanged for a fulfilment certificate."""

    code = "TR220"


class ThreeNeeded(ExchangeRefused):
    """Three different certificates are needed: bring three of one person and one year."""

    code = "TR221"


class KindNotExchanged(ExchangeRefused):
    """Certificates of this kind are not exchanged: bring certificates of trees."""

    code = "TR222"


class RecordWaits(ExchangeRefused):
    """A certificate is not final on the chain yet: come again in a few minutes."""

    code = "TR223"


class RecordFallen(ExchangeRefused):
    """A certificate was revoked or replaced: bring the one that took its place, or another."""

    code = "TR224"


class HoldersDiffer(ExchangeRefused):
    """The certificates are of different persons: bring three of one person."""

    code = "TR225"


class YearsDiffer(ExchangeRefused):
    """The certificates are of different years in Beijing: bring three of one calendar year."""

    code = "TR226"


class HolderGone(ExchangeRefused):
    """The holder has withdrawn: nobody can apply for him any more."""

    code = "TR227"


class RecordUsed(ExchangeRefused):
    """A certificate was used up in another exchange: bring one that was not."""

    code = "TR228"


class YearFulfilled(ExchangeRefused):
    """One fulfilment certificate a person and year: this person has or awaits that year's."""

    code = "TR229"


class EligibilityUnknown(ExchangeRefused):
    """Whether the person is eligible in that year is not known: say yes or no, and who says so."""

    code = "TR230"


class NotEligible(ExchangeRefused):
    """The person is not eligible in that year: some provinces honour such planting otherwise."""

    code = "TR231"


class ConsentMissing(ExchangeRefused):
    """The consent that is needed, a guardian's below 14, is not there: ask for it first."""

    code = "TR232"


class PlaceUnknown(ExchangeRefused):
    """No place in China has this code: give the six digits of where the person lives."""

    code = "TR233"


class NoRule(ExchangeRefused):
    """No rule in force there gives a fulfilment certificate for this: see the list of rules."""

    code = "TR234"


class ExchangeRaced(ExchangeRefused):
    """Another application came at the same moment: ask again."""

    code = "TR235"


class RegistryDeclined(ExchangeRefused):
    """The registry declined the application: ask the registry, then apply again."""

    code = "TR236"


class UsedAtRegistry(RegistryDeclined):
    """The registry has used a certificate for another fulfilment certificate: bring another."""

    code = "TR237"


class GrantDiffers(ExchangeRefused):
    """The registry answered for another application: nothing was claimed, the operator looks."""

    code = "TR238"


class ClaimRefused(ExchangeRefused):
    """The chain does not let a record be used up: the registry is asked to take its back."""

    code = "TR239"


class ExchangeNotFound(TreeringError):
    """There is no such exchange."""

    code = "TR240"


class ExchangeUnderWay(ExchangeRefused):
    """The exchange is still under way: come again when it is claimed."""

    code = "TR241"


class RulesUnreadable(TreeringError):
    """The rules cannot be read: mend the line that is named, and load the file again."""

    code = "TR242"


class RulesAlterPast(TreeringError):
    """Rules may change from tomorrow on, never for a day that has begun."""

    code = "TR243"
