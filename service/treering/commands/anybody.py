"""The commands that need no database of ours: to verify, to recount, to compile."""

# ruff: noqa: PLC0415 - only what a command needs is imported
from collections.abc import Sequence
from typing import TYPE_CHECKING

from treering.commands.parts import Verb, needed
from treering.settings import Settings

if TYPE_CHECKING:
    from treering.domain.issuer_key import IssuerKey
    from treering.domain.verification import Report
    from treering.flow.auditing.audit import Watch


def _verify(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import verify

    def report(
        content: bytes, keys: Sequence["IssuerKey"], rpc: str | None, contract: str | None
    ) -> "Report":
        from treering.flow.verifying.bystander import bystander

        return bystander(
            content,
            issuer_keys=keys,
            rpc_url=rpc,
            contract=contract,
            database_url=settings.database_url,
            registry_key=settings.registry_key,
        )

    defaults = verify.Defaults(settings.base_url, settings.rpc_url, settings.contract)
    return verify.main(argv, report, defaults)


def _audit(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import audit

    return audit.main(argv, fonts=settings.fonts)


def _bundle(argv: Sequence[str], settings: Settings) -> int:
    from treering.chain.keys import KeyFolder
    from treering.chain.ledger import Ledger
    from treering.chain.nodes import node_at
    from treering.cli import bundle
    from treering.flow.verifying.bundle import Bundled, bundled

    def make(programme: str | None, block: int | None, watch: "Watch") -> Bundled:
        urls = needed(settings.rpc_url, "TREERING_RPC_URL")
        contract = needed(settings.contract, "TREERING_CONTRACT")
        node = node_at(urls, timeout_seconds=30)  # providers take their time over logs
        ledger = Ledger(node, contract, settings.confirmations)
        return bundled(
            ledger, KeyFolder(settings.keys), programme=programme, block=block, watch=watch
        )

    return bundle.main(argv, make)


def _contract(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import contract

    return contract.main(argv, settings.rpc_url, settings.keys)


VERBS = {
    "verify": Verb(_verify, "check a certificate: exit 0 valid, 1 invalid, 2 unknown"),
    "audit": Verb(
        _audit, "recount from the chain alone: exit 0 agrees, 1 differs, 2 could not be made"
    ),
    "bundle": Verb(
        _bundle, "write what a verifier asks of the chain into one signed file, for no network"
    ),
    "contract": Verb(_contract, "build | deploy"),
}
