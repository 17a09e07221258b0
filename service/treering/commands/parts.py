"""What the commands are put together from, and what a missing setting is told as.

Only what a command needs is imported: what signs transactions takes a second to load.
"""

# ruff: noqa: PLC0415
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from treering.errors import SettingsWrong
from treering.settings import Settings, SignIn

if TYPE_CHECKING:
    from treering.flow.parts import Parts
    from treering.store.shelf import Place

Command = Callable[[Sequence[str], Settings], int]


@dataclass(frozen=True, slots=True)
class Verb:
    """A command, and what it does in a line of `treering --help`.

    `words` is what it takes, for whom help is enough: that needs no setting.
    """

    run: Command
    does: str
    words: Callable[[], ArgumentParser] | None = None


def words_of(command: str) -> Callable[[], ArgumentParser]:
    """What the module of this name in `cli` takes."""

    def words() -> ArgumentParser:
        parser: ArgumentParser = import_module(f"treering.cli.{command}").parser()
        return parser

    return words


def no_words(command: str, does: str) -> Callable[[], ArgumentParser]:
    return lambda: ArgumentParser(prog=f"treering {command}", description=does)


def insist_on_chain(settings: Settings) -> None:
    """SettingsWrong where `assembled` would miss what leads to the chain."""
    needed(settings.rpc_url, "TREERING_RPC_URL")
    needed(settings.contract, "TREERING_CONTRACT")


def assembled(settings: Settings) -> "Parts":
    from treering.domain.fees import GWEI
    from treering.flow.assembly import assemble
    from treering.flow.minting.terms import Terms

    parts = assemble(
        database_url=database(settings),
        rpc_url=needed(settings.rpc_url, "TREERING_RPC_URL"),
        contract=needed(settings.contract, "TREERING_CONTRACT"),
        keys=settings.keys,
        base_url=settings.base_url,
        registry_url=settings.registry_url,
        registry_key=settings.registry_key,
        second_url=settings.second_registry_url,
        second_key=settings.second_registry_key,
        embedded=settings.embedded,
        terms=Terms(
            confirmations=settings.confirmations,
            in_flight=settings.in_flight,
            promise_seconds=settings.promise_seconds,
            stuck_seconds=settings.stuck_seconds,
            ceiling=settings.fee_ceiling_gwei * GWEI,
        ),
    )
    parts = replace(parts, fonts=settings.fonts, shelf=_shelf(settings))
    return _with_sign_in(parts, settings.sign_in) if settings.sign_in else parts


def _with_sign_in(parts: "Parts", given: SignIn) -> "Parts":
    from treering.domain.sign_in import ClaimNames
    from treering.intake.provider import Provider

    names = ClaimNames(given.role_claim, given.provinces_claim)
    provider = Provider(given.issuer, given.client, given.secret)
    return replace(parts, provider=provider, claim_names=names)


def _shelf(settings: Settings) -> "Place":
    from treering.store.shelf import Place

    return Place(
        settings.evidence,
        endpoint=settings.evidence_endpoint,
        key_id=settings.evidence_key_id,
        secret=settings.evidence_secret,
        region=settings.evidence_region,
    )


def database(settings: Settings) -> str:
    """The database's URL; the embedded server is started if no other is named."""
    if settings.database_url:
        return settings.database_url
    from treering.store import embedded

    return embedded.start(embedded.data_folder(settings.home))


def needed(value: str | None, name: str) -> str:
    if value is None:
        raise SettingsWrong(f"{name} is not set, and no demo runs in this checkout")
    return value
