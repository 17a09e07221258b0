"""What each command does, put together from its parts.

Only what a command needs is imported: what signs transactions takes a second to load.
"""

# ruff: noqa: PLC0415
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from treering import logs
from treering.errors import ChainUnavailable, SettingsWrong
from treering.settings import Settings

if TYPE_CHECKING:
    from treering.domain.issuer_key import IssuerKey
    from treering.domain.verification import Report
    from treering.flow.parts import Parts
    from treering.worker import Step

Command = Callable[[Sequence[str], Settings], int]


def _demo(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli.demo import main as demo

    return demo(argv, settings.home, settings.anvil, settings.port)


def _serve(_: Sequence[str], settings: Settings) -> int:
    from treering.cli import serve
    from treering.telemetry.events import Events
    from treering.telemetry.traces import traces_to
    from treering.web.app import create_app

    parts = _parts(settings)
    parts.check_durable()
    with suppress(ChainUnavailable):  # what can be read without a node is shown without one
        parts.check_identity()
    traces = traces_to(settings.otlp_endpoint, "treering-web")
    app = create_app(parts.service, base_url=settings.base_url, traces=traces)
    logs.configure(Events.into(app.state.requests.registry))
    status = serve.main(app, settings.host, settings.port)
    if traces:
        traces.close()
    return status


def _worker(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import worker
    from treering.telemetry.alarms import Alarms
    from treering.telemetry.steps import Steps
    from treering.worker import Every

    parts = _parts(settings)
    steps = Steps(parts.overseer.overview)
    alarms = Alarms(parts.clock)
    logs.configure(steps.events, alarms)
    steps.tell(settings.host, settings.metrics_port)
    return worker.main(
        argv,
        parts.start_work,
        lambda: [
            [
                *[steps.counted(step) for step in _steps(parts, settings, steps.watch)],
                Every(5, lambda: alarms.write(parts.overseer.keep)),
            ],
            [steps.counted(_sealing(parts, settings))],
        ],
        parts.accept_chain,
    )


def _steps(
    parts: "Parts", settings: Settings, watch: Callable[[str, Callable[[], bool]], None]
) -> "list[Step]":
    """`watch` is told of each programme, and how to see whether its minting is held."""
    from treering.worker import Every

    holds = parts.holds()
    for hold in holds:
        watch(hold.programme, hold.is_held)
    steps: list[Step] = [
        Every(10, parts.check_identity),
        Every(1, parts.watch.step),
        *[Every(5, hold.look) for hold in holds],
        *[hold.step for hold in holds],
        Every(10, parts.lookout.look),
    ]
    if parts.feed:
        steps.append(Every(10, parts.sync_mirror))
    if settings.embedded and settings.registry_url and settings.submit_key:
        counter = parts.counter(settings.registry_url, settings.submit_key)
        steps.append(Every(5, counter.restore))
    return steps


def _sealing(parts: "Parts", settings: Settings) -> "Step":
    sealer = parts.sealer(settings.patience)
    return lambda: sealer.seal_due() > 0


def _doctor(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import doctor

    return doctor.main(argv, _parts(settings).doctor.examine)


def _keys(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import keys

    porter = _parts(settings).porter
    return keys.main(
        argv, keys.Doings(porter.make_keys, porter.admit, porter.admit_programme, porter.revoke)
    )


def _migrate(_: Sequence[str], settings: Settings) -> int:
    from sqlalchemy import create_engine

    from treering.store.migrate import migrate

    migrate(create_engine(_database(settings)))
    return 0


def _redeem(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import redeem

    return redeem.main(argv, _parts(settings).redeem)


def _load(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import load

    return load.main(argv, _parts(settings).load)


def _certificate(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import certificate

    service = _parts(settings).service
    counter = certificate.Counter(service.credential, service.pdf, service.own_copy_now)
    return certificate.main(argv, counter)


def _verify(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import verify

    def report(
        content: bytes, keys: Sequence["IssuerKey"], rpc: str | None, contract: str | None
    ) -> "Report":
        from treering.flow.bystander import bystander

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


def _audit(argv: Sequence[str], _: Settings) -> int:
    from treering.cli import audit

    return audit.main(argv)


def _bundle(argv: Sequence[str], settings: Settings) -> int:
    from treering.chain.keys import KeyFolder
    from treering.chain.ledger import Ledger
    from treering.chain.nodes import node_at
    from treering.cli import bundle
    from treering.flow.bundle import Bundled, bundled

    def make(programme: str | None, block: int | None) -> Bundled:
        urls = _needed(settings.rpc_url, "TREERING_RPC_URL")
        contract = _needed(settings.contract, "TREERING_CONTRACT")
        node = node_at(urls, timeout_seconds=30)  # providers take their time over logs
        ledger = Ledger(node, contract, settings.confirmations)
        return bundled(ledger, KeyFolder(settings.keys), programme=programme, block=block)

    return bundle.main(argv, make)


def _scrub(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import scrub

    return scrub.main(argv, _parts(settings).scrub.damages)


def _withdraw(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import withdraw
    from treering.flow.withdraw import Farewell

    parts = _parts(settings)
    return withdraw.main(argv, Farewell(parts.engine, parts.vault).withdraw)


def _mirror(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import mirror

    parts = _parts(settings)
    return mirror.main(argv, parts.sync_mirror, parts.mirror_status)


def _exchange(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import exchange

    parts = _parts(settings)
    url = _needed(settings.registry_url, "TREERING_REGISTRY_URL")
    submit_key = _needed(settings.submit_key, "TREERING_SUBMIT_KEY")
    return exchange.main(argv, parts.counter(url, submit_key).exchange)


def _contract(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import contract

    return contract.main(argv, settings.rpc_url, settings.keys)


def _twin(argv: Sequence[str], _: Settings) -> int:
    from treering.cli import twin

    return twin.main(argv)


def _parts(settings: Settings) -> "Parts":
    from treering.domain.fees import GWEI
    from treering.flow.assembly import assemble
    from treering.flow.terms import Terms

    parts = assemble(
        database_url=_database(settings),
        rpc_url=_needed(settings.rpc_url, "TREERING_RPC_URL"),
        contract=_needed(settings.contract, "TREERING_CONTRACT"),
        keys=settings.keys,
        base_url=settings.base_url,
        registry_url=settings.registry_url,
        registry_key=settings.registry_key,
        embedded=settings.embedded,
        terms=Terms(
            confirmations=settings.confirmations,
            in_flight=settings.in_flight,
            promise_seconds=settings.promise_seconds,
            stuck_seconds=settings.stuck_seconds,
            ceiling=settings.fee_ceiling_gwei * GWEI,
        ),
    )
    return replace(parts, fonts=settings.fonts)


def _database(settings: Settings) -> str:
    """The database's URL; the embedded server is started if no other is named."""
    if settings.database_url:
        return settings.database_url
    from treering.store import embedded

    return embedded.start(embedded.data_folder(settings.home))


def _needed(value: str | None, name: str) -> str:
    if value is None:
        raise SettingsWrong(f"{name} is not set, and no demo runs in this checkout")
    return value


COMMANDS: dict[str, Command] = {
    "demo": _demo,
    "serve": _serve,
    "worker": _worker,
    "doctor": _doctor,
    "keys": _keys,
    "migrate": _migrate,
    "load": _load,
    "redeem": _redeem,
    "certificate": _certificate,
    "verify": _verify,
    "audit": _audit,
    "bundle": _bundle,
    "scrub": _scrub,
    "withdraw": _withdraw,
    "mirror": _mirror,
    "exchange": _exchange,
    "contract": _contract,
    "twin": _twin,
}
