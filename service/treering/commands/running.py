"""The commands that keep going: the demo, the pages, the worker."""

# ruff: noqa: PLC0415 - only what a command needs is imported
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from treering import logs
from treering.commands.parts import Verb, assembled, no_words, words_of
from treering.errors import ChainUnavailable
from treering.settings import Settings

if TYPE_CHECKING:
    from treering.flow.parts import Parts
    from treering.worker import Step


def _demo(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli.demo import main as demo

    return demo(argv, settings.home, settings.anvil, settings.port)


def _serve(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import serve
    from treering.telemetry.events import Events
    from treering.telemetry.traces import traces_to
    from treering.web.app import create_app

    _SERVING().parse_args(argv)
    parts = assembled(settings)
    parts.check_durable()
    with suppress(ChainUnavailable):  # what can be read without a node is shown without one
        parts.check_identity()
    parts.forgetting.start()
    traces = traces_to(settings.otlp_endpoint, "treering-web")
    app = create_app(parts.service, base_url=settings.base_url, traces=traces)
    logs.configure(Events.into(app.state.requests.registry))
    with parts.presence.kept():
        status = serve.main(app, settings.host, settings.port)
    if traces:
        traces.close()
    return status


def _worker(argv: Sequence[str], settings: Settings) -> int:
    from treering.cli import worker
    from treering.telemetry.alarms import Alarms
    from treering.telemetry.steps import Steps
    from treering.worker import Every

    parts = assembled(settings)
    steps = Steps(parts.overseer.overview)
    alarms = Alarms(parts.clock)
    logs.configure(steps.events, alarms)
    steps.tell(settings.host, settings.metrics_port)
    return worker.main(
        argv,
        parts.start_work,
        lambda: [
            [
                *[steps.counted(step) for step in _steps(parts, steps.watch)],
                Every(5, lambda: alarms.write(parts.overseer.keep)),
            ],
            [steps.counted(_sealing(parts, settings))],
            [steps.counted(step) for step in _exchanging(parts, settings)],
            [steps.counted(_reconciling(parts, settings))],
        ],
        parts.accept_chain,
    )


def _steps(parts: "Parts", watch: Callable[[str, Callable[[], bool]], None]) -> "list[Step]":
    """`watch` is told of each programme, and how to see whether its minting is held."""
    from treering.worker import Every

    holds = parts.holds()
    for hold in holds:
        watch(hold.programme, hold.is_held)
    steps: list[Step] = [
        Every(10, parts.check_identity),
        Every(1, parts.watch.step),
        Every(1, parts.follower.step),
        *[Every(5, hold.look) for hold in holds],
        *[hold.step for hold in holds],
        Every(10, parts.lookout.look),
        Every(60, parts.archive.watch),
        Every(2, parts.inspectorate.relay),
    ]
    if parts.keys.address("mirror"):  # whose key may anchor
        heads = parts.feed_heads
        steps.append(Every(60, lambda: parts.chronicle.keep(heads)))
    if parts.feed:
        steps.append(Every(10, parts.mirror_desk.sync))
        steps.append(Every(60, parts.anchor_mirror))  # once there is something to hold against
    return steps


def _exchanging(parts: "Parts", settings: Settings) -> "list[Step]":
    """A way of its own, since a claim waits for its block; none without the registry's keys."""
    from treering.worker import Every

    url, submit_key = settings.registry_url, settings.submit_key
    if not (url and submit_key and parts.feed and parts.keys.address("registry")):
        return []
    log, counter = parts.feed.name, parts.counter(url, submit_key)
    steps: list[Step] = [
        counter.resume,
        Every(2, parts.undoing.watched(log)),
        Every(600, lambda: parts.undoing.look_again(log)),
    ]
    if settings.embedded:
        steps.append(Every(5, counter.restore))
    return steps


def _reconciling(parts: "Parts", settings: Settings) -> "Step":
    """In a way of its own: it takes its time, and minting does not wait for it."""
    from treering.worker import Every

    reconciler = parts.reconciler(settings.reconcile_patience)
    return Every(30, lambda: reconciler.keep_up(settings.reconcile_every))


def _sealing(parts: "Parts", settings: Settings) -> "Step":
    sealer = parts.sealer(settings.patience)
    return lambda: sealer.seal_due() > 0


_SERVES = "the pages and the API"
_SERVING = no_words("serve", _SERVES)
VERBS = {
    "demo": Verb(_demo, "everything, with an example programme, on this machine"),
    "serve": Verb(_serve, _SERVES, _SERVING),
    "worker": Verb(_worker, "seal, mint, mirror", words_of("worker")),
}
